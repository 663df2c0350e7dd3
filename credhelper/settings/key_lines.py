"""Where in a TOML text each key stands, which no parser of TOML tells.

Pure. It is asked before the text is parsed as well, since the parsers cannot be bounded: brackets in brackets end in a
RecursionError, and a dotted key of 40 kB takes seconds.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from credhelper.settings.toml import loads

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_MAX_DEPTH = 8  # brackets in brackets; a list of patterns in a rule is one
_MAX_PARTS = 16  # of a key with dots
_MAX_LENGTH = 512  # characters of a key, or of a number: a host in quotes has 253

_QUOTES = "\"'#"  # what may be as long as it likes begins with one of these

# The rest of a string after its opening quotes, closing quotes included. No two alternatives begin with the same
# character, so that each pattern takes linear time even if the closing quotes are missing.
_STRING_RESTS = {
    '"""': re.compile(r'(?:[^"\\]|\\.|"(?!""))*"{3,5}', re.DOTALL),
    "'''": re.compile(r"(?:[^']|'(?!''))*'{3,5}"),
    '"': re.compile(r'(?:[^"\\\n]|\\[^\n])*"'),
    "'": re.compile(r"[^'\n]*'"),
}
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
# Comments, which may hold anything; then the characters that have a meaning here, and the rest.
_OTHER_LEXEME = re.compile(r"#[^\n]*|[\[\]{}=\n]|[^\"'#\[\]{}=\n]+")


class KeyLines:
    """The line of each key of `text`, which is TOML.

    A path is of keys and, below an array of tables, of numbers: ("rule", 0, "match").

    Raises ValueError, with a sentence that names the line, where a key or the nesting is out of all proportion.
    """

    def __init__(self, text: str) -> None:
        self._lines: dict[Sequence[str | int], int] = {}
        self._table_counts: dict[Sequence[str | int], int] = {}
        table_path: tuple[str | int, ...] = ()
        for line, key, is_header in _iter_statements(text):
            path = _parse_key(key, is_header=is_header)
            if len(path) > _MAX_PARTS:
                raise ValueError(f"line {line}: a key has more than {_MAX_PARTS} parts")
            if not is_header:
                path = (*table_path, *path)
            elif key.lstrip().startswith("[["):
                path = table_path = self._next_element(self._resolve_header(path))
            else:
                path = table_path = self._resolve_header(path)
            for end in range(1, len(path) + 1):
                self._lines.setdefault(path[:end], line)

    def _resolve_header(self, path: tuple[str | int, ...]) -> tuple[str | int, ...]:
        """Give the path of a header: what stands below an array of tables belongs to the last of them."""
        resolved_path: tuple[str | int, ...] = ()
        for part in path:
            if resolved_path in self._table_counts:
                resolved_path = (*resolved_path, self._table_counts[resolved_path] - 1)
            resolved_path = (*resolved_path, part)
        return resolved_path

    def _next_element(self, path: tuple[str | int, ...]) -> tuple[str | int, ...]:
        number = self._table_counts.get(path, 0)
        self._table_counts[path] = number + 1
        return (*path, number)

    def find_line(self, *path: str | int) -> int:
        """Give the line of the key at `path`, else of the nearest table or key around it; 1 where there is none."""
        while path and path not in self._lines:
            path = path[:-1]
        return self._lines.get(path, 1)


def _iter_statements(text: str) -> Iterator[tuple[int, str, bool]]:
    """Give (line, key, whether it is a table's header) for each statement of `text`."""
    line = start_line = 1
    depth = 0
    key, is_in_key, is_blank = "", True, True
    for lexeme in _iter_lexemes(text):
        if lexeme == "\n" and depth == 0:
            if not is_blank:
                yield start_line, key, is_in_key
            key, is_in_key, is_blank = "", True, True
            start_line = line + 1
        elif lexeme == "=" and depth == 0:
            is_in_key = False
        elif not lexeme.startswith("#"):
            depth = max(0, depth + (lexeme in ("[", "{")) - (lexeme in ("]", "}")))
            is_blank = is_blank and not lexeme.strip()
            key += lexeme if is_in_key else ""
        if depth > _MAX_DEPTH:
            raise ValueError(f"line {line}: it nests more than {_MAX_DEPTH} brackets")
        if len(key) > _MAX_LENGTH or (lexeme[0] not in _QUOTES and len(lexeme.strip()) > _MAX_LENGTH):
            raise ValueError(f"line {line}: a key or a number is longer than {_MAX_LENGTH} characters")
        line += lexeme.count("\n")
    if not is_blank:
        yield start_line, key, is_in_key


def _iter_lexemes(text: str) -> Iterator[str]:
    """Split `text` into strings, comments, single characters that have a meaning here, and the rest; up to a string
    without closing quotes, which the parser of TOML refuses.
    """
    position = 0
    while position < len(text):
        quotes = next((quotes for quotes in _STRING_RESTS if text.startswith(quotes, position)), "")
        pattern = _STRING_RESTS[quotes] if quotes else _OTHER_LEXEME
        match = pattern.match(text, position + len(quotes))
        if match is None:
            return
        yield text[position : match.end()]
        position = match.end()


def _parse_key(key: str, *, is_header: bool) -> tuple[str | int, ...]:
    """Give the parts of a key as it is written, by the parser's own reading of it."""
    bare_key = key.strip().strip("[]").strip() if is_header else key.strip()
    if _BARE_KEY.fullmatch(bare_key):  # the common case, without a call of the parser
        return (bare_key,)
    try:
        value = loads(f"{bare_key}=0")
    except (ValueError, RecursionError):
        return ()  # no TOML: its parser will say so
    path: list[str | int] = []
    while isinstance(value, dict) and value:
        ((part, value),) = value.items()
        path.append(part)
    return tuple(path)
