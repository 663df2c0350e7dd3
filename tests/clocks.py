"""A clock that stands still but for what a test, or a sleep, moves it by."""

from __future__ import annotations

from credhelper.clock import Clock
from credhelper.entry import Instant, read_clocks


class Still(Clock):
    """Stands at `at`, and has one answer for each throw of the dice."""

    def __init__(self, at: Instant | None = None, chance: float = 0.0) -> None:
        self.at = at or read_clocks()
        self.slept = 0.0
        self._chance = chance

    def now(self) -> Instant:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.slept += seconds
        self.move(seconds)

    def move(self, seconds: float) -> None:
        """Let some seconds pass by all clocks."""
        self.at = Instant(self.at.wall + seconds, self.at.boot, self.at.uptime + seconds)

    def random(self) -> float:
        return self._chance
