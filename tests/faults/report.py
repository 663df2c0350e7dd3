"""Outcomes -> the table of docs/faults.md."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.faults.fault_setup import HOST, PROGRAM

if TYPE_CHECKING:
    from tests.faults.scenario import Outcome, Scenario

_BAR = r"\|"  # one that ends no cell
_WHY = re.compile(r"^  why   (.*)", re.MULTILINE)
_ID = re.compile(r" \[[a-z-]+\]$", re.MULTILINE)
_STALE_PREFIX = re.compile(r"^the refresh failed; using the cached token \(valid for another [^)]+\): ")

HEAD = (
    "| fault | cached before | result and message | seconds | calls to metadata, ECR | lost | incumbent |\n"
    "|---|---|---|--:|--:|---|---|"
)


def format_row(scenario: Scenario, outcome: Outcome, incumbent_result: str) -> str:
    """Give the row of a scene; `incumbent_result` is what came of the incumbent."""
    run = outcome.run
    message = f": `{_summarize(run.stderr_text)}`" if run.stderr_text else ""
    lost = ", ".join(outcome.lost) or "nothing"
    calls = "{}, {}".format(*outcome.calls)
    cells = (
        scenario.fault.name,
        scenario.initial_token.name,
        f"{run.answer}{message}",
        f"{run.seconds:.1f}",
        calls,
        lost,
        incumbent_result,
    )
    return f"| {' | '.join(cell.replace('|', _BAR) for cell in cells)} |"


def _summarize(stderr_text: str) -> str:
    """Return the message, the cause and the id that were reported, without what is the same each time."""
    line, _, sections = stderr_text.partition("\n")
    why = _WHY.search(sections)
    id_ = _ID.search(sections)
    line = f"{line}{f' ({why[1]})' if why else ''}{id_[0] if id_ else ''}"
    line = line.replace(f"{PROGRAM}: ", "").replace(HOST, "HOST").replace("/root/", "~/")
    return _STALE_PREFIX.sub("… ", line)
