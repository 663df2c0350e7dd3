"""A model of ECR's GetAuthorizationToken: it grants, throttles, or does not respond."""

from __future__ import annotations

from array import array
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.simulation.simulation import Process, Simulation

LATENCY = 0.1  # seconds for an answer


class Outcome(Enum):
    """The outcome of a call."""

    GRANTED = "granted"
    THROTTLED = "throttled"
    UNREACHABLE = "unreachable"


class Limit(NamedTuple):
    """The limit of an account in one region: calls per second on average, and the size of a burst."""

    rate: float
    burst: float


class TokenBucket:
    """A token bucket: full at first; a call takes one token, and `rate` per second are added, up to `burst`."""

    def __init__(self, limit: Limit) -> None:
        self._limit = limit
        self._level = limit.burst
        self._filled_at = 0.0

    def take(self, now: float) -> bool:
        """Take a token; return False if there is none."""
        self._level = min(self._limit.burst, self._level + (now - self._filled_at) * self._limit.rate)
        self._filled_at = now
        if self._level < 1:
            return False
        self._level -= 1
        return True


class Ecr:
    """ECR in one region, for one account. During `outage` (start, end; seconds) it does not respond.

    `calls` and `throttles` are counted for each second of the simulation.
    """

    def __init__(self, simulation: Simulation, limit: Limit, seconds: int, outage: tuple[float, float]) -> None:
        self.calls = array("L", bytes(array("L").itemsize * seconds))
        self.throttles = array("L", self.calls)
        self._simulation = simulation
        self._bucket = TokenBucket(limit)
        self._outage = outage

    def request(self, timeout: float) -> Process[Outcome]:
        """Make a call, and wait at most `timeout` seconds for a connection."""
        now = self._simulation.now
        self.calls[int(now)] += 1
        if self._outage[0] <= now < self._outage[1]:
            yield timeout
            return Outcome.UNREACHABLE
        is_granted = self._bucket.take(now)
        self.throttles[int(now)] += not is_granted
        yield LATENCY
        return Outcome.GRANTED if is_granted else Outcome.THROTTLED

    def request_with_retries(
        self, timeout: float, attempts: int, backoff: Callable[[Outcome, int], float]
    ) -> Process[Outcome]:
        """Make a call, and retry as an SDK does; `backoff` receives the last outcome and the number of failures."""
        for failures in range(1, attempts):
            outcome = yield from self.request(timeout)
            if outcome is Outcome.GRANTED:
                return outcome
            yield backoff(outcome, failures)
        return (yield from self.request(timeout))
