"""The prose of code, messages and documents avoids words that hide who does what.

A word in quotes is meant literally, and so is one in a line with the marker `literal` in a comment at its end.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
RETIRED = re.compile(
    r"(?<!there )(?<![\"'`])\b"
    r"(whoever|nobody|somebody|anybody|(?-i:is none|are none)|mend(?:s|ed|ing)?|anew|(?:come|comes|came) about|"
    r"came to nothing|told|tells|bought|sold|lent|at hand|of old|kin|so to speak|in spite of)\b",
    re.IGNORECASE,
)
MARKER = re.compile(r"(?:#|<!--) ?literal\b")
SUFFIXES = {".py", ".md", ".toml", ".sh", ".json", ".yaml"}
DIRECTORIES = ("credhelper", "docs", "packaging", "tests", ".github", ".ci")
SELF = Path(__file__)


def list_files() -> list[Path]:
    files = [path for name in DIRECTORIES for path in (ROOT / name).rglob("*") if path.suffix in SUFFIXES]
    return sorted(path for path in [*files, *ROOT.glob("*.md"), ROOT / "pyproject.toml"] if path != SELF)


def prose_of(path: Path) -> str:
    """Return the text that is checked: of a test, the comments and the docstrings, since its strings are data."""
    text = path.read_text()
    is_test = path.suffix == ".py" and path.is_relative_to(ROOT / "tests")
    return "\n".join([*iter_comments(text), *iter_docstrings(text)]) if is_test else text


def iter_comments(text: str) -> Iterator[str]:
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    return (token.string for token in tokens if token.type == tokenize.COMMENT)


def iter_docstrings(text: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)):
            yield ast.get_docstring(node) or ""


def find_retired_words(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if RETIRED.search(line) and not MARKER.search(line)]


@pytest.mark.parametrize("path", list_files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_has_no_retired_word(path: Path) -> None:
    assert find_retired_words(prose_of(path)) == []


@pytest.mark.parametrize(
    "line", ["Whoever asks gets it.", "that is none", "Mend the file.", "The token at hand serves."]
)
def test_a_retired_word_is_found(line: str) -> None:
    assert find_retired_words(f"first\n{line}\n") == [line]


@pytest.mark.parametrize(
    "line", ['X = "nobody"  # literal', "nobody <!-- literal -->", "a_nobody = 1", "x is None", "there is none"]
)
def test_a_word_that_is_meant_literally_or_is_part_of_a_name_is_not_found(line: str) -> None:
    assert find_retired_words(line) == []


def test_of_a_test_only_comments_and_docstrings_are_prose() -> None:
    text = '"""A docstring."""\n\nUSER = "nobody"  # a comment\n'
    assert [*iter_comments(text), *iter_docstrings(text)] == ["# a comment", "A docstring."]
