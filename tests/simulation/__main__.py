"""The command line: simulates, prints the tables of docs/fleet.md, and draws its plots."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import tests.simulation
from tests.simulation import plot, report
from tests.simulation.fleet import Fleet
from tests.simulation.scenarios import LIMITS, SCENARIOS

if TYPE_CHECKING:
    from tests.simulation.ecr import Limit
    from tests.simulation.plot import Panel

DOCS = Path(__file__).parents[2] / "docs"


def main(arguments: Sequence[str]) -> None:
    """Simulate what the arguments name."""
    scenario_name = _build_parser().parse_args(arguments).scene
    for name in SCENARIOS if scenario_name == "all" else [scenario_name]:
        view = SCENARIOS[name][1]
        _print(f"\n### {view.title}\n", report.HEAD)
        panels, notes = [], []
        for limit in LIMITS:
            panel, more_notes = _simulate(name, limit)
            panels.append(panel)
            notes += more_notes
        _print("", *notes)
        (DOCS / f"fleet-{name}.svg").write_text(plot.render_page(view, panels))


def _simulate(name: str, limit: Limit) -> tuple[Panel, list[str]]:
    """Run the fleets of a scene, print a row for each, and give what is drawn and said of them."""
    runs, view = SCENARIOS[name][0](limit), SCENARIOS[name][1]
    figures = {run.name: Fleet(run.scenario, run.kind).run() for run in runs}
    _print(*report.format_rows(limit, view, figures))
    lines = {run.name: report.calls_curve(figures[run.name], view) for run in runs if run.is_drawn}
    panel = plot.Panel(f"calls a second, and the limit of {limit.rate:.0f} a second (dashed)", limit.rate, lines)
    return panel, list(report.format_notes(limit, figures))


def _print(*lines: str) -> None:
    print(*lines, sep="\n", flush=True)  # noqa: T201  (what this program is for)


def _build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=tests.simulation.__doc__)
    parser.add_argument("scene", nargs="?", choices=[*SCENARIOS, "all"], default="all", help="what to simulate")
    return parser


if __name__ == "__main__":
    main(sys.argv[1:])
