"""Outcomes -> the table of docs/faults.md."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.faults.stage import HOST, PROGRAM

if TYPE_CHECKING:
    from tests.faults.scene import Outcome, Scene

_BAR = r"\|"  # one that ends no cell
_BRIDGED = re.compile("^the token at hand serves, for [0-9]+ minutes more, since it cannot be renewed: ")

HEAD = (
    "| fault | before it | what the user gets, and reads | seconds | calls to metadata, ECR | lost | theirs |\n"
    "|---|---|---|--:|--:|---|---|"
)


def row(scene: Scene, outcome: Outcome, theirs: str) -> str:
    """Give the row of a scene; `theirs` is what came of the incumbent."""
    seen = outcome.seen
    says = f": `{_first(seen.said)}`" if seen.said else ""
    lost = ", ".join(outcome.lost) or "nothing"
    calls = "{}, {}".format(*outcome.calls)
    cells = (scene.fault.name, scene.before.name, f"{seen.answer}{says}", f"{seen.seconds:.1f}", calls, lost, theirs)
    return f"| {' | '.join(cell.replace('|', _BAR) for cell in cells)} |"


def _first(said: str) -> str:
    """Give the first line that was said, without what is the same each time."""
    line = said.partition("\n")[0].replace(f"{PROGRAM}: ", "").replace(HOST, "HOST").replace("/root/", "~/")
    return _BRIDGED.sub("… ", line)
