"""The documentation matches the code: each command is described, and the table of measurements is complete."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from credhelper.cli import dispatch
from credhelper.cli.commands import COMMANDS
from tests.benchmarks.__main__ import SCENARIOS
from tests.benchmarks.machines import Machine
from tests.fake_ec2.services import Loopback

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("command", ["packaging/install.sh", "packaging/start.sh", "tests/run.sh"])
def test_the_commands_in_the_readme_exist(command: str) -> None:
    assert f"sudo sh {command}" in (ROOT / "README.md").read_text()
    assert (ROOT / command).stat().st_mode & 0o111


def test_the_table_in_the_readme_names_its_command_and_is_complete() -> None:
    page = (ROOT / "docs" / "benchmarks.md").read_text()
    assert "`sudo python3 -m tests.benchmarks`" in page
    assert [label for label in list_labels() if f"| {label}, beside " not in page] == []


def list_labels() -> list[str]:
    """Return the names of the scenarios that the benchmarks compare with another program."""
    machine = Machine("", Loopback.__new__(Loopback), lambda _argv, _stdin: "", "", "", "", incumbent=True)
    scenarios = (make(machine) for make in SCENARIOS.values())
    return [scenario.name for scenario in scenarios if scenario.rivals]


@pytest.mark.parametrize("row", ["cached token (hit) | 8.3 ms", "new token (miss) | 155.5 ms"])
def test_the_small_table_of_the_readme_repeats_the_page(row: str) -> None:
    figure = row.rpartition("| ")[2]
    assert f"\n| {row} |" in (ROOT / "README.md").read_text()
    assert f"| {figure} |" in (ROOT / "docs" / "benchmarks.md").read_text()


@pytest.mark.parametrize("page", ["README.md", "docs/errors.md"])
def test_the_message_on_a_page_is_that_of_the_golden_session(page: str) -> None:
    blocks = (ROOT / page).read_text().split("```")
    quoted = next(block for block in blocks if block.startswith("\ndocker-credential-ecr: ")).strip().splitlines()
    session = (ROOT / "tests" / "golden" / "policy-missing.txt").read_text().splitlines()
    assert quoted == [line[2:] for line in session if line.startswith("! ")][: len(quoted)]


def test_each_page_is_in_the_index() -> None:
    index = (ROOT / "docs" / "README.md").read_text()
    pages = {path.name for path in (ROOT / "docs").glob("*.md")} - {"README.md"}
    assert {page for page in pages if f"({page})" not in index} == set()


def test_each_relative_link_of_the_documents_leads_to_a_file() -> None:
    broken = []
    for document in [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]:
        text = document.read_text()
        targets = [*re.findall(r"\]\(([^)#:]+)[^):]*\)", text), *re.findall(r"^\[[a-z]+\]: (\S+)$", text, re.MULTILINE)]
        broken += [f"{document.name}: {target}" for target in targets if not (document.parent / target).exists()]
    assert broken == []


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_is_documented(command: str) -> None:
    assert f"\n## `{command} [" in (ROOT / "docs" / "commands.md").read_text()


@pytest.mark.parametrize("page", ["README.md", "docs/README.md"])
def test_each_command_is_named_on_the_first_pages(page: str) -> None:
    text = (ROOT / page).read_text()
    assert [command for command in COMMANDS if f"`{command}`" not in text] == []


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_is_in_the_help(command: str) -> None:
    result = dispatch.run(["--help"], bytes, {}, lambda _: True)
    assert f"docker-credential-ecr {command} " in result.stdout.decode()


def test_packaging_is_not_a_package() -> None:
    assert not (ROOT / "packaging" / "__init__.py").exists(), "it would shadow the distribution `packaging`"
