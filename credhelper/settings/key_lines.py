"""The line of each key in a TOML text, which no TOML parser reports.

Pure. It reads the text before the parser does and also limits it, since the parsers have no limits: nested brackets end
in a RecursionError, and a dotted key of 40 kB takes seconds.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from credhelper.settings.toml import loads

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_MAX_DEPTH = 8  # of nested brackets; a list of patterns in a rule has 1
_MAX_PARTS = 16  # of a dotted key
_MAX_LENGTH = 512  # characters of a key or a number; a quoted host has at most 253

_QUOTES = "\"'#"  # how strings and comments begin, which may have any length

# The rest of a string after its opening quotes, closing quotes included. No two alternatives begin with the same
# character, so that each pattern takes linear time even if the closing quotes are missing.
_STRING_RESTS = {
    '"""': re.compile(r'(?:[^"\\]|\\.|"(?!""))*"{3,5}', re.DOTALL),
    "'''": re.compile(r"(?:[^']|'(?!''))*'{3,5}"),
    '"': re.compile(r'(?:[^"\\\n]|\\[^\n])*"'),
    "'": re.compile(r"[^'\n]*'"),
}
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
# A comment, which may contain anything; a character that has a meaning here; or a run of other characters.
_OTHER_LEXEME = re.compile(r"#[^\n]*|[\[\]{}=\n]|[^\"'#\[\]{}=\n]+")


class KeyLines:
    """The line of each key in `text`, which is TOML.

    A path consists of keys and, below an array of tables, of numbers: ("rule", 0, "match").

    Raises ValueError, with a message that names the line, if a key or a number is too long, if a key has too many
    parts, or if brackets are nested too deeply.
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
        """Return the path of a header: below an array of tables, it belongs to the last table."""
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
        """Return the line of the key at `path`, else of the nearest table or key around it; 1 if there is none."""
        while path and path not in self._lines:
            path = path[:-1]
        return self._lines.get(path, 1)


def _iter_statements(text: str) -> Iterator[tuple[int, str, bool]]:
    """Yield (line, key, whether it is the header of a table) for each statement in `text`."""
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
    """Split `text` into strings, comments, single characters that have a meaning here, and the rest.

    Stops at a string without closing quotes, which the TOML parser refuses.
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
    """Return the parts of a key as written, split by the TOML parser itself."""
    bare_key = key.strip().strip("[]").strip() if is_header else key.strip()
    if _BARE_KEY.fullmatch(bare_key):  # the common case needs no parser
        return (bare_key,)
    try:
        value = loads(f"{bare_key}=0")
    except (ValueError, RecursionError):
        return ()  # not TOML: the parser will report that
    path: list[str | int] = []
    while isinstance(value, dict) and value:
        ((part, value),) = value.items()
        path.append(part)
    return tuple(path)
