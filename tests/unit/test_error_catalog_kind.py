"""A row of the error catalog, and the error that is created from it."""

from __future__ import annotations

import pytest

from credhelper.error_catalog.kind import Command, ErrorKind, for_host
from credhelper.error_catalog.quoting import MAX_LENGTH, quote, shell_quote
from credhelper.errors import HelperError

KIND = ErrorKind(
    "some-id",
    "something fails",
    "{name} failed",
    "{host} has no {path}",
    ("look at it", ("look at {name}:", Command("ls -l {path}")), Command("rm {path}")),
)


def test_a_row_becomes_an_error() -> None:
    error = KIND.error(name="a name", path="a path")
    assert (error.id, error.message, error.why) == ("some-id", "a name failed", "{host} has no a path")
    assert error.fix == "look at it\nlook at a name:\n  ls -l 'a path'\n  rm 'a path'"


def test_a_step_with_an_empty_field_is_left_out() -> None:
    assert KIND.error(name="a name", path="").fix == "look at it"


def test_an_error_is_as_transient_as_its_row() -> None:
    kind = KIND._replace(is_transient=True)
    assert (KIND.error(name="", path="").is_transient, kind.error(name="", path="").is_transient) == (False, True)


def test_the_host_is_filled_in_at_the_edge() -> None:
    with pytest.raises(HelperError) as excinfo, for_host("ghcr.io"):
        raise KIND.error(name="a name", path="")
    assert (excinfo.value.why, excinfo.value.host) == ("ghcr.io has no ", "ghcr.io")


def test_the_cause_stays_when_the_host_is_filled_in() -> None:
    cause = ValueError()
    with pytest.raises(HelperError) as excinfo, for_host("ghcr.io"):
        raise KIND.error(name="a name", path="") from cause
    assert excinfo.value.__cause__ is cause


def test_a_value_with_braces_is_not_a_template() -> None:
    assert KIND.error(name="{path}", path="x").message == "{path} failed"


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("one\n  two\r\n\nthree\n", "one two three"),
        ("one\n", "one"),
        ("a  b ", "a  b "),
        ("a\tb", "a b"),
        ("\x1b[2Ja\u202eb", "?[2Ja?b"),
        ("https://user:password@proxy:3128", "https://***@proxy:3128"),
        ("", ""),
        ("\n", ""),
    ],
)
def test_foreign_text_is_quoted_in_one_printable_line_without_secrets(text: str, quoted: str) -> None:
    assert quote(text) == quoted


def test_a_quotation_is_bounded() -> None:
    assert len(quote("x" * 10 * MAX_LENGTH)) == MAX_LENGTH


def test_a_quotation_in_a_command_is_one_word() -> None:
    assert shell_quote("it's; id #") == "'it'\"'\"'s; id #'"
