"""Figures -> the table of README.md."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.bench.places import Place
    from tests.bench.scenes import Scene

HEAD = "| | ours | beside | ratio | at most | runs |\n|---|--:|--:|--:|--:|--:|"

Figures = Mapping[str, Mapping[str, Any]]  # as the runner gives them


def rows(scene: Scene, figures: Figures) -> Iterator[str]:
    """Give a row for the time beside each rival, the median of its runs, then one for the memory beside each, where it
    was measured.
    """
    runs = len(figures[scene.ours.name]["seconds"])
    time = {name: statistics.median(each["seconds"]) * 1e3 for name, each in figures.items()}
    memory = {name: each["peak"] / 1e6 for name, each in figures.items() if "peak" in each}
    ours = scene.ours.name
    for rival, at_most in scene.rivals:
        yield _row(f"{scene.name}, beside {rival.name}", "ms", time[ours], time[rival.name], f"{at_most:.2f} | {runs}")
    for rival, _ in scene.rivals if memory else ():
        yield _row(f"its peak memory, beside {rival.name}", "MB", memory[ours], memory[rival.name], "| 1")


def caption(place: Place) -> str:
    """Give the sentence that says where, and with which versions."""
    script = "import platform, botocore; print('Python', platform.python_version(), 'botocore', botocore.__version__)"
    ours = place.run([place.python, "-I", "-c", script], "").strip()
    return f"Measured {place.description}: {ours}, {place.run([place.aws, '--version'], '').split()[0]}."


def _row(what: str, unit: str, ours: float, other: float, rest: str) -> str:
    return f"| {what} | {ours:,.1f} {unit} | {other:,.1f} {unit} | {ours / other:.2f} | {rest} |"
