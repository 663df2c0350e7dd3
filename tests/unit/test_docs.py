"""The documents say what the code does: every id, every variable, every command."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import credhelper

ROOT = Path(__file__).parents[2]
SOURCES = sorted(Path(credhelper.__file__).parent.rglob("*.py"))


def ids() -> set[str]:
    """Give the id of each HelperError that is made anywhere in the package."""
    calls = [node for path in SOURCES for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    made = [call.args[0] for call in calls if isinstance(call.func, ast.Name) and call.func.id == "HelperError"]
    return {str(id_.value) for id_ in made if isinstance(id_, ast.Constant)}


def rows(document: str) -> set[str]:
    lines = (ROOT / "docs" / document).read_text().splitlines()
    return {line.split("`")[1] for line in lines if line.startswith("| `")}


def test_every_id_has_a_row_and_every_row_an_id() -> None:
    assert rows("errors.md") == ids()


@pytest.mark.parametrize("id_", sorted(ids()))
def test_every_id_has_a_test(id_: str) -> None:
    tests = [path.read_text() for path in (ROOT / "tests").rglob("test_*.py") if path != Path(__file__)]
    assert any(id_ in text for text in tests)


def test_what_the_readme_shows_of_a_missing_policy_is_what_is_said() -> None:
    shown = (ROOT / "README.md").read_text().split("[policy-missing]")[1].split("```")[0]
    said = next(path for path in SOURCES if path.name == "failures.py").read_text()
    for words in ("attach AmazonEC2ContainerRegistryPullOnly (or", "then pull again: nothing has to be cleared"):
        assert words in shown
        assert words in said


@pytest.mark.parametrize("command", ["packaging/install.sh", "packaging/start.sh", "tests/run.sh"])
def test_the_readme_s_commands_are_there(command: str) -> None:
    assert f"sudo sh {command}" in (ROOT / "README.md").read_text()
    assert (ROOT / command).stat().st_mode & 0o111


def test_the_table_of_the_readme_names_its_command_and_is_complete() -> None:
    measured = (ROOT / "README.md").read_text().split("## Measured")[1].split("\n## ")[0]
    assert "python3 -m tests.bench" in measured
    assert measured.count("\n| a ") == 8
    assert measured.count("\n| its peak memory") == 4


def test_packaging_is_no_package() -> None:
    assert not (ROOT / "packaging" / "__init__.py").exists(), "it would shadow the distribution `packaging`"
