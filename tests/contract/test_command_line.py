"""The words of the command line, as docker-credential-helpers understands them."""

from __future__ import annotations

import os
import sys
from importlib.metadata import version

import pytest

from tests.contract.process import NOT_FOUND, PROGRAM, USAGE, helper, run


@pytest.mark.parametrize("word", ["version", "--version", "-v"])
def test_the_version_is_that_of_the_installed_distribution(word: str) -> None:
    done = helper(word)
    expected = f"{PROGRAM} (credhelper) {version('credhelper')}\n".encode()
    assert (done.status, done.stdout, done.stderr) == (0, expected, b"")


@pytest.mark.parametrize("word", ["--help", "-h"])
def test_help_begins_with_the_usage(word: str) -> None:
    done = helper(word)
    assert (done.status, done.stderr) == (0, b"")
    assert done.stdout.startswith(USAGE)


@pytest.mark.parametrize("words", [[], [""], ["get", "get"], ["get", "HOST"], ["version", "--help"], ["", ""]])
def test_anything_but_one_word_is_told_the_usage(words: list[str]) -> None:
    done = helper(*words)
    assert (done.status, done.stdout) == (1, USAGE)


@pytest.mark.parametrize("word", ["fetch", "GET", "get ", "--get", "-"])
def test_an_unknown_verb_is_named(word: str) -> None:
    done = helper(word)
    assert (done.status, done.stdout) == (1, f"{PROGRAM}: unknown action: {word}\n".encode())


def test_a_verb_that_is_no_text_is_named_in_ascii() -> None:
    done = helper(os.fsdecode(b"\x1b[31m\xff\n"))
    assert (done.status, done.stdout) == (1, b"docker-credential-ecr: unknown action: \\x1b[31m\\udcff\\n\n")


@pytest.mark.parametrize("words", [["version"], ["--version"], ["--help"], [], ["get", "HOST"], ["fetch"]])
def test_what_takes_no_input_does_not_wait_for_it(words: list[str], endless: int) -> None:
    assert helper(*words, stdin=endless).status == (0 if words and words[0].strip("-") in ("version", "help") else 1)


@pytest.mark.parametrize("options", [[], ["-I"]])
def test_the_module_is_the_same_program(options: list[str]) -> None:
    done = run([sys.executable, *options, "-m", "credhelper", "get"], b"ghcr.io")
    assert (done.status, done.stdout, done.stderr) == (1, NOT_FOUND, b"")
