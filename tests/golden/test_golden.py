"""Replaying a story produces the same text."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.golden.session import Session, list_stories, replay_story

if TYPE_CHECKING:
    from pathlib import Path

    from tests.fake_ec2.services import Loopback


@pytest.mark.parametrize("story", list_stories(), ids=lambda story: story.stem)
def test_replaying_a_story_produces_the_same_text(story: Path, cloud: Loopback) -> None:
    assert replay_story(story, cloud) == story.read_text(), "python3 -m tests.golden regenerates the stories"


@pytest.mark.parametrize(
    ("command", "outcome"),
    [
        ("printf 'a\\nb'", ["> a", "> b (no end of line)", "= 0"]),
        ("echo a >&2; exit 3", ["! a", "= 3"]),
        ("echo; echo ~", [">", "> ~", "= 0"]),
    ],
)
def test_the_output_of_a_command_is_recorded_byte_for_byte(
    cloud: Loopback, home: Path, command: str, outcome: list[str]
) -> None:
    transcript = Session(cloud, home).replay(f"Prose.\n\n$ {command}\n> another\n= 9\nMore prose.\n")
    assert transcript.splitlines() == ["Prose.", "", f"$ {command}", *outcome, "More prose."]


def test_a_long_word_that_is_not_a_password_is_marked_as_such(cloud: Loopback, home: Path) -> None:
    assert "> <NO PASSWORD>" in Session(cloud, home).replay(f"$ echo {'A' * 300}\n")
