"""Figures -> the table and the curves of docs/fleet.md."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from array import array
    from collections.abc import Iterator, Mapping

    from tests.fleet.ecr import Limit
    from tests.fleet.fleet import Figures
    from tests.fleet.scenes import View

HEAD = (
    "| limit a second | policy | calls | of the incumbent's | throttled | busiest minute, a second | pulls | failed |\n"
    "|--:|---|--:|--:|--:|--:|--:|--:|"
)


def rows(limit: Limit, view: View, figures: Mapping[str, Figures]) -> Iterator[str]:
    """Give a row for each fleet, in the order of `figures`, by name; the first one is the incumbent's."""
    incumbent = sum(next(iter(figures.values())).calls)
    for name, each in figures.items():
        calls = sum(each.calls)
        busiest = max(rate for _, rate in curve(each.calls, view.watched, 60, 60))
        yield (
            f"| {limit.rate:.0f} | {name} | {calls:,} | {calls / incumbent:.3f} | {sum(each.throttles):,} "
            f"| {busiest:.1f} | {each.pulls:,} | {len(each.failed):,} |"
        )


def notes(limit: Limit, figures: Mapping[str, Figures]) -> Iterator[str]:
    """Give a sentence for each fleet whose first pulls had to wait."""
    for name, each in figures.items():
        slowest = max(each.boots)
        if slowest >= 1:
            median = sorted(each.boots)[len(each.boots) // 2]
            yield (
                f"At {limit.rate:.0f} a second, {name}: an instance could pull {median:.0f} seconds after its start in "
                f"the median, and {slowest:.0f} at the latest."
            )


def drawn(figures: Figures, view: View) -> list[tuple[float, float]]:
    """Give the line of a fleet's calls, (hour, calls a second)."""
    return curve(figures.calls, view.hours, view.step, view.window)


def curve(counts: array[int], hours: tuple[float, float], step: int, window: int) -> list[tuple[float, float]]:
    """Give (hour, count a second in the busiest `window` seconds) for each `step` seconds between two hours."""
    first, last = (round(hour * 3600) for hour in hours)
    return [
        (second / 3600, max(sum(counts[at : at + window]) for at in range(second, second + step, window)) / window)
        for second in range(first, min(last, len(counts)), step)
    ]
