"""What needs the instance; what loopback shows is in tests/contract. `python3 -m tests.faults` plays all of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.faults.all import SCENARIOS
from tests.faults.fault_setup import launch_sandbox
from tests.faults.scenario import Scenario, find_differences, run_scenario

if TYPE_CHECKING:
    from tests.fake_ec2 import Image


@pytest.mark.parametrize(
    "scenario",
    [
        pytest.param(scenario, id=f"{scenario.fault.name}, before it {scenario.initial_token.name}")
        for scenario in SCENARIOS
        if scenario.in_suite
    ],
)
def test_a_fault_costs_what_is_documented_and_nothing_is_lost(image: Image, scenario: Scenario) -> None:
    with launch_sandbox(image, scenario.initial_token.hours_ago, docker=scenario.needs_docker) as sandbox:
        outcome = run_scenario(scenario, sandbox)
    assert list(find_differences(scenario, outcome)) == []
