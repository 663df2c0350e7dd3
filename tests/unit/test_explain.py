"""`explain`: the rows of the error catalog, as a user reads them."""

from __future__ import annotations

import pytest

from credhelper.cli import explain
from credhelper.error_catalog.catalog import ERROR_KINDS
from credhelper.error_catalog.kind import Command, name_fields, parts_of


def explain_id(*argv: str) -> str:
    result = explain.run(list(argv), {}, lambda _: True)
    assert (result.status, list(result.notes)) == (0, [])
    return result.stdout.decode()


def unwrap(text: str) -> str:
    return text.replace(f"\n{' ' * 8}", " ")


@pytest.mark.parametrize("id_", sorted({kind.id for kind in ERROR_KINDS}))
def test_each_id_is_explained_with_all_of_its_rows(id_: str) -> None:
    text = explain_id(id_)
    for kind in ERROR_KINDS:
        if kind.id == id_:
            templates = (kind.when, kind.message, kind.why)
            assert [part for part in templates if name_fields(part) not in unwrap(text)] == []


def test_a_command_has_a_line_of_its_own() -> None:
    lines = explain_id("policy-missing").splitlines()
    kind = next(kind for kind in ERROR_KINDS if kind.id == "policy-missing")
    commands = [part for step in kind.fix for part in parts_of(step) if isinstance(part, Command)]
    assert [command for command in commands if f"        {name_fields(command)}" not in lines] == []


def test_without_an_id_each_id_is_listed_once() -> None:
    ids = [line.split()[0] for line in explain_id().splitlines()]
    assert ids == sorted({kind.id for kind in ERROR_KINDS})


@pytest.mark.parametrize(
    ("id_", "suggestion"), [("polcy-missing", "did you mean policy-missing?"), ("zzz", "explain` lists all ids")]
)
def test_an_unknown_id_is_an_invalid_argument(capsys: pytest.CaptureFixture[str], id_: str, suggestion: str) -> None:
    with pytest.raises(SystemExit) as excinfo:
        explain.run([id_], {}, lambda _: True)
    assert excinfo.value.code == 2
    assert suggestion in capsys.readouterr().err


def test_help_is_printed() -> None:
    assert "usage: docker-credential-ecr explain" in explain_id("--help")
