"""The tables of docs/errors.md: the rows of the error catalog, and how each failure was shown."""

from __future__ import annotations

import string
from pathlib import Path
from typing import TYPE_CHECKING

from credhelper.error_catalog.catalog import GROUPS
from credhelper.error_catalog.kind import Command, join_parts, parts_of
from tests.errors.scenarios import SCENARIOS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from credhelper.error_catalog.kind import ErrorKind, Step

DOCUMENT = Path(__file__).parents[2] / "docs" / "errors.md"

_BEGIN, _END = "<!-- made by python3 -m tests.errors -->\n", "<!-- until here -->\n"
_HEAD = """| id | when | what to do | standard output | may a stale token serve | shown |
|---|---|---|---|---|---|
"""


def render(text: str) -> str:
    """Return the text of the document with the tables of the current catalog."""
    head, _, rest = text.partition(_BEGIN)
    tail = rest.partition(_END)[2]
    return f"{head}{_BEGIN}\n{_render_tables()}{_END}{tail}"


def _render_tables() -> str:
    return "".join(f"### {title}\n\n{_HEAD}{''.join(_render_lines(rows))}\n" for title, rows in GROUPS.items())


def _render_lines(rows: Iterable[ErrorKind]) -> Iterator[str]:
    """Return a line for each id and `when`: rows that have both in common differ in their words only."""
    marks = {scenario.id: scenario.mark for scenario in SCENARIOS}
    variants: dict[tuple[str, str], list[ErrorKind]] = {}
    for row in rows:
        variants.setdefault((row.id, row.when), []).append(row)
    for (id_, when), kinds in variants.items():
        transient = "yes" if kinds[0].is_transient else "no"
        cells = (f"`{id_}`", when, _render_fix(kinds), kinds[0].stdout or "the sentence", transient, marks[id_])
        yield f"| {' | '.join(cells)} |\n"


def _render_fix(kinds: Sequence[ErrorKind]) -> str:
    steps = dict.fromkeys(step for kind in kinds for step in kind.fix)
    return "; ".join(map(_render_step, steps)).replace("|", r"\|")


def _render_step(step: Step) -> str:
    parts = ((part, _name_fields(part)) for part in parts_of(step))
    return join_parts([f"`{text}`" if isinstance(part, Command) else text for part, text in parts])


def _name_fields(template: str) -> str:
    """Return a template with the names of its fields in capitals."""
    parts = string.Formatter().parse(template)
    return "".join(text + (name or "").upper() for text, name, _, _ in parts)
