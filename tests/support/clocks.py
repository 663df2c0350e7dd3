"""A clock that advances only if a test advances it, or if the code under test sleeps."""

from __future__ import annotations

from credhelper.clock import Clock, Instant, read_clocks


class FrozenClock(Clock):
    """A clock that stands at `instant`, and whose random number is always `jitter`."""

    def __init__(self, instant: Instant | None = None, jitter: float = 0.0) -> None:
        self.instant = instant or read_clocks()
        self.seconds_slept = 0.0
        self._jitter = jitter

    def now(self) -> Instant:
        return self.instant

    def sleep(self, seconds: float) -> None:
        self.seconds_slept += seconds
        self.advance(seconds)

    def advance(self, seconds: float) -> None:
        """Advance the wall clock and the uptime."""
        self.instant = Instant(self.instant.wall + seconds, self.instant.boot, self.instant.uptime + seconds)

    def random(self) -> float:
        return self._jitter
