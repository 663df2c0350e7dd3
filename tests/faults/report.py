"""Outcomes -> the table of docs/faults.md."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.faults.fault_setup import HOST, PROGRAM

if TYPE_CHECKING:
    from tests.faults.scenario import Outcome, Scenario

_BAR = r"\|"  # one that ends no cell
_STALE_PREFIX = re.compile("^the token at hand serves, for [0-9]+ minutes more, since it cannot be renewed: ")

HEAD = (
    "| fault | before it | what the user gets, and reads | seconds | calls to metadata, ECR | lost | theirs |\n"
    "|---|---|---|--:|--:|---|---|"
)


def format_row(scenario: Scenario, outcome: Outcome, incumbent_result: str) -> str:
    """Give the row of a scene; `incumbent_result` is what came of the incumbent."""
    run = outcome.run
    message = f": `{_first_line(run.stderr_text)}`" if run.stderr_text else ""
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


def _first_line(stderr_text: str) -> str:
    """Give the first line that was said, without what is the same each time."""
    line = stderr_text.partition("\n")[0].replace(f"{PROGRAM}: ", "").replace(HOST, "HOST").replace("/root/", "~/")
    return _STALE_PREFIX.sub("… ", line)
