"""What needs the instance; what loopback shows is in tests/contract. `python3 -m tests.faults` plays all of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.faults.all import SCENES
from tests.faults.scene import Scene, play, unlike
from tests.faults.stage import stage

if TYPE_CHECKING:
    from tests.instance import Image


@pytest.mark.parametrize(
    "scene",
    [pytest.param(scene, id=f"{scene.fault.name}, before it {scene.before.name}") for scene in SCENES if scene.suite],
)
def test_a_fault_costs_what_it_says_and_nothing_is_lost(image: Image, scene: Scene) -> None:
    with stage(image, scene.before.hours_ago, docker=scene.docker) as here:
        outcome = play(scene, here)
    assert list(unlike(scene, outcome)) == []
