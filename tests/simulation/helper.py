"""An instance with this package's helper, in simulated time.

It simulates the order in which tokens/source.py, fetch.py and single_flight.py wait, share a result and give up. The
lifetimes and timeouts are not copied: cache/lifetime.py, timeouts.py and Lifetime are called.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from credhelper import timeouts
from credhelper.cache.lifetime import lifetime_of
from credhelper.clock import Instant
from credhelper.ecr.token import CredentialSource, Token
from tests.simulation.ecr import Outcome
from tests.simulation.simulation import run_with_timeout

if TYPE_CHECKING:
    from random import Random

    from credhelper.entry import Lifetime
    from tests.simulation.ecr import Ecr
    from tests.simulation.simulation import Process, Simulation

EPOCH = 1_800_000_000  # second 0 of the simulation, at a full hour
TOKEN_LIFETIME = 12 * 3600

_ROLE_SOURCE = CredentialSource(
    machine_bound=True, non_interactive=True, role_identity=("http://169.254.169.254/", "the instance's role")
)
_CONNECT_TIMEOUT, _MAX_ATTEMPTS = 3.0, 2  # exchange.py's limits
_POLL_INTERVAL = 0.1  # seconds between two checks of a waiting process; system/lock.py checks more often


class RecentFailure(NamedTuple):
    """The time and the outcome of a failed exchange."""

    failed_at: float
    outcome: Outcome


class Instance:
    """One machine, with one role and a cache of its own."""

    def __init__(self, simulation: Simulation, ecr: Ecr, rng: Random) -> None:
        self._simulation = simulation
        self._ecr = ecr
        self._rng = rng
        self._lifetime: Lifetime | None = None
        self._recent_failure = RecentFailure(float("-inf"), Outcome.GRANTED)
        self._locks: set[int] = set()
        self._marker: tuple[Lifetime, int] | None = None

    def get(self, registry: int) -> Process[bool]:
        """Answer a client; return False if there is no token. One token is valid for every registry."""
        now = self._read_clocks()
        lifetime = self._lifetime
        if lifetime is not None and lifetime.is_fresh(now):
            self._spawn_refresh_if_due(lifetime, now)
            return True
        stale = lifetime if lifetime is not None and lifetime.is_valid(now) else None
        if (yield from self._refresh_in_foreground(stale)):
            return True
        if stale is None:
            return False
        self._spawn_refresh_if_due(stale, now)
        return stale.is_valid(self._read_clocks())

    def refresh(self, seconds: float) -> Process[bool]:
        """Do what `refresh --wait-at-most SECONDS` does at boot."""
        deadline = self._simulation.now + seconds
        failures = 0
        while (yield from run_with_timeout(timeouts.RUN_TIMEOUT, self._exchange())) is not Outcome.GRANTED:
            failures += 1
            delay = timeouts.backoff(failures, self._rng.random())
            if self._simulation.now + delay > deadline:
                return False
            yield delay
        return True

    def _spawn_refresh_if_due(self, lifetime: Lifetime, now: Instant) -> None:
        """Check the role after a hit, which takes no call to ECR, and refresh the token if it is due."""
        marker = lifetime, int(now.uptime // timeouts.BACKGROUND_INTERVAL)
        if lifetime.is_refresh_due(now) and marker != self._marker:
            self._marker = marker
            if now.seconds_since(lifetime.issued_at) >= lifetime.refresh_after:
                self._simulation.start(self._refresh_in_background(lifetime, now))

    def _refresh_in_background(self, lifetime: Lifetime, now: Instant) -> Process[None]:
        yield timeouts.refresh_jitter(lifetime.remaining(now), self._rng.random())
        if self._lifetime is lifetime:
            yield from run_with_timeout(timeouts.RUN_TIMEOUT, self._exchange())

    def _refresh_in_foreground(self, stale: Lifetime | None) -> Process[bool]:
        elapsed = self._simulation.now - self._recent_failure.failed_at
        if stale is not None and elapsed < timeouts.FAILURE_TTL:
            return False
        if self._recent_failure.outcome is Outcome.THROTTLED:
            yield max(0.0, timeouts.throttle_delay(self._rng.random()) - elapsed)
        outcome = yield from run_with_timeout(
            timeouts.RUN_TIMEOUT if stale is None else timeouts.STALE_REFRESH_TIMEOUT, self._exchange()
        )
        if outcome is None:  # in time
            self._recent_failure = RecentFailure(self._simulation.now, Outcome.UNREACHABLE)
        return outcome is Outcome.GRANTED

    def _exchange(self) -> Process[Outcome]:
        """Exchange, or share the result of a process that is already exchanging."""
        started_at = self._simulation.now
        takeovers = 0
        while takeovers in self._locks:
            result = self._result_since(started_at)
            if result is not None:
                return result
            if self._simulation.now - started_at >= timeouts.LOCK_TIMEOUT * (takeovers + 1):
                takeovers += 1
            else:
                yield _POLL_INTERVAL
        return self._result_since(started_at) or (yield from self._fetch(takeovers))

    def _result_since(self, started_at: float) -> Outcome | None:
        if self._lifetime is not None and self._lifetime.issued_at.wall - EPOCH > started_at:
            return Outcome.GRANTED
        return self._recent_failure.outcome if self._recent_failure.failed_at > started_at else None

    def _fetch(self, lock: int) -> Process[Outcome]:
        self._locks.add(lock)
        try:
            outcome = yield from self._ecr.request_with_retries(_CONNECT_TIMEOUT, _MAX_ATTEMPTS, self._backoff)
        finally:
            self._locks.remove(lock)  # also if the process is ended early
        now = self._read_clocks()
        if outcome is Outcome.GRANTED:
            token = Token("AWS", "", now.wall + TOKEN_LIFETIME, _ROLE_SOURCE)
            self._lifetime = lifetime_of(token, now, self._rng.random())
        else:
            self._recent_failure = RecentFailure(self._simulation.now, outcome)
        return outcome

    def _backoff(self, outcome: Outcome, failures: int) -> float:
        """Return botocore's backoff in its retry mode "standard", in seconds."""
        scale = 1.0 if outcome is Outcome.THROTTLED else 0.05
        return self._rng.random() * min(scale * 2.0 ** (failures - 1), 20)

    def _read_clocks(self) -> Instant:
        seconds = self._simulation.now
        return Instant(EPOCH + seconds, b"boot", seconds)
