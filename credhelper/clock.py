"""Instants, and the clock that gives them; tests replace it by one of their own.

Hot: a hit reads the clocks once.
"""

import os
import time

from credhelper.fingerprint import read_boot_id


class Instant:
    """Now, by both clocks: `wall` in seconds of UTC since the epoch, `uptime` in seconds of this `boot`, which goes
    on while the machine sleeps and does not jump when somebody sets the time.
    """

    __slots__ = ("boot", "uptime", "wall")

    def __init__(self, wall: float, boot: bytes, uptime: float) -> None:
        self.wall = wall
        self.boot = boot
        self.uptime = uptime

    def seconds_since(self, earlier: "Instant") -> float:
        """Give the seconds since `earlier`; less than none where only a clock that was set back could tell.

        Within one boot the larger of both clocks': a machine that was paused from outside notices it by the wall's
        alone, and a wall clock that is set back, or forth and back, does not make anything younger or a miss. Another
        boot may be another machine's, of a shared home, so that its uptime tells nothing.
        """
        seconds = self.wall - earlier.wall
        if self.boot and self.boot == earlier.boot:
            return max(seconds, self.uptime - earlier.uptime, 0.0)  # it was written after this moment was read
        return seconds


def read_clocks() -> Instant:
    """Return this instant. A run does so once, so that it has one idea of what is fresh."""
    clock_id = getattr(time, "CLOCK_BOOTTIME", None)  # Linux only
    return Instant(time.time(), read_boot_id(), time.monotonic() if clock_id is None else time.clock_gettime(clock_id))


class Clock:
    """The machine's clock and randomness, injected so that tests can replace them."""

    def now(self) -> Instant:
        """Return this instant."""
        return read_clocks()

    def sleep(self, seconds: float) -> None:
        """Sleep for some seconds."""
        time.sleep(seconds)

    def random(self) -> float:
        """Return a random number in [0, 1), good enough to spread machines and without importing `random`."""
        return int.from_bytes(os.urandom(4), "big") / 2**32
