"""HelperError: its message, its fix, and copies of it."""

from __future__ import annotations

import copy
import pickle

import pytest

from credhelper.errors import HelperError

ERROR = HelperError("id", "a sentence", "one step\nanother")


def test_the_message_is_one_line_and_each_step_of_the_fix_is_one_line() -> None:
    error = HelperError("id", "a\nb\x1b[2J\u202e", "one\r\ntwo\x07")
    assert (error.message, error.fix) == ("a?b?[2J?", "one?\ntwo?")
    assert str(error) == error.message


@pytest.mark.parametrize("other", [pickle.loads(pickle.dumps(ERROR)), copy.copy(ERROR)])  # noqa: S301  (our own)
def test_an_error_survives_pickling_and_copying(other: HelperError) -> None:
    assert (other.id, other.message, other.fix) == (ERROR.id, ERROR.message, ERROR.fix)
