"""A fleet: so many instances that start, pull now and then, and share one limit."""

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
# Gives how many seconds after now an instance pulls next, and from which registries.
Pattern = Callable[[float, Random], "tuple[float, range]"]


def schedule_irregularly(now: float, rng: Random) -> tuple[float, range]:  # noqa: ARG001  (whenever it is)
    """Pull from one of the five, every 20 to 30 minutes."""
    registry = rng.randrange(REGISTRIES)
    return rng.uniform(20 * 60, 30 * 60), range(registry, registry + 1)


def schedule_hourly(now: float, rng: Random) -> tuple[float, range]:
    """Pull from all five at minute 0 of each hour, as cron has it: all instances within one second."""
    return HOUR - now % HOUR + rng.random(), range(REGISTRIES)


class Scenario(NamedTuple):
    """What happens to a fleet. All instances start within `start` seconds and pull from all five at once, then as
    `pattern` has it; with `boot`, so many seconds of `refresh --wait` come before the first pull.
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
    """What came of it. `calls` and `throttles` are counted for each second, `failure_times` says when each pull failed,
    and `boot_durations` how many seconds after its start each instance could first pull.
    """

    calls: array[int]
    throttles: array[int]
    pulls: int
    failure_times: array[float]
    boot_durations: array[float]


class Fleet:
    """The instances of a scene, each with the helper that `kind` tells."""

    def __init__(self, scenario: Scenario, kind: Kind) -> None:
        seconds = int(scenario.days * DAY)
        self._scenario = scenario
        self._kind = kind
        self._rng = Random(scenario.seed)  # noqa: S311  (the same seed, the same run)
        self._simulation = Simulation()
        self._ecr = Ecr(self._simulation, scenario.limit, seconds, scenario.outage)
        self._pulls = 0
        self._failure_times = array("d")
        self._boot_durations = array("d")

    def run(self) -> Figures:
        """Let the days pass."""
        for _ in range(self._scenario.instances):
            self._simulation.start(self._run_instance())
        self._simulation.run(self._scenario.days * DAY)
        return Figures(self._ecr.calls, self._ecr.throttles, self._pulls, self._failure_times, self._boot_durations)

    def _run_instance(self) -> Process[None]:
        """Be an instance."""
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
        """Pull once. Who fails is not tried again: the next pull is the pattern's."""
        self._pulls += 1
        if not (yield from instance.get(registry)):
            self._failure_times.append(self._simulation.now)
