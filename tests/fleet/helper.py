"""An instance with this package's helper: its own policy, in simulated time.

What is told here is the order in which resolve.py and its neighbours wait, share and give up. How long a token
serves and how long is waited is theirs to say: freshness.py, patience.py and Life are called.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from credhelper import patience
from credhelper.cache import freshness
from credhelper.cache.record import CredentialSource, Token
from credhelper.entry import Instant
from tests.fleet.ecr import Outcome
from tests.fleet.simulation import within

if TYPE_CHECKING:
    from random import Random

    from credhelper.entry import Lifetime
    from tests.fleet.ecr import Ecr
    from tests.fleet.simulation import Process, Simulation

EPOCH = 1_800_000_000  # the simulation's second 0, an hour's first
TOKEN_SECONDS = 12 * 3600

_ROLE = CredentialSource(
    machine_bound=True, non_interactive=True, role_identity=("http://169.254.169.254/", "the instance's role")
)
_CONNECT, _ATTEMPTS = 3.0, 2  # exchange.py's limits
_LOOK = 0.1  # seconds between two looks of one who waits for another process; flight.py looks more often


class Setback(NamedTuple):
    """An exchange that failed: when, and why."""

    at: float
    outcome: Outcome


class Instance:
    """One machine, with one role, and a cache of its own."""

    def __init__(self, simulation: Simulation, ecr: Ecr, dice: Random) -> None:
        self._simulation = simulation
        self._ecr = ecr
        self._dice = dice
        self._life: Lifetime | None = None
        self._setback = Setback(float("-inf"), Outcome.GRANTED)
        self._locks: set[int] = set()
        self._marker: tuple[Lifetime, int] | None = None

    def get(self, registry: int) -> Process[bool]:
        """Answer a client; False if there is nothing to answer with. One token is good for every registry."""
        now = self._now()
        life = self._life
        if life is not None and life.is_fresh(now):
            self._leave_behind(life, now)
            return True
        stale = life if life is not None and life.is_valid(now) else None
        if (yield from self._renew_in_front(stale)):
            return True
        if stale is None:
            return False
        self._leave_behind(stale, now)
        return stale.is_valid(self._now())

    def refresh(self, seconds: float) -> Process[bool]:
        """Do what `refresh --wait SECONDS` does at boot."""
        until = self._simulation.now + seconds
        failures = 0
        while (yield from within(patience.RUN_TIMEOUT, self._exchange())) is not Outcome.GRANTED:
            failures += 1
            pause = patience.backoff(failures, self._dice.random())
            if self._simulation.now + pause > until:
                return False
            yield pause
        return True

    def _leave_behind(self, life: Lifetime, now: Instant) -> None:
        """Look behind an answer whose the role is, which costs no call of ECR, and renew if it is time."""
        marker = life, int(now.uptime // patience.BACKGROUND_INTERVAL)
        if life.is_refresh_due(now) and marker != self._marker:
            self._marker = marker
            if now.seconds_since(life.issued_at) >= life.refresh_after:
                self._simulation.start(self._renew_behind(life, now))

    def _renew_behind(self, life: Lifetime, now: Instant) -> Process[None]:
        yield patience.refresh_jitter(life.remaining(now), self._dice.random())
        if self._life is life:
            yield from within(patience.RUN_TIMEOUT, self._exchange())

    def _renew_in_front(self, stale: Lifetime | None) -> Process[bool]:
        ago = self._simulation.now - self._setback.at
        if stale is not None and ago < patience.FAILURE_TTL:
            return False
        if self._setback.outcome is Outcome.THROTTLED:
            yield max(0.0, patience.throttle_delay(self._dice.random()) - ago)
        outcome = yield from within(
            patience.RUN_TIMEOUT if stale is None else patience.STALE_REFRESH_TIMEOUT, self._exchange()
        )
        if outcome is None:  # in time
            self._setback = Setback(self._simulation.now, Outcome.UNREACHABLE)
        return outcome is Outcome.GRANTED

    def _exchange(self) -> Process[Outcome]:
        """Exchange, or share what comes of the exchange of a process that is at it."""
        came = self._simulation.now
        beside = 0
        while beside in self._locks:
            settled = self._settled_since(came)
            if settled is not None:
                return settled
            if self._simulation.now - came >= patience.LOCK_TIMEOUT * (beside + 1):
                beside += 1
            else:
                yield _LOOK
        return self._settled_since(came) or (yield from self._buy(beside))

    def _settled_since(self, came: float) -> Outcome | None:
        if self._life is not None and self._life.issued_at.wall - EPOCH > came:
            return Outcome.GRANTED
        return self._setback.outcome if self._setback.at > came else None

    def _buy(self, lock: int) -> Process[Outcome]:
        self._locks.add(lock)
        try:
            outcome = yield from self._ecr.ask_again(_CONNECT, _ATTEMPTS, self._back_off)
        finally:
            self._locks.remove(lock)  # also when the process ends before
        now = self._now()
        if outcome is Outcome.GRANTED:
            token = Token("AWS", "", now.wall + TOKEN_SECONDS, _ROLE)
            self._life = freshness.lifetime_of(token, now, self._dice.random())
        else:
            self._setback = Setback(self._simulation.now, outcome)
        return outcome

    def _back_off(self, outcome: Outcome, failed: int) -> float:
        """Give botocore's back-off in its mode "standard"."""
        scale = 1.0 if outcome is Outcome.THROTTLED else 0.05
        return self._dice.random() * min(scale * 2.0 ** (failed - 1), 20)

    def _now(self) -> Instant:
        seconds = self._simulation.now
        return Instant(EPOCH + seconds, b"boot", seconds)
