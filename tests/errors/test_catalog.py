"""The error catalog is complete: each id has a row, a scenario and a line in the docs, and its commands are safe."""

from __future__ import annotations

import importlib
import pkgutil
import re
import shlex
import subprocess

import pytest

from credhelper import error_catalog
from credhelper.error_catalog.catalog import ERROR_KINDS
from credhelper.error_catalog.kind import INDENT, Command, ErrorKind, field_names, parts_of
from credhelper.error_catalog.quoting import quote
from tests.errors.document import DOCUMENT, render
from tests.errors.scenarios import SCENARIOS

IDS = sorted({row.id for row in ERROR_KINDS})
MODULES = [
    importlib.import_module(f"{error_catalog.__name__}.{module.name}")
    for module in pkgutil.iter_modules(error_catalog.__path__)
]
NAMES = {row: name for module in MODULES for name, row in vars(module).items() if isinstance(row, ErrorKind)}
ROWS = list(NAMES)

HOSTILE_VALUES = [
    *("; id #", "$(id)", "`id`", "a b", "a  b", "a'b", 'a"b', "a\nb", "a\\", "!!", "*", "~", "-x", "{host}"),
    *("&& id", "| id", "> /tmp/x", "'; id; '", '"$(id)"', "\x1b[2J", "\u202e", "é"),
]
COMMANDS = [
    (row, part) for row in ERROR_KINDS for step in row.fix for part in parts_of(step) if isinstance(part, Command)
]
COMMANDS_WITH_FIELDS = [(row, command) for row, command in COMMANDS if field_names(command)]


def templates_of(row: ErrorKind) -> list[str]:
    return [row.message, row.why, *(part for step in row.fix for part in parts_of(step))]


def fields_of(row: ErrorKind, value: str) -> dict[str, str]:
    return {name: value for template in templates_of(row) for name in field_names(template)}


def count_lines(row: ErrorKind) -> int:
    return sum(len(parts_of(step)) for step in row.fix)


def format_command(row: ErrorKind, command: Command, value: str) -> str:
    """Return the command as it is printed, with `value` in each field of the row."""
    return row._replace(fix=(command,)).error(**fields_of(row, value)).fix.removeprefix(INDENT)


def test_every_kind_that_a_module_defines_is_in_the_catalog() -> None:
    assert {NAMES[row] for row in ROWS if row not in ERROR_KINDS} == set()


def test_no_kind_is_in_the_catalog_twice() -> None:
    assert len(set(ERROR_KINDS)) == len(ERROR_KINDS)


def test_every_id_has_one_scenario() -> None:
    assert sorted(scenario.id for scenario in SCENARIOS) == IDS


@pytest.mark.parametrize("id_", IDS)
def test_rows_of_one_id_agree_on_whether_a_stale_token_may_serve(id_: str) -> None:
    assert len({row.is_transient for row in ERROR_KINDS if row.id == id_}) == 1


def test_most_failures_really_came_about() -> None:
    assert len(IDS) >= 40
    assert sum(not scenario.is_scripted for scenario in SCENARIOS) >= 24


def test_the_document_is_made_from_the_catalog() -> None:
    text = DOCUMENT.read_text()
    assert render(text) == text, "python3 -m tests.errors writes it"


@pytest.mark.parametrize("row", ROWS, ids=NAMES.values())
def test_an_id_is_words_with_hyphens(row: ErrorKind) -> None:
    assert re.fullmatch("[a-z]+(-[a-z]+)*", row.id)


@pytest.mark.parametrize("row", ROWS, ids=NAMES.values())
def test_when_is_a_clause_that_stands_in_a_table(row: ErrorKind) -> None:
    assert row.when.strip() == row.when != ""
    assert not re.search(r"[|\n]|\.$", row.when)


@pytest.mark.parametrize("row", ROWS, ids=NAMES.values())
def test_a_message_is_one_sentence_that_a_client_can_put_into_its_own(row: ErrorKind) -> None:
    assert row.message.strip() == row.message != ""
    assert not re.search(r"\n|[.:;,]$|\. [A-Z]", row.message)


@pytest.mark.parametrize("row", ROWS, ids=NAMES.values())
def test_a_message_is_short_without_its_fields(row: ErrorKind) -> None:
    assert len(row.error(**fields_of(row, "")).message) <= 100


@pytest.mark.parametrize("row", ROWS, ids=NAMES.values())
def test_a_cause_is_a_clause(row: ErrorKind) -> None:
    assert row.why.strip() == row.why
    assert not re.search(r"\n|[.:;,]$|\. [A-Z]", row.why)


@pytest.mark.parametrize("row", ROWS, ids=NAMES.values())
def test_a_fix_is_steps_of_one_line(row: ErrorKind) -> None:
    assert row.fix
    for part in (part for step in row.fix for part in parts_of(step)):
        assert part.strip() == part != ""
        assert not re.search(r"\n|[.;,]$", part.replace("...", ""))


@pytest.mark.parametrize("row", ROWS, ids=NAMES.values())
def test_a_row_becomes_an_error_of_its_id_with_all_of_its_steps(row: ErrorKind) -> None:
    error = row.error(**fields_of(row, "value"))
    assert (error.id, error.is_transient) == (row.id, row.is_transient)
    assert error.fix.count("\n") + 1 == count_lines(row)


@pytest.mark.parametrize("row", ROWS, ids=NAMES.values())
def test_no_value_gets_a_line_of_its_own(row: ErrorKind) -> None:
    error = row.error(**fields_of(row, "one\ntwo\r\u2028three"))
    assert "\n" not in error.message + error.why
    assert error.fix.count("\n") + 1 == count_lines(row)


@pytest.mark.parametrize("value", HOSTILE_VALUES)
@pytest.mark.parametrize(("row", "command"), COMMANDS_WITH_FIELDS, ids=[command for _, command in COMMANDS_WITH_FIELDS])
def test_each_field_of_a_command_is_one_word(row: ErrorKind, command: Command, value: str) -> None:
    names = field_names(command)
    argv = shlex.split(command.format(**{name: f"<{name}>" for name in names}, host="{host}"))
    for name in names:
        argv = [word.replace(f"<{name}>", quote(value)) for word in argv]
    assert shlex.split(format_command(row, command, value)) == argv


@pytest.mark.parametrize(("row", "command"), COMMANDS, ids=[command for _, command in COMMANDS])
def test_a_shell_can_parse_a_command_whatever_its_fields_are(row: ErrorKind, command: Command) -> None:
    script = "".join(f"{format_command(row, command, value)}\n" for value in HOSTILE_VALUES)
    result = subprocess.run(["sh", "-n"], input=script, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stderr) == (0, "")
