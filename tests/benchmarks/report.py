"""Figures -> the tables of README.md."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from tests.benchmarks.runner import KILLED

if TYPE_CHECKING:
    from tests.benchmarks.machines import Machine
    from tests.benchmarks.outages import Outage
    from tests.benchmarks.scenarios import Scenario

HEAD = "| | ours | beside | ratio | at most | runs |\n|---|--:|--:|--:|--:|--:|"
OUTAGES = "| | ours | the incumbent |\n|---|--:|--:|"

Figures = Mapping[str, Mapping[str, Any]]  # as the runner gives them, and "calls" where they were counted


def format_rows(scenario: Scenario, figures: Figures) -> Iterator[str]:
    """Give a row for the time beside each rival, then one for what else was measured; all are medians of the runs."""
    ours = figures[scenario.ours.name]
    for rival, max_ratio in scenario.rivals:
        times = [statistics.median(program_figures["seconds"]) * 1e3 for program_figures in (ours, figures[rival.name])]
        limit = "" if max_ratio is None else f"{max_ratio:.2f} "
        yield _format_row(
            f"{scenario.name}, beside {rival.name}", times, ",.1f", " ms", f"{limit}| {len(ours['seconds'])}"
        )
    for rival, _ in scenario.rivals if "peak" in ours else ():
        peaks = [program_figures["peak"] / 1e6 for program_figures in (ours, figures[rival.name])]
        yield _format_row(f"its peak memory, beside {rival.name}", peaks, ".1f", " MB", "| 1")
    for rival, _ in scenario.rivals if "calls" in ours else ():
        calls = [statistics.median(program_figures["calls"]) for program_figures in (ours, figures[rival.name])]
        yield _format_row(f"its calls to ECR, beside {rival.name}", calls, "g", "", f"| {len(ours['calls'])}")


def format_outage(outage: Outage, figures: Figures) -> str:
    """Give the row of an outage: how long each took, and what came of it."""
    results = [
        _format_end(program_figures["seconds"][0], program_figures["outcomes"][0])
        for program_figures in figures.values()
    ]
    return f"| {outage.name} | {' | '.join(results)} |"


def format_caption(machine: Machine) -> str:
    """Give the sentence that says where, and with which versions."""
    script = "import platform, botocore; print('Python', platform.python_version(), 'botocore', botocore.__version__)"
    ours = machine.run([machine.python, "-I", "-c", script], "").strip()
    return f"Measured {machine.description}: {ours}, {machine.run([machine.aws, '--version'], '').split()[0]}."


def _format_row(label: str, values: list[float], number_format: str, unit: str, rest: str) -> str:
    ours, other = (f"{value:{number_format}}{unit}" for value in values)
    return f"| {label} | {ours} | {other} | {values[0] / values[1]:.2f} | {rest} |"


def _format_end(seconds: float, outcome: str) -> str:
    return f"killed after {seconds:.0f} s" if outcome == KILLED else f"{outcome} in {seconds:.2f} s"
