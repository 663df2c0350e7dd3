"""Time and dice, as the cold code is given them; a test gives others."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from credhelper import entry

if TYPE_CHECKING:
    from credhelper.entry import Instant


class Clock:
    """The machine's own."""

    def now(self) -> Instant:
        """Give this moment."""
        return entry.read_clocks()

    def sleep(self, seconds: float) -> None:
        """Let some seconds pass."""
        time.sleep(seconds)

    def random(self) -> float:
        """Give a number in [0, 1), another one each time; good enough to spread machines, and without an import."""
        return int.from_bytes(os.urandom(4), "big") / 2**32
