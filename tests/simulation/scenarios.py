"""The scenarios: in each, a few fleets that differ in one condition run under the same limit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable, NamedTuple

from credhelper import timeouts
from tests.simulation import helper, incumbent
from tests.simulation.ecr import Limit
from tests.simulation.fleet import HOUR, Scenario, schedule_hourly

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from tests.simulation.fleet import Figures, Kind

    Results = Sequence[Mapping[str, Figures]]  # for each limit, the figures of each fleet by its name

# AWS documents two limits of GetAuthorizationToken: 20 calls a second with a burst of 200 on its page on
# troubleshooting, and 200 a second on its page of quotas. The second has no documented burst; with a burst larger than
# 200, the limit would be weaker.
LIMITS = (Limit(20, 200), Limit(200, 200))

OUTAGE = (11.5 * HOUR, 11.5 * HOUR + 600)  # in the second wave of refreshes of both policies
_OUTAGE_HOURS = (OUTAGE[0] / HOUR, OUTAGE[1] / HOUR)
_HOUR_AFTER_OUTAGE = (_OUTAGE_HOURS[1], _OUTAGE_HOURS[1] + 1)

_OURS, _INCUMBENT, _WAITING = "ours", "incumbent", "ours, refresh --wait at boot"


class FleetRun(NamedTuple):
    """A fleet: a row of the table, and a line of the plot if `is_drawn`."""

    name: str
    kind: Kind
    scenario: Scenario
    is_drawn: bool = True


class Axis(NamedTuple):
    """A time axis: its unit, the hours between two ticks, and the label of a tick at an hour."""

    unit: str
    tick: float
    format_tick: Callable[[float], str]


class View(NamedTuple):
    """The section of docs/fleet.md about a scenario: its heading, its plot and the hours of its table.

    `finding` returns the title of the plot. The plot shows `hours`: the calls in the busiest `window` seconds of every
    `step` seconds, and the failed pulls in every `failure_step` seconds. ECR does not answer in the hours `outage`. The
    table has the busiest minute of `table_hours`.
    """

    title: str
    finding: Callable[[View, Results], str]
    hours: tuple[float, float]
    axis: Axis
    step: int
    window: int
    failure_step: int
    table_hours: tuple[float, float]
    outage: tuple[float, float] = (0, 0)


def build_week(limit: Limit) -> Sequence[FleetRun]:
    """Start within ten minutes, and pull from time to time for a week."""
    return _build_both(Scenario(limit))


def build_cron(limit: Limit) -> Sequence[FleetRun]:
    """Start within ten minutes, and pull at each full hour only."""
    return _build_both(Scenario(limit, pattern=schedule_hourly, days=2))


def build_minute(limit: Limit) -> Sequence[FleetRun]:
    """Start within one minute."""
    scenario = Scenario(limit, start=60, days=0.5)
    waiting_run = FleetRun(_WAITING, helper.Instance, scenario._replace(boot=timeouts.DEFAULT_RETRY_FOR))
    return [*_build_both(scenario), waiting_run]


def build_outage(limit: Limit) -> Sequence[FleetRun]:
    """Run the fleets with an outage of ten minutes during a wave of refreshes, and the same fleets without one."""
    scenario = Scenario(limit, days=0.75)
    control_runs = [run._replace(name=f"{run.name}, no outage", is_drawn=False) for run in _build_both(scenario)]
    return [*_build_both(scenario._replace(outage=OUTAGE)), *control_runs]


def _build_both(scenario: Scenario) -> list[FleetRun]:
    return [FleetRun(_INCUMBENT, incumbent.Instance, scenario), FleetRun(_OURS, helper.Instance, scenario)]


def find_week(view: View, results: Results) -> str:
    ratios = (sum(figures[_OURS].calls) / sum(figures[_INCUMBENT].calls) for figures in results)
    failures = _format_failures(view, results, _OURS)
    return f"With ours, {failures} in a week, and ECR gets {_format_range(ratios)} of the incumbent's calls"


def find_cron(view: View, results: Results) -> str:
    shares = (len(figures[_INCUMBENT].failure_times) / figures[_INCUMBENT].pulls for figures in results)
    failures = _format_failures(view, results, _OURS)
    return f"With ours, {failures}; with the incumbent, {_format_range(shares)} of all pulls fail"


def find_minute(view: View, results: Results) -> str:
    waiting, others = (_format_failures(view, results, name) for name in (_WAITING, _OURS))
    return f"With refresh --wait at boot, {waiting}; without it, {others}"


def find_outage(view: View, results: Results) -> str:
    minutes = (view.outage[1] - view.outage[0]) * 60
    ours, incumbents = (_format_failures(view, results, name) for name in (_OURS, _INCUMBENT))
    return f"With ours, {ours} in a {minutes:.0f}-minute ECR outage; with the incumbent, {incumbents}"


def count_failures(figures: Figures, hours: tuple[float, float]) -> int:
    """Return the number of failed pulls between two hours."""
    return sum(hours[0] * HOUR <= second < hours[1] * HOUR for second in figures.failure_times)


def _format_failures(view: View, results: Results, name: str) -> str:
    number = max(count_failures(figures[name], view.hours) for figures in results)
    return f"up to {number:,} pulls fail" if number else "no pull fails"


def _format_range(ratios: Iterable[float]) -> str:
    lowest, *_, highest = sorted(ratios)
    return f"{lowest:.0%} to {highest:.0%}"


def _format_clock(hour: float) -> str:
    minutes = round(hour * 60)
    return f"{minutes // 60}:{minutes % 60:02d}"


_DAYS = Axis("days", 24, lambda hour: f"{hour / 24:g}")
_HOURS = Axis("hours", 6, lambda hour: f"{hour:g}")
_MINUTES = Axis("minutes", 1 / 12, lambda hour: f"{hour * 60:.0f}")
_CLOCK = Axis("hours:minutes", 0.5, _format_clock)

SCENARIOS: Mapping[str, tuple[Callable[[Limit], Sequence[FleetRun]], View]] = {
    "week": (
        build_week,
        View("A week after a start within ten minutes", find_week, (0, 168), _DAYS, 1800, 60, 3 * HOUR, (0, 168)),
    ),
    "cron": (
        build_cron,
        View("All instances pull at minute 0 of each hour", find_cron, (0, 48), _HOURS, HOUR, 60, HOUR, (0, 48)),
    ),
    "minute": (
        build_minute,
        View("All instances start within one minute", find_minute, (0, 0.75), _MINUTES, 10, 10, 60, (0, 12)),
    ),
    "outage": (
        build_outage,
        View(
            *("ECR does not answer from 11:30 to 11:40", find_outage, (10, 14), _CLOCK, 60, 60, 300),
            table_hours=_HOUR_AFTER_OUTAGE,
            outage=_OUTAGE_HOURS,
        ),
    ),
}
