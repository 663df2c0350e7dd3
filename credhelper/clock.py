"""Clock and randomness, injected so that tests can replace them.

On the hit path: a hit reads the clocks once.
"""

import os
import time

from credhelper.fingerprint import read_boot_id


class Instant:
    """A point in time on both clocks of the machine.

    `wall` is in seconds of UTC since the epoch. `uptime` is in seconds since this `boot`; it advances while the machine
    sleeps and does not jump when the wall clock is set.
    """

    __slots__ = ("boot", "uptime", "wall")

    def __init__(self, wall: float, boot: bytes, uptime: float) -> None:
        self.wall = wall
        self.boot = boot
        self.uptime = uptime

    def seconds_since(self, earlier: "Instant") -> float:
        """Return the seconds since `earlier`; negative only across boots, if the wall clock was set back.

        Within one boot, the result is the larger difference of the two clocks: only the wall clock shows that a virtual
        machine was paused, and setting the wall clock back must not make an entry younger. The uptime of another boot
        is not comparable; that boot may be of another machine with the same home directory.
        """
        seconds = self.wall - earlier.wall
        if self.boot and self.boot == earlier.boot:
            return max(seconds, self.uptime - earlier.uptime, 0.0)  # `earlier` may be slightly later than `self`
        return seconds


def read_clocks() -> Instant:
    """Return the current instant. A hit reads it once, so that all its decisions about freshness agree."""
    clock_id = getattr(time, "CLOCK_BOOTTIME", None)  # Linux only
    return Instant(time.time(), read_boot_id(), time.monotonic() if clock_id is None else time.clock_gettime(clock_id))


class Clock:
    """The machine's clock and randomness; a test injects a replacement."""

    def now(self) -> Instant:
        """Return the current instant."""
        return read_clocks()

    def sleep(self, seconds: float) -> None:
        """Sleep for `seconds` seconds."""
        time.sleep(seconds)

    def random(self) -> float:
        """Return a random number in [0, 1): good enough for jitter, and does not import `random`."""
        return int.from_bytes(os.urandom(4), "big") / 2**32
