"""The options and parts of tests/run.sh; nothing is set up here."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["sh", str(TESTS / "run.sh"), *arguments], capture_output=True, text=True, check=False)


def list_parts(text: str) -> set[str]:
    return set(re.findall(r"^  (\w+)  ", text, flags=re.MULTILINE))


@pytest.mark.parametrize("arguments", [["--help"], ["-h"], ["unit", "--help"]])
def test_help_lists_the_parts(arguments: list[str]) -> None:
    result = run(*arguments)
    assert (result.returncode, result.stderr) == (0, "")
    assert {"all", "fast", "lint"} < list_parts(result.stdout)


def test_each_directory_of_tests_is_a_part() -> None:
    directories = {path.relative_to(TESTS).parts[0] for path in TESTS.rglob("test_*.py")}
    assert directories - list_parts(run("--help").stdout) == set()


@pytest.mark.parametrize("arguments", [["unti"], ["unit", "unti"], [""], ["--fast"], ["unit fast"]])
def test_an_unknown_part_is_refused_with_the_list(arguments: list[str]) -> None:
    result = run(*arguments)
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.startswith(f"tests/run.sh: unknown part: {arguments[-1]}\n")
    assert list_parts(result.stderr) == list_parts(run("--help").stdout)
