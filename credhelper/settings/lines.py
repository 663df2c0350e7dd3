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

_DEEPEST = 8  # brackets in brackets; a list of patterns in a rule is one
_MOST_PARTS = 16  # of a key with dots
_LONGEST = 512  # characters of a key, or of a number: a host in quotes has 253

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
_OTHER = re.compile(r"#[^\n]*|[\[\]{}=\n]|[^\"'#\[\]{}=\n]+")


class Lines:
    """The line of each key of `text`, which is TOML.

    A path is of keys and, below an array of tables, of numbers: ("rule", 0, "match").

    Raises ValueError, with a sentence that names the line, where a key or the nesting is out of all proportion.
    """

    def __init__(self, text: str) -> None:
        self._lines: dict[Sequence[str | int], int] = {}
        self._counts: dict[Sequence[str | int], int] = {}
        table: tuple[str | int, ...] = ()
        for line, key, is_header in _statements(text):
            path = _path(key, is_header=is_header)
            if len(path) > _MOST_PARTS:
                raise ValueError(f"line {line}: a key has more than {_MOST_PARTS} parts")
            if not is_header:
                path = (*table, *path)
            elif key.lstrip().startswith("[["):
                path = table = self._next_of(self._numbered(path))
            else:
                path = table = self._numbered(path)
            for end in range(1, len(path) + 1):
                self._lines.setdefault(path[:end], line)

    def _numbered(self, path: tuple[str | int, ...]) -> tuple[str | int, ...]:
        """Give the path of a header: what stands below an array of tables belongs to the last of them."""
        found: tuple[str | int, ...] = ()
        for part in path:
            if found in self._counts:
                found = (*found, self._counts[found] - 1)
            found = (*found, part)
        return found

    def _next_of(self, path: tuple[str | int, ...]) -> tuple[str | int, ...]:
        number = self._counts.get(path, 0)
        self._counts[path] = number + 1
        return (*path, number)

    def of(self, *path: str | int) -> int:
        """Give the line of the key at `path`, else of the nearest table or key around it; 1 where there is none."""
        while path and path not in self._lines:
            path = path[:-1]
        return self._lines.get(path, 1)


def _statements(text: str) -> Iterator[tuple[int, str, bool]]:
    """Give (line, key, whether it is a table's header) for each statement of `text`."""
    line = began = 1
    depth = 0
    key, in_key, blank = "", True, True
    for piece in _pieces(text):
        if piece == "\n" and depth == 0:
            if not blank:
                yield began, key, in_key
            key, in_key, blank = "", True, True
            began = line + 1
        elif piece == "=" and depth == 0:
            in_key = False
        elif not piece.startswith("#"):
            depth = max(0, depth + (piece in ("[", "{")) - (piece in ("]", "}")))
            blank = blank and not piece.strip()
            key += piece if in_key else ""
        if depth > _DEEPEST:
            raise ValueError(f"line {line}: it nests more than {_DEEPEST} brackets")
        if len(key) > _LONGEST or (piece[0] not in _QUOTES and len(piece.strip()) > _LONGEST):
            raise ValueError(f"line {line}: a key or a number is longer than {_LONGEST} characters")
        line += piece.count("\n")
    if not blank:
        yield began, key, in_key


def _pieces(text: str) -> Iterator[str]:
    """Split `text` into strings, comments, single characters that have a meaning here, and the rest; up to a string
    without closing quotes, which the parser of TOML refuses.
    """
    position = 0
    while position < len(text):
        quotes = next((each for each in _STRING_RESTS if text.startswith(each, position)), "")
        pattern = _STRING_RESTS[quotes] if quotes else _OTHER
        match = pattern.match(text, position + len(quotes))
        if match is None:
            return
        yield text[position : match.end()]
        position = match.end()


def _path(key: str, *, is_header: bool) -> tuple[str | int, ...]:
    """Give the parts of a key as it is written, by the parser's own reading of it."""
    bare = key.strip().strip("[]").strip() if is_header else key.strip()
    if _BARE_KEY.fullmatch(bare):  # the common case, without a call of the parser
        return (bare,)
    try:
        told = loads(f"{bare}=0")
    except (ValueError, RecursionError):
        return ()  # no TOML: its parser will say so
    path: list[str | int] = []
    while isinstance(told, dict) and told:
        ((part, told),) = told.items()
        path.append(part)
    return tuple(path)
