"""The command line: one verb, or one line that reports the error."""

from __future__ import annotations

import pytest

from tests.contract.helpers.helper import LOGIN, SERVER, Helper


def test_a_version_is_one_line(helper: Helper) -> None:
    result = helper.run("version")
    assert result.status == 0
    assert result.stdout.strip()
    assert result.stdout.count(b"\n") == 1


def test_a_version_does_not_wait_for_its_input(helper: Helper, endless_stdin: int) -> None:
    assert helper.run("version", stdin=endless_stdin).status == 0


@pytest.mark.parametrize("argv", [(), ("get", SERVER)], ids=["no word", "two words"])
def test_anything_but_one_argument_prints_the_usage(helper: Helper, argv: tuple[str, ...]) -> None:
    result = helper.run(*argv)
    assert result.status == 1
    assert result.stdout.startswith(b"Usage: docker-credential-")
    assert result.stdout.endswith(b" <store|get|erase|list|version>\n")


def test_an_unknown_verb_is_named_in_one_line(helper: Helper) -> None:
    result = helper.run("lock")
    assert result.status == 1
    assert b"lock" in result.stdout
    assert result.stdout.count(b"\n") == 1


@pytest.mark.parametrize("verb", ["Get", "ERASE", "get "])
def test_a_verb_in_another_spelling_is_not_a_verb(helper: Helper, verb: str) -> None:
    helper.store()
    assert helper.run(verb, stdin=SERVER.encode()).status == 1
    assert helper.find_login() == LOGIN
