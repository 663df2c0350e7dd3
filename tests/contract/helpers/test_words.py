"""The words of the command line: one verb, or one line that says what is wrong."""

from __future__ import annotations

import pytest

from tests.contract.helpers.helper import SERVER, SOMEBODY, Helper


def test_a_version_is_one_line(helper: Helper) -> None:
    done = helper.run("version")
    assert done.status == 0
    assert done.stdout.strip()
    assert done.stdout.count(b"\n") == 1


def test_a_version_does_not_wait_for_its_input(helper: Helper, endless: int) -> None:
    assert helper.run("version", stdin=endless).status == 0


@pytest.mark.parametrize("words", [(), ("get", SERVER)], ids=["no word", "two words"])
def test_anything_but_one_word_is_the_usage(helper: Helper, words: tuple[str, ...]) -> None:
    done = helper.run(*words)
    assert done.status == 1
    assert done.stdout.startswith(b"Usage: docker-credential-")
    assert done.stdout.endswith(b" <store|get|erase|list|version>\n")


def test_a_verb_that_nobody_knows_is_named_in_one_line(helper: Helper) -> None:
    done = helper.run("lock")
    assert done.status == 1
    assert b"lock" in done.stdout
    assert done.stdout.count(b"\n") == 1


@pytest.mark.parametrize("verb", ["Get", "ERASE", "get "])
def test_a_verb_in_another_spelling_is_none(helper: Helper, verb: str) -> None:
    helper.store()
    assert helper.run(verb, stdin=SERVER.encode()).status == 1
    assert helper.login() == SOMEBODY
