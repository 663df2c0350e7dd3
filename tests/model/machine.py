"""The model's machine: clocks that go wrong, and tokens of which the truth is known."""

from __future__ import annotations

from typing import NamedTuple

from credhelper.clock import Clock
from credhelper.entry import Instant


class Sold(NamedTuple):
    """A token that was sold: to whom, for what, when by the clock that nobody can set, and for how long."""

    profile: str
    role: str
    scope: tuple[str, str, bool]
    at: float
    life: float


class Machine(Clock):
    """Clocks, of which the wall's can be set; and the truth."""

    def __init__(self) -> None:
        self.truth = 1_000_000.0
        self.off = 0.0  # by how much the wall's clock is
        self.boots = 1
        self._booted = self.truth - 1000

    def now(self) -> Instant:
        return Instant(self.utc() + self.off, b"boot-%d" % self.boots, self.truth - self._booted)

    def utc(self) -> float:
        """Give the right time, which AWS has."""
        return 1_800_000_000 + self.truth

    def sleep(self, seconds: float) -> None:
        self.truth += seconds

    def random(self) -> float:
        return 0.5

    def boot(self) -> None:
        """Start again, with the right time."""
        self.off = 0
        self.boots += 1
        self._booted = self.truth
