"""The documentation matches the code: each command is described, and the table of measurements is complete."""

from __future__ import annotations

from pathlib import Path

import pytest

from credhelper.cli import dispatch
from credhelper.cli.commands import COMMANDS

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("command", ["packaging/install.sh", "packaging/start.sh", "tests/run.sh"])
def test_the_commands_in_the_readme_exist(command: str) -> None:
    assert f"sudo sh {command}" in (ROOT / "README.md").read_text()
    assert (ROOT / command).stat().st_mode & 0o111


def test_the_table_in_the_readme_names_its_command_and_is_complete() -> None:
    section = (ROOT / "README.md").read_text().split("## Measured")[1].split("\n## ")[0]
    assert "python3 -m tests.benchmarks" in section
    assert section.count("\n| a ") == 8
    assert section.count("\n| its peak memory") == 4


def test_the_message_in_the_readme_is_that_of_the_golden_session() -> None:
    section = (ROOT / "README.md").read_text().split("## When the policy is missing")[1]
    quoted = section.split("```")[1].splitlines()[2:]  # after the command
    session = (ROOT / "tests" / "golden" / "policy-missing.txt").read_text().splitlines()
    assert quoted == [line[2:] for line in session if line.startswith("! ")][: len(quoted)]


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_is_documented(command: str) -> None:
    assert f"\n## `{command} [" in (ROOT / "docs" / "commands.md").read_text()


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_is_in_the_help(command: str) -> None:
    result = dispatch.run(["--help"], bytes, {}, lambda _: True)
    assert f"docker-credential-ecr {command} " in result.stdout.decode()


def test_packaging_is_not_a_package() -> None:
    assert not (ROOT / "packaging" / "__init__.py").exists(), "it would shadow the distribution `packaging`"
