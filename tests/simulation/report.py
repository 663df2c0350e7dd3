"""Figures -> the tables and the curves of docs/fleet.md."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from array import array
    from collections.abc import Iterator, Mapping

    from tests.simulation.ecr import Limit
    from tests.simulation.fleet import Figures
    from tests.simulation.scenarios import View

HEAD = (
    "| limit (calls/s) | policy | calls | ratio | throttled | busiest minute (calls/s) | pulls | failed pulls |\n"
    "|--:|---|--:|--:|--:|--:|--:|--:|"
)


def format_rows(limit: Limit, view: View, figures: Mapping[str, Figures]) -> Iterator[str]:
    """Yield a row for each fleet, in the order of `figures`. The first fleet is the incumbent's."""
    incumbent_calls = sum(next(iter(figures.values())).calls)
    for name, fleet_figures in figures.items():
        calls = sum(fleet_figures.calls)
        busiest = max(rate for _, rate in busiest_rates(fleet_figures.calls, view.table_hours, 60, 60))
        yield (
            f"| {limit.rate:.0f} | {name} | {calls:,} | {calls / incumbent_calls:.3f} "
            f"| {sum(fleet_figures.throttles):,} | {busiest:.1f} | {fleet_figures.pulls:,} "
            f"| {len(fleet_figures.failure_times):,} |"
        )


def format_notes(limit: Limit, figures: Mapping[str, Figures]) -> Iterator[str]:
    """Yield a sentence for each fleet whose first pulls had to wait."""
    for name, fleet_figures in figures.items():
        slowest = max(fleet_figures.boot_durations)
        if slowest >= 1:
            median = sorted(fleet_figures.boot_durations)[len(fleet_figures.boot_durations) // 2]
            yield (
                f"At {limit.rate:.0f} calls per second ({name}), half of the instances can pull {median:.0f} seconds "
                f"after their start, and all after {slowest:.0f}."
            )


def calls_curve(figures: Figures, view: View) -> list[tuple[float, float]]:
    """Return the curve of a fleet's calls: (hour, calls per second)."""
    return busiest_rates(figures.calls, view.hours, view.step, view.window)


def failure_counts(figures: Figures, view: View) -> list[int]:
    """Return the number of failed pulls in every `failure_step` seconds of a view."""
    first, last = (round(hour * 3600) for hour in view.hours)
    counts = [0] * ((last - first) // view.failure_step)
    for second in figures.failure_times:
        if first <= second < last:
            counts[int(second - first) // view.failure_step] += 1
    return counts


def busiest_rates(counts: array[int], hours: tuple[float, float], step: int, window: int) -> list[tuple[float, float]]:
    """Return (hour, count per second in the busiest `window` seconds) for every `step` seconds between two hours."""
    first, last = (round(hour * 3600) for hour in hours)
    return [
        (
            second / 3600,
            max(sum(counts[start : start + window]) for start in range(second, second + step, window)) / window,
        )
        for second in range(first, min(last, len(counts)), step)
    ]
