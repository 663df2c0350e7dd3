"""The lines for the user, and the line for the client."""

from __future__ import annotations

import pytest

from credhelper.cli.error_text import MAX_LINE_LENGTH, format_error, format_line
from credhelper.errors import PROTOCOL_STRINGS, HelperError

HOST = "123456789012.dkr.ecr.us-east-1.amazonaws.com"
ARN = "arn:aws:iam::123456789012:role/" + "a-very-long-path/" * 6 + "app-role"
COMMAND = (
    "aws iam attach-role-policy --role-name app-role --policy-arn arn:aws:iam::aws:policy/AmazonEC2ContainerRegistry"
)


def make_error(why: str = "the cause", fix: str = "one step", host: str = HOST) -> HelperError:
    return HelperError("some-id", "access denied: the role may not call it", fix, why=why, host=host)


def test_an_error_has_a_section_for_each_text() -> None:
    assert format_error(make_error()) == (
        "access denied: the role may not call it\n"
        f"  for   {HOST}\n"
        "  why   the cause\n"
        "  fix   one step\n"
        "  more  docker-credential-ecr explain some-id"
    )


def test_a_section_without_a_text_is_left_out() -> None:
    assert [line[:6] for line in format_error(make_error(why="", host="")).split("\n")[1:]] == ["  fix ", "  more"]


def test_prose_is_wrapped_and_indented() -> None:
    lines = format_error(make_error(why="some words " * 20)).split("\n")
    assert all(len(line) <= 80 for line in lines)
    assert [line[:8] for line in lines if "some words" in line] == ["  why   ", *[" " * 8] * 2]


def test_a_command_is_one_line_however_long() -> None:
    lines = format_error(make_error(fix=f"attach it:\n  {COMMAND}\nthen pull again")).split("\n")
    assert lines[3:6] == ["  fix   attach it:", f"        {COMMAND}", "        then pull again"]


def test_an_arn_is_not_broken() -> None:
    assert f"        {ARN}\n" in format_error(make_error(why=f"a cause of {ARN} and more"))


def test_the_line_names_the_host_and_the_id() -> None:
    line = f"access denied for {HOST}: the role may not call it (the cause) [some-id]"
    assert format_line(make_error()) == line


def test_a_long_line_is_shortened_and_keeps_its_id() -> None:
    line = format_line(make_error(why="x" * 1000))
    assert len(line) == MAX_LINE_LENGTH
    assert line.endswith("xxx... [some-id]")


@pytest.mark.parametrize("text", PROTOCOL_STRINGS)
def test_the_line_of_a_protocol_string_is_that_string(text: str) -> None:
    assert format_line(HelperError("some-id", text, "one step", why="the cause")) == text
