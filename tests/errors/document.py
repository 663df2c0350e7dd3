"""The tables of docs/errors.md: the catalogue's rows, and how each failure was shown."""

from __future__ import annotations

from pathlib import Path

from credhelper.catalogue import GROUPS, ErrorKind
from tests.errors.scenarios import SCENARIOS

DOCUMENT = Path(__file__).parents[2] / "docs" / "errors.md"

_BEGIN, _END = "<!-- made by python3 -m tests.errors -->\n", "<!-- until here -->\n"
_HEAD = """| id | when | what to do | standard output | may a stale token serve | shown |
|---|---|---|---|---|---|
"""


def render(text: str) -> str:
    """Give the text of the document with the tables of now."""
    head, _, rest = text.partition(_BEGIN)
    tail = rest.partition(_END)[2]
    return f"{head}{_BEGIN}\n{_render_tables()}{_END}{tail}"


def _render_tables() -> str:
    marks = {scenario.id: scenario.mark for scenario in SCENARIOS}
    sections = ((title, "".join(_render_row(row, marks[row.id]) for row in rows)) for title, rows in GROUPS.items())
    return "".join(f"### {title}\n\n{_HEAD}{lines}\n" for title, lines in sections)


def _render_row(row: ErrorKind, mark: str) -> str:
    cells = (f"`{row.id}`", row.when, row.fix, row.stdout, "yes" if row.is_transient else "no", mark)
    return f"| {' | '.join(cells)} |\n"
