"""The helper of the installed wheel among AWS's own addresses and names, for an ordinary user: no engine, no root."""

from __future__ import annotations

import sysconfig
from typing import TYPE_CHECKING

import pytest

from tests.e2e import skips
from tests.e2e.clients import HOST, NO_CALL, count_new_calls
from tests.fake_ec2.rootless import RootlessInstance

if TYPE_CHECKING:
    from collections.abc import Iterator
    from subprocess import CompletedProcess

HELPER = f"{sysconfig.get_path('scripts')}/docker-credential-ecr"


@pytest.fixture
def machine() -> Iterator[RootlessInstance]:
    skips.require_namespaces()
    with RootlessInstance.launch() as machine:
        yield machine


def run_get(machine: RootlessInstance) -> CompletedProcess[str]:
    return machine.run([HELPER, "get"], input=HOST)


def test_a_first_get_costs_one_call_to_ecr_and_at_most_six_to_metadata(machine: RootlessInstance) -> None:
    assert run_get(machine).returncode == 0
    calls = count_new_calls(machine)
    assert calls["metadata"] <= 6
    assert calls == {**NO_CALL, "metadata": calls["metadata"], "ecr": 1}


def test_a_second_get_asks_aws_nothing(machine: RootlessInstance) -> None:
    run_get(machine)
    count_new_calls(machine)
    assert run_get(machine).returncode == 0
    assert count_new_calls(machine) == NO_CALL


def test_a_role_without_the_policy_is_named(machine: RootlessInstance) -> None:
    machine.control.configure(policies={"app-role": False})
    result = run_get(machine)
    assert result.returncode == 1
    assert "aws iam attach-role-policy --role-name app-role" in result.stderr


def test_metadata_that_is_off_is_reported(machine: RootlessInstance) -> None:
    machine.control.configure(metadata="off")
    result = run_get(machine)
    assert result.returncode == 1
    assert "the instance metadata service is turned off" in result.stderr
