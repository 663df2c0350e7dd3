"""What is simulated: each scene is a few fleets that differ in one thing, for one limit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable, NamedTuple

from credhelper import patience
from tests.fleet import helper, incumbent
from tests.fleet.ecr import Limit
from tests.fleet.fleet import HOUR, Scene, hourly

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tests.fleet.fleet import Kind

# AWS documents two for GetAuthorizationToken: its page on troubleshooting 20 a second with a burst of 200, its page of
# quotas 200 a second. For the second no burst is told; with a larger one it would be less of a limit.
LIMITS = (Limit(20, 200), Limit(200, 200))

OUTAGE = (11.5 * HOUR, 11.5 * HOUR + 600)  # while both policies renew much: each is in its second wave
_HOUR_AFTER = (OUTAGE[1] / HOUR, OUTAGE[1] / HOUR + 1)


class Run(NamedTuple):
    """One fleet: a row of the table, and a line of the plot if it is `drawn`."""

    name: str
    kind: Kind
    scene: Scene
    drawn: bool = True


class View(NamedTuple):
    """What a plot shows: from when until when, with a mark on the axis each `tick`, all in hours. A point is the
    busiest `window` seconds of `step` seconds. The busiest minute of the table is that of the hours `watched`.
    """

    title: str
    hours: tuple[float, float]
    tick: float
    step: int
    window: int
    watched: tuple[float, float]


def week(limit: Limit) -> Sequence[Run]:
    """A start within ten minutes, and a week of pulls now and then."""
    return _both(Scene(limit))


def cron(limit: Limit) -> Sequence[Run]:
    """The same, but all pull together at each full hour, and never between."""
    return _both(Scene(limit, pattern=hourly, days=2))


def minute(limit: Limit) -> Sequence[Run]:
    """One minute starts them all."""
    scene = Scene(limit, start=60, days=0.5)
    waiting = Run("ours, refresh --wait at boot", helper.Instance, scene._replace(boot=patience.DEFAULT_RETRY_FOR))
    return [*_both(scene), waiting]


def outage(limit: Limit) -> Sequence[Run]:
    """ECR does not answer for ten minutes of a wave of renewals; and the same fleets without that."""
    scene = Scene(limit, days=0.75)
    calm = [run._replace(name=f"{run.name}, no outage", drawn=False) for run in _both(scene)]
    return [*_both(scene._replace(outage=OUTAGE)), *calm]


def _both(scene: Scene) -> list[Run]:
    return [Run("incumbent", incumbent.Instance, scene), Run("ours", helper.Instance, scene)]


SCENES: Mapping[str, tuple[Callable[[Limit], Sequence[Run]], View]] = {
    "week": (week, View("A start within ten minutes, then a week", (0, 168), 24, 1800, 60, (0, 168))),
    "cron": (cron, View("All pull at minute 0 of each hour", (0, 48), 6, 600, 60, (0, 48))),
    "minute": (minute, View("One minute starts them all", (0, 0.75), 1 / 12, 10, 10, (0, 12))),
    "outage": (outage, View("ECR does not answer from 11:30 to 11:40", (10, 14), 0.5, 60, 60, _HOUR_AFTER)),
}
