"""The command line: runs the simulation, prints the tables of docs/fleet.md and draws its plots."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import tests.simulation
from tests.simulation import plot, report
from tests.simulation.fleet import Fleet
from tests.simulation.scenarios import LIMITS, SCENARIOS

if TYPE_CHECKING:
    from tests.simulation.ecr import Limit
    from tests.simulation.fleet import Figures
    from tests.simulation.plot import Panel
    from tests.simulation.scenarios import View

DOCS = Path(__file__).parents[2] / "docs"


def main(arguments: Sequence[str]) -> None:
    """Simulate the scenarios that the arguments name."""
    scenario_name = _build_parser().parse_args(arguments).scene
    for name in SCENARIOS if scenario_name == "all" else [scenario_name]:
        build, view = SCENARIOS[name]
        _print(f"\n### {view.title}\n", report.HEAD)
        results, panels = [], []
        notes: list[str] = []
        for limit in LIMITS:
            runs = build(limit)
            figures = {run.name: Fleet(run.scenario, run.kind).run() for run in runs}
            _print(*report.format_rows(limit, view, figures))
            results.append(figures)
            panels.append(_build_panel(limit, view, {run.name: figures[run.name] for run in runs if run.is_drawn}))
            notes += report.format_notes(limit, figures)
        _print("", *notes)
        (DOCS / f"fleet-{name}.svg").write_text(plot.render_page(view, view.finding(view, results), panels))


def _build_panel(limit: Limit, view: View, figures: Mapping[str, Figures]) -> Panel:
    calls = {name: report.calls_curve(fleet_figures, view) for name, fleet_figures in figures.items()}
    failures = {name: report.failure_counts(fleet_figures, view) for name, fleet_figures in figures.items()}
    return plot.Panel(limit.rate, calls, failures)


def _print(*lines: str) -> None:
    print(*lines, sep="\n", flush=True)  # noqa: T201  (the output of this program)


def _build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=tests.simulation.__doc__)
    parser.add_argument("scene", nargs="?", choices=[*SCENARIOS, "all"], default="all", help="the scenario to simulate")
    return parser


if __name__ == "__main__":
    main(sys.argv[1:])
