"""The model's machine: clocks that go wrong, and tokens of which the truth is known."""

from __future__ import annotations

from typing import NamedTuple

from credhelper.clock import Clock, Instant


class IssuedToken(NamedTuple):
    """A token that was issued: its identity, its scope, its time by the uptime clock, and its lifetime."""

    profile: str
    role: str
    scope: tuple[str, str, bool]
    issued_at: float
    lifetime: float


class Machine(Clock):
    """Clocks, of which the wall's can be set; and the truth."""

    def __init__(self) -> None:
        self.real_time = 1_000_000.0
        self.wall_offset = 0.0  # by how much the wall's clock is
        self.boot_count = 1
        self._booted_at = self.real_time - 1000

    def now(self) -> Instant:
        return Instant(
            self.get_utc() + self.wall_offset, b"boot-%d" % self.boot_count, self.real_time - self._booted_at
        )

    def get_utc(self) -> float:
        """Give the right time, which AWS has."""
        return 1_800_000_000 + self.real_time

    def sleep(self, seconds: float) -> None:
        self.real_time += seconds

    def random(self) -> float:
        return 0.5

    def reboot(self) -> None:
        """Start again, with the right time."""
        self.wall_offset = 0
        self.boot_count += 1
        self._booted_at = self.real_time
