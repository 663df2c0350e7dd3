"""Figures -> the tables of README.md."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from tests.bench.runner import ENDED

if TYPE_CHECKING:
    from tests.bench.outages import Outage
    from tests.bench.places import Place
    from tests.bench.scenes import Scene

HEAD = "| | ours | beside | ratio | at most | runs |\n|---|--:|--:|--:|--:|--:|"
OUTAGES = "| | ours | the incumbent |\n|---|--:|--:|"

Figures = Mapping[str, Mapping[str, Any]]  # as the runner gives them, and "calls" where they were counted


def rows(scene: Scene, figures: Figures) -> Iterator[str]:
    """Give a row for the time beside each rival, then one for what else was measured; all are medians of the runs."""
    ours = figures[scene.ours.name]
    for rival, at_most in scene.rivals:
        times = [statistics.median(each["seconds"]) * 1e3 for each in (ours, figures[rival.name])]
        promised = "" if at_most is None else f"{at_most:.2f} "
        yield _row(f"{scene.name}, beside {rival.name}", times, ",.1f", " ms", f"{promised}| {len(ours['seconds'])}")
    for rival, _ in scene.rivals if "peak" in ours else ():
        peaks = [each["peak"] / 1e6 for each in (ours, figures[rival.name])]
        yield _row(f"its peak memory, beside {rival.name}", peaks, ".1f", " MB", "| 1")
    for rival, _ in scene.rivals if "calls" in ours else ():
        calls = [statistics.median(each["calls"]) for each in (ours, figures[rival.name])]
        yield _row(f"its calls to ECR, beside {rival.name}", calls, "g", "", f"| {len(ours['calls'])}")


def outage(told: Outage, figures: Figures) -> str:
    """Give the row of an outage: how long each took, and what came of it."""
    ends = [_end(each["seconds"][0], each["outcomes"][0]) for each in figures.values()]
    return f"| {told.name} | {' | '.join(ends)} |"


def caption(place: Place) -> str:
    """Give the sentence that says where, and with which versions."""
    script = "import platform, botocore; print('Python', platform.python_version(), 'botocore', botocore.__version__)"
    ours = place.run([place.python, "-I", "-c", script], "").strip()
    return f"Measured {place.description}: {ours}, {place.run([place.aws, '--version'], '').split()[0]}."


def _row(what: str, values: list[float], form: str, unit: str, rest: str) -> str:
    ours, other = (f"{value:{form}}{unit}" for value in values)
    return f"| {what} | {ours} | {other} | {values[0] / values[1]:.2f} | {rest} |"


def _end(seconds: float, outcome: str) -> str:
    return f"killed after {seconds:.0f} s" if outcome == ENDED else f"{outcome} in {seconds:.2f} s"
