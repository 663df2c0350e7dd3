"""The line of each key in a TOML text: in texts as people write them, and in random ones whose lines are known."""

from __future__ import annotations

import functools
import operator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credhelper.settings.key_lines import KeyLines
from credhelper.settings.toml import loads

EXAMPLE = """\
# rules, the first that matches first

[[rule]]
match = "123456789012"  # an account [ours]
role_arn = "arn:aws:iam::123456789012:role/pull"

  [[ rule ]]
  match = [
    "210987654321",  # ]
    "images.example.com",
  ]
  "profile"='two'

[aliases]
"images.example.com" = "123456789012.dkr.ecr.us-east-1.amazonaws.com"
'mirror.example.com' = "210987654321.dkr.ecr.us-east-1.amazonaws.com"
"""


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("rule", 0), 3),
        (("rule", 0, "match"), 4),
        (("rule", 0, "role_arn"), 5),
        (("rule", 1), 7),
        (("rule", 1, "match"), 8),
        (("rule", 1, "profile"), 12),
        (("aliases",), 14),
        (("aliases", "images.example.com"), 15),
        (("aliases", "mirror.example.com"), 16),
    ],
)
def test_the_line_of_a_key_is_that_of_its_name(path: tuple[str | int, ...], line: int) -> None:
    assert KeyLines(EXAMPLE).find_line(*path) == line


@pytest.mark.parametrize(
    ("text", "path", "line"),
    [
        ("\n\na = 1", ("a",), 3),
        ("a = 1\n\n\nb = 2", ("b",), 4),
        ("a.b.c = 1\nd = 2", ("a", "b", "c"), 1),
        ("\na.b.c = 1", ("a",), 2),
        ('x = 1\n"a.b" . c = 1', ("a.b", "c"), 2),
        ('x = 1\n"a=b" = 1', ("a=b",), 2),
        ('x = 1\n"a\\tb" = 1', ("a\tb",), 2),
        ("x = 1\n'#' = 1", ("#",), 2),
        ('[ a . "b c" ]\nd = 1', ("a", "b c", "d"), 2),
        ("[a] # ]\nb = 1", ("a", "b"), 2),
        ("[[a]]\n[[a]]\nb = 1", ("a", 1, "b"), 3),
        ("[[a]]\n[a.b]\nc = 1", ("a", 0, "b", "c"), 3),
        ("[[a]]\n[[a.b]]\n[[a.b]]\nc = 1", ("a", 0, "b", 1, "c"), 4),
        ("[[a]]\n[a.b]\n[[a]]\n[a.b]\nc = 1", ("a", 1, "b", "c"), 5),
    ],
)
def test_dotted_and_quoted_keys_are_read_as_the_parser_reads_them(
    text: str, path: tuple[str | int, ...], line: int
) -> None:
    assert KeyLines(text).find_line(*path) == line


@pytest.mark.parametrize(
    "value",
    [
        "[\n1,\n2]",
        "[ # ]\n[1],\n[2, # [\n]]",
        '"""\n[[rule]]\nz = 1"""',
        '"""a\n""b\n"""',
        '"""a\\\n"""',
        '"""a\\"""\n"""',
        '"""a""""',
        '"""\n""""" # "',
        '"""a"""" # it is a " and a [',
        "'''\n[[rule]]\nz = 1'''",
        "'''\na''''' # ' [",
        "'''a'''' # it's [",
        '"#"',
        '"\\"" # "',
        "'\\'",
        "{ a = 1, b = [\n] }",
        '{ "z" = "}" }',
        "1979-05-27T07:32:00Z",
        "'' # '''",
    ],
)
def test_the_line_of_a_key_is_right_whatever_the_value_before_it_contains(value: str) -> None:
    text = f"a = {value}\nz = 1"
    loads(text)
    assert KeyLines(text).find_line("z") == text.count("\n") + 1


def test_a_line_with_a_windows_ending_is_one_line() -> None:
    assert KeyLines(EXAMPLE.replace("\n", "\r\n")).find_line("rule", 1, "profile") == 12


@pytest.mark.parametrize(
    ("path", "line"),
    [(("rule", 0, "nowhere"), 3), (("rule", 1, "match", 0), 8), (("aliases", "x"), 14), (("nowhere",), 1), ((), 1)],
)
def test_a_path_without_a_line_has_that_of_the_nearest_key_around_it(path: tuple[str | int, ...], line: int) -> None:
    assert KeyLines(EXAMPLE).find_line(*path) == line


def test_a_duplicate_key_has_the_line_of_the_first_one() -> None:
    assert KeyLines("a = 1\na = 2").find_line("a") == 1


@pytest.mark.parametrize(
    "text",
    [
        "a = 1\nb = " + "[" * 8 + "]" * 8,
        "a = 1\n" + "k" * 512 + "=1",
        'a = 1\n"' + "k" * 510 + '"=1',
        "a = 1\n" + ".".join("k" * 16) + " = 1",
        "a = 1\nb = " + "9" * 500,
        'a = 1\nb = "' + "x" * 5000 + '"',
        "a = 1 # " + "x" * 5000,
    ],
)
def test_a_text_within_the_bounds_is_read(text: str) -> None:
    assert KeyLines(text).find_line("a") == 1


@pytest.mark.parametrize(
    "text",
    [
        "a = 1\nb = " + "[" * 9,
        "a = 1\nb = " + "{a=" * 9,
        "a = 1\n" + "k" * 513 + "=1",
        'a = 1\n"' + "k" * 511 + '"=1',
        "a = 1\n" + ".".join("k" * 17) + " = 1",
        "a = 1\n[" + ".".join("k" * 17) + "]",
        "a = 1\n" + "k." * 20_000 + "k = 1",
        "a = 1\nb = " + "9" * 513,
    ],
)
def test_a_text_beyond_the_bounds_is_refused_with_its_line(text: str) -> None:
    with pytest.raises(ValueError, match=r"^line 2: "):
        KeyLines(text)


@given(st.text() | st.text("\"'#[]{}=.\n\\ ab1"))
def test_any_text_has_lines_or_is_refused(text: str) -> None:
    try:
        lines = KeyLines(text)
    except ValueError:
        return
    assert 1 <= lines.find_line("a") <= text.count("\n") + 1


# What the author of a TOML text may choose: the keys, the notation of keys and values, and the text between them.
_NAMES = st.text("ab-_", min_size=1, max_size=3) | st.text("a.=#[]\"' \t", max_size=4)
_VALUES = st.sampled_from(
    [
        "1",
        '"#"',
        "'['",
        "[1,\n 2] # [",
        '"""a\n[b]\n"" """',
        "'''\n]'''",
        "{ a = '}' }",
        '"\\""',
        "[[], [\n]]",
        '"""""""',
    ]
)
_GAPS = st.sampled_from(["", "\n", "# ' \" [\n", "  \n\t\n"])


class WrittenDocument:
    """A document that is written line by line, and the line number of each key."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.text = ""
        self.line_numbers: dict[tuple[str | int, ...], int] = {}
        self._draw = draw

    def write_table(self, path: tuple[str | int, ...], *, is_array: bool) -> None:
        """Write a header and some keys below it."""
        name = " . ".join(self._format_key(part) for part in path if isinstance(part, str))
        self._write_line(path, f"[[{name}]]" if is_array else f"[ {name} ]")
        self.write_keys(path)

    def write_keys(self, path: tuple[str | int, ...]) -> None:
        """Write some keys of one table, some of them dotted."""
        for name in self._draw(st.lists(_NAMES, unique=True, max_size=4)):
            parts = (name, *self._draw(st.lists(_NAMES, max_size=2)))
            key = ".".join(map(self._format_key, parts))
            self._write_line((*path, *parts), f"{key} = {self._draw(_VALUES)}")

    def _write_line(self, path: tuple[str | int, ...], statement: str) -> None:
        self.text += self._draw(_GAPS)
        self.line_numbers[path] = self.text.count("\n") + 1
        self.text += statement + self._draw(st.sampled_from(["\n", " # it's [\n"]))

    def _format_key(self, name: str) -> str:
        if name and set(name) <= set("ab-_") and self._draw(st.booleans()):
            return name
        if "'" not in name and self._draw(st.booleans()):
            return f"'{name}'"
        return '"{}"'.format(name.replace('"', '\\"').replace("\t", "\\t"))


@st.composite
def documents(draw: st.DrawFn) -> WrittenDocument:
    document = WrittenDocument(draw)
    document.write_keys(())
    for name in draw(st.lists(st.sampled_from(["one", "two.x", "three"]), unique=True)):
        for number in range(draw(st.integers(0, 3))):
            document.write_table((name, number), is_array=True)
            if draw(st.booleans()):
                document.write_table((name, number, "below"), is_array=False)
    for name in draw(st.lists(st.sampled_from(["four", "[five]"]), unique=True)):
        document.write_table((name,), is_array=False)
    return document


@given(documents())
def test_key_lines_and_the_writer_of_a_document_agree_on_each_key(document: WrittenDocument) -> None:
    parsed: Any = loads(document.text)
    lines = KeyLines(document.text)
    for path, line in document.line_numbers.items():
        functools.reduce(operator.getitem, path, parsed)  # raises unless the parser has read this key
        assert lines.find_line(*path) == line
