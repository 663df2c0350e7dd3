"""A fleet: instances that start, pull from time to time, and share one limit."""

from __future__ import annotations

from array import array
from random import Random
from typing import TYPE_CHECKING, Callable, NamedTuple, Union

from tests.simulation import helper, incumbent
from tests.simulation.ecr import Ecr, Limit
from tests.simulation.simulation import Simulation

if TYPE_CHECKING:
    from tests.simulation.simulation import Process

REGISTRIES = 5  # five accounts of one region
HOUR, DAY = 3600, 86400

Instance = Union[helper.Instance, incumbent.Instance]
Kind = Union[type[helper.Instance], type[incumbent.Instance]]
# Returns the seconds until the next pull of an instance, and its registries.
Pattern = Callable[[float, Random], "tuple[float, range]"]


def schedule_irregularly(now: float, rng: Random) -> tuple[float, range]:  # noqa: ARG001  (required by Pattern)
    """Pull from one of the five registries, every 20 to 30 minutes."""
    registry = rng.randrange(REGISTRIES)
    return rng.uniform(20 * 60, 30 * 60), range(registry, registry + 1)


def schedule_hourly(now: float, rng: Random) -> tuple[float, range]:
    """Pull from all five registries at minute 0 of each hour, as with cron: all instances within one second."""
    return HOUR - now % HOUR + rng.random(), range(REGISTRIES)


class Scenario(NamedTuple):
    """The conditions of a fleet.

    All instances start within `start` seconds and pull from all five registries at once, and then as `pattern` returns.
    With `boot`, `refresh --wait` runs for at most so many seconds before the first pull.
    """

    limit: Limit
    pattern: Pattern = schedule_irregularly
    start: float = 600
    boot: float = 0
    outage: tuple[float, float] = (0, 0)
    instances: int = 10_000
    days: float = 7
    seed: int = 1


class Figures(NamedTuple):
    """The results of a run.

    `calls` and `throttles` are counted for each second. `failure_times` has the time of each failed pull, and
    `boot_durations` the seconds from the start of each instance until its first pull.
    """

    calls: array[int]
    throttles: array[int]
    pulls: int
    failure_times: array[float]
    boot_durations: array[float]


class Fleet:
    """The instances of a scenario, each with a helper of type `kind`."""

    def __init__(self, scenario: Scenario, kind: Kind) -> None:
        seconds = int(scenario.days * DAY)
        self._scenario = scenario
        self._kind = kind
        self._rng = Random(scenario.seed)  # noqa: S311  (a seed makes runs reproducible)
        self._simulation = Simulation()
        self._ecr = Ecr(self._simulation, scenario.limit, seconds, scenario.outage)
        self._pulls = 0
        self._failure_times = array("d")
        self._boot_durations = array("d")

    def run(self) -> Figures:
        """Simulate all days."""
        for _ in range(self._scenario.instances):
            self._simulation.start(self._run_instance())
        self._simulation.run(self._scenario.days * DAY)
        return Figures(self._ecr.calls, self._ecr.throttles, self._pulls, self._failure_times, self._boot_durations)

    def _run_instance(self) -> Process[None]:
        """Simulate an instance."""
        instance = self._kind(self._simulation, self._ecr, self._rng)
        yield self._rng.uniform(0, self._scenario.start)
        started_at = self._simulation.now
        if self._scenario.boot and isinstance(instance, helper.Instance):
            yield from instance.refresh(self._scenario.boot)
        self._boot_durations.append(self._simulation.now - started_at)
        registries = range(REGISTRIES)
        while True:
            for registry in registries:
                self._simulation.start(self._pull(instance, registry))
            wait, registries = self._scenario.pattern(self._simulation.now, self._rng)
            yield wait

    def _pull(self, instance: Instance, registry: int) -> Process[None]:
        """Pull once. A failed pull is not repeated: the pattern determines the next one."""
        self._pulls += 1
        if not (yield from instance.get(registry)):
            self._failure_times.append(self._simulation.now)
