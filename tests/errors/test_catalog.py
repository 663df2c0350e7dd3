"""The catalogue is complete: what the package raises has a row and a scene, and the document is made of them."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import credhelper
from credhelper.catalogue import ERROR_KINDS
from credhelper.errors import TRANSIENT
from tests.errors.document import DOCUMENT, render
from tests.errors.scenarios import SCENARIOS

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
IDS = [row.id for row in ERROR_KINDS]

# What a failure is made of: its id is the first argument, as it is written. An id that is passed on comes from one.
_CONSTRUCTORS = ("HelperError", "Diagnosis", "_DenialKind")
_FORWARDED_IDS = ("diagnosis.id", "denial.id", "error.id", "str(error_id)")


def _find_ids() -> Iterator[ast.expr]:
    for path in Path(credhelper.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _CONSTRUCTORS:
                yield node.args[0]


def test_what_is_raised_is_what_has_a_row() -> None:
    assert {node.value for node in _find_ids() if isinstance(node, ast.Constant)} == set(IDS)


def test_an_id_is_written_where_a_failure_is_made_or_passed_on() -> None:
    expressions = {ast.unparse(node) for node in _find_ids() if not isinstance(node, ast.Constant)}
    assert expressions <= set(_FORWARDED_IDS)


def test_an_id_has_one_row_and_one_scene() -> None:
    assert len(set(IDS)) == len(IDS)
    assert sorted(scenario.id for scenario in SCENARIOS) == sorted(IDS)


def test_what_a_stale_token_bridges_is_in_the_catalogue() -> None:
    assert set(IDS) >= TRANSIENT


def test_most_failures_really_came_about() -> None:
    assert len(IDS) >= 40
    assert sum(not scenario.is_scripted for scenario in SCENARIOS) >= 24


def test_the_document_is_made_from_the_catalogue() -> None:
    text = DOCUMENT.read_text()
    assert render(text) == text, "python3 -m tests.errors writes it"


@pytest.mark.parametrize("row", ERROR_KINDS, ids=IDS)
def test_a_row_is_prose_that_stands_in_a_table(row: object) -> None:
    assert isinstance(row, tuple)
    assert all(cell and "|" not in cell and "\n" not in cell for cell in row)
