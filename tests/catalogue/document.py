"""The tables of docs/errors.md: the catalogue's rows, and how each failure was shown."""

from __future__ import annotations

from pathlib import Path

from credhelper.catalogue import GROUPS, ErrorKind
from tests.catalogue.scenes import SCENES

DOCUMENT = Path(__file__).parents[2] / "docs" / "errors.md"

_BEGIN, _END = "<!-- made by python3 -m tests.catalogue -->\n", "<!-- until here -->\n"
_HEAD = """| id | when | what to do | standard output | may a stale token serve | shown |
|---|---|---|---|---|---|
"""


def written(text: str) -> str:
    """Give the text of the document with the tables of now."""
    before, _, rest = text.partition(_BEGIN)
    after = rest.partition(_END)[2]
    return f"{before}{_BEGIN}\n{_tables()}{_END}{after}"


def _tables() -> str:
    marks = {scene.id: scene.mark for scene in SCENES}
    parts = ((title, "".join(_line(row, marks[row.id]) for row in rows)) for title, rows in GROUPS.items())
    return "".join(f"### {title}\n\n{_HEAD}{lines}\n" for title, lines in parts)


def _line(row: ErrorKind, mark: str) -> str:
    cells = (f"`{row.id}`", row.when, row.fix, row.stdout, "yes" if row.is_transient else "no", mark)
    return f"| {' | '.join(cells)} |\n"
