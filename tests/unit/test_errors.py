"""HelperError: its message, its fix, and copies of it."""

from __future__ import annotations

import copy
import pickle

import pytest

from credhelper.errors import PROTOCOL_STRINGS, HelperError

ERROR = HelperError("id", "it failed: no access", "one step\nanother", why="a cause", host="ghcr.io")


def test_each_text_is_printable_and_each_step_is_a_line() -> None:
    error = HelperError("id", "a\nb\x1b[2J\u202e", "one\r\ntwo\x07", why="c\nd", host="h\x07")
    assert (error.message, error.fix, error.why, error.host) == ("a?b?[2J?", "one?\ntwo?", "c?d", "h?")


def test_an_error_as_text_names_the_host_and_the_cause() -> None:
    assert str(ERROR) == "it failed for ghcr.io: no access (a cause)"


def test_an_error_without_a_host_and_a_cause_is_its_message() -> None:
    assert str(HelperError("id", "it failed: no access", "one step")) == "it failed: no access"


@pytest.mark.parametrize("text", PROTOCOL_STRINGS)
def test_a_string_of_the_protocol_stays_as_it_is(text: str) -> None:
    assert str(HelperError("id", text, "one step", why="a cause", host="ghcr.io")) == text


def test_an_error_keeps_its_host() -> None:
    assert ERROR.for_host("quay.io").host == "ghcr.io"


@pytest.mark.parametrize("other", [pickle.loads(pickle.dumps(ERROR)), copy.copy(ERROR)])  # noqa: S301  (our own)
def test_an_error_from_another_process_is_complete(other: HelperError) -> None:
    assert (other.id, other.fix, str(other)) == (ERROR.id, ERROR.fix, str(ERROR))
