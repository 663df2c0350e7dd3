"""The prose of code, messages and documents avoids words that hide who does what.

A line that means such a word literally ends with the marker `literal`, in a comment.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
RETIRED = re.compile(
    r"\b(whoever|nobody|somebody|anybody|(?-i:is none|are none)|mend(?:s|ed|ing)?|anew|(?:come|comes|came) about|"
    r"came to nothing|told|tells|bought|sold|lent|at hand|of old|kin|so to speak|in spite of)\b",
    re.IGNORECASE,
)
MARKER = re.compile(r"(?:#|<!--) ?literal\b")
NAMES = ("*.py", "*.md", "*.toml", "*.sh", "*.json", "*.yaml", "*.txt")
DIRECTORIES = ("credhelper", "docs", "packaging", "tests", ".github")
EXCLUDED = ("tests/requirements", "tests/unit/test_prose.py", "tests/fake_ec2/services/recorded")


def list_files() -> list[Path]:
    files = [path for name in DIRECTORIES for pattern in NAMES for path in (ROOT / name).rglob(pattern)]
    return [*files, *ROOT.glob("*.md"), ROOT / "pyproject.toml", ROOT / ".ci" / "run"]


def find_retired_words(text: str) -> list[str]:
    """Return each line with a retired word. A name such as `the_nobody_user` is not prose."""
    return [
        f"{number}: {line.strip()}"
        for number, line in enumerate(text.splitlines(), 1)
        if RETIRED.search(line) and not MARKER.search(line)
    ]


@pytest.mark.parametrize("path", list_files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_has_no_retired_word(path: Path) -> None:
    if str(path.relative_to(ROOT)).startswith(EXCLUDED):
        pytest.skip("not prose of ours")
    assert find_retired_words(path.read_text()) == []


@pytest.mark.parametrize("line", ["Whoever asks gets it.", "it is none", "Mend the file.", "The token at hand serves."])
def test_a_retired_word_is_found(line: str) -> None:
    assert find_retired_words(f"first\n{line}\n") == [f"2: {line}"]


@pytest.mark.parametrize(
    "line", ['USER = "nobody"  # literal', "the user nobody <!-- literal -->", "a_nobody_user = 1"]
)
def test_a_word_that_is_meant_literally_or_is_part_of_a_name_is_not(line: str) -> None:
    assert find_retired_words(line) == []
