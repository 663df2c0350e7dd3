"""The command line, as docker-credential-helpers defines it."""

from __future__ import annotations

import os
import sys
from importlib.metadata import version

import pytest

from credhelper.cli.commands import COMMANDS
from tests.support.runner import NOT_FOUND, PROGRAM, USAGE, run_helper, run_program


@pytest.mark.parametrize("argument", ["version", "--version", "-v"])
def test_the_version_is_that_of_the_installed_distribution(argument: str) -> None:
    result = run_helper(argument)
    expected = f"{PROGRAM} (credhelper) {version('credhelper')}\n".encode()
    assert (result.status, result.stdout, result.stderr) == (0, expected, b"")


@pytest.mark.parametrize("argument", ["--help", "-h"])
def test_help_begins_with_the_usage(argument: str) -> None:
    result = run_helper(argument)
    assert (result.status, result.stderr) == (0, b"")
    assert result.stdout.startswith(USAGE)


@pytest.mark.parametrize("argv", [[], [""], ["get", "get"], ["get", "HOST"], ["version", "--help"], ["", ""]])
def test_anything_but_one_argument_prints_the_usage(argv: list[str]) -> None:
    result = run_helper(*argv)
    assert (result.status, result.stdout) == (1, USAGE)


@pytest.mark.parametrize("argument", ["fetch", "GET", "get ", "--get", "-"])
def test_an_unknown_verb_is_named(argument: str) -> None:
    result = run_helper(argument)
    assert (result.status, result.stdout) == (1, f"{PROGRAM}: unknown action: {argument}\n".encode())


def test_a_verb_that_is_not_text_is_named_in_ascii() -> None:
    result = run_helper(os.fsdecode(b"\x1b[31m\xff\n"))
    assert (result.status, result.stdout) == (1, b"docker-credential-ecr: unknown action: \\x1b[31m\\udcff\\n\n")


@pytest.mark.parametrize("argv", [["version"], ["--version"], ["--help"], [], ["get", "HOST"], ["fetch"]])
def test_a_command_that_takes_no_input_does_not_wait_for_it(argv: list[str], endless_stdin: int) -> None:
    assert run_helper(*argv, stdin=endless_stdin).status == (
        0 if argv and argv[0].strip("-") in ("version", "help") else 1
    )


@pytest.mark.parametrize("options", [[], ["-I"]])
def test_the_module_is_the_same_program(options: list[str]) -> None:
    result = run_program([sys.executable, *options, "-m", "credhelper", "get"], b"ghcr.io")
    assert (result.status, result.stdout, result.stderr) == (1, NOT_FOUND, b"")


@pytest.mark.parametrize("command", COMMANDS)
def test_help_does_not_depend_on_docstrings(command: str) -> None:
    """With PYTHONOPTIMIZE=2, there are none."""
    script = f"from credhelper.__main__ import run; run(['{PROGRAM}', '{command}', '--help'])"
    result = run_program([sys.executable, "-I", "-OO", "-c", script])
    assert result.status == 0
    assert f"usage: {PROGRAM} {command} " in result.stdout.decode()
