"""What is simulated: each scene is a few fleets that differ in one thing, for one limit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable, NamedTuple

from credhelper import timeouts
from tests.simulation import helper, incumbent
from tests.simulation.ecr import Limit
from tests.simulation.fleet import HOUR, Scenario, schedule_hourly

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tests.simulation.fleet import Kind

# AWS documents two for GetAuthorizationToken: its page on troubleshooting 20 a second with a burst of 200, its page of
# quotas 200 a second. For the second no burst is told; with a larger one it would be less of a limit.
LIMITS = (Limit(20, 200), Limit(200, 200))

OUTAGE = (11.5 * HOUR, 11.5 * HOUR + 600)  # while both policies renew much: each is in its second wave
_HOUR_AFTER_OUTAGE = (OUTAGE[1] / HOUR, OUTAGE[1] / HOUR + 1)


class FleetRun(NamedTuple):
    """One fleet: a row of the table, and a line of the plot if it is `is_drawn`."""

    name: str
    kind: Kind
    scenario: Scenario
    is_drawn: bool = True


class View(NamedTuple):
    """What a plot shows: from when until when, with a mark on the axis each `tick`, all in hours. A point is the
    busiest `window` seconds of `step` seconds. The busiest minute of the table is that of the hours `table_hours`.
    """

    title: str
    hours: tuple[float, float]
    tick: float
    step: int
    window: int
    table_hours: tuple[float, float]


def build_week(limit: Limit) -> Sequence[FleetRun]:
    """A start within ten minutes, and a week of pulls now and then."""
    return _build_both(Scenario(limit))


def build_cron(limit: Limit) -> Sequence[FleetRun]:
    """The same, but all pull together at each full hour, and never between."""
    return _build_both(Scenario(limit, pattern=schedule_hourly, days=2))


def build_minute(limit: Limit) -> Sequence[FleetRun]:
    """One minute starts them all."""
    scenario = Scenario(limit, start=60, days=0.5)
    waiting_run = FleetRun(
        "ours, refresh --wait at boot", helper.Instance, scenario._replace(boot=timeouts.DEFAULT_RETRY_FOR)
    )
    return [*_build_both(scenario), waiting_run]


def build_outage(limit: Limit) -> Sequence[FleetRun]:
    """ECR does not answer for ten minutes of a wave of renewals; and the same fleets without that."""
    scenario = Scenario(limit, days=0.75)
    control_runs = [run._replace(name=f"{run.name}, no outage", is_drawn=False) for run in _build_both(scenario)]
    return [*_build_both(scenario._replace(outage=OUTAGE)), *control_runs]


def _build_both(scenario: Scenario) -> list[FleetRun]:
    return [FleetRun("incumbent", incumbent.Instance, scenario), FleetRun("ours", helper.Instance, scenario)]


SCENARIOS: Mapping[str, tuple[Callable[[Limit], Sequence[FleetRun]], View]] = {
    "week": (build_week, View("A start within ten minutes, then a week", (0, 168), 24, 1800, 60, (0, 168))),
    "cron": (build_cron, View("All pull at minute 0 of each hour", (0, 48), 6, 600, 60, (0, 48))),
    "minute": (build_minute, View("One minute starts them all", (0, 0.75), 1 / 12, 10, 10, (0, 12))),
    "outage": (
        build_outage,
        View("ECR does not answer from 11:30 to 11:40", (10, 14), 0.5, 60, 60, _HOUR_AFTER_OUTAGE),
    ),
}
