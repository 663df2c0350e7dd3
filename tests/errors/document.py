"""The tables of docs/errors.md: the rows of the error catalog, and how each error is tested."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from credhelper.error_catalog.catalog import GROUPS
from credhelper.error_catalog.kind import Command, name_fields, parts_of
from tests.errors.scenarios import SCENARIOS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from credhelper.error_catalog.kind import ErrorKind

DOCUMENT = Path(__file__).parents[2] / "docs" / "errors.md"

_BEGIN, _END = "<!-- made by python3 -m tests.errors -->\n", "<!-- until here -->\n"
_HEAD = """| id | when | message | what to do | standard output | stale token used | tested |
|---|---|---|---|---|---|---|
"""


def render(text: str) -> str:
    """Return the text of the document with the tables of the current catalog."""
    head, _, rest = text.partition(_BEGIN)
    tail = rest.partition(_END)[2]
    return f"{head}{_BEGIN}\n{_render_tables()}{_END}{tail}"


def _render_tables() -> str:
    return "".join(f"### {title}\n\n{_HEAD}{''.join(_render_lines(rows))}\n" for title, rows in GROUPS.items())


def _render_lines(rows: Iterable[ErrorKind]) -> Iterator[str]:
    """Return a line for each id and `when`: rows that have both in common differ in their texts only."""
    marks = {scenario.id: scenario.mark for scenario in SCENARIOS}
    variants: dict[tuple[str, str], list[ErrorKind]] = {}
    for row in rows:
        variants.setdefault((row.id, row.when), []).append(row)
    for (id_, when), kinds in variants.items():
        transient = "yes" if kinds[0].is_transient else "no"
        stdout = kinds[0].stdout or "the message"
        cells = (f"`{id_}`", when, _render_messages(kinds), _render_fix(kinds), stdout, transient, marks[id_])
        yield f"| {' | '.join(cells)} |\n"


def _render_fix(kinds: Sequence[ErrorKind]) -> str:
    parts = dict.fromkeys(part for kind in kinds for step in kind.fix for part in parts_of(step))
    return "<br>".join(f"`{_cell(part)}`" if isinstance(part, Command) else _cell(part) for part in parts)


def _render_messages(kinds: Sequence[ErrorKind]) -> str:
    """Return each message with its cause, once."""
    messages = ((_cell(kind.message), f" ({_cell(kind.why)})" if kind.why else "") for kind in kinds)
    return "<br>".join(dict.fromkeys("".join(parts) for parts in messages))


def _cell(template: str) -> str:
    return name_fields(template).replace("|", r"\|")
