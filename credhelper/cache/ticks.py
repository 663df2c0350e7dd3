"""The ticks of file systems' clocks: whether a file's stamp would tell that the file changes later."""

from __future__ import annotations

import os

_TICK = 0.02  # seconds; the kernel stamps files by a clock that ticks each 1 to 10 ms
_COARSE_TICK = 2.0  # seconds; where a stamp has no fraction, the file system keeps none
_SECOND = 10**9  # nanoseconds


def is_settled(path: str, began: float, now: float) -> bool:
    """Whether a change that comes after `began` gives the file another stamp than it has `now`, both in seconds of UTC
    since the epoch. (Git's index has the same race, and the same answer to it.)
    """
    try:
        changed = os.stat(path).st_ctime_ns
    except (OSError, ValueError):
        return True
    tick = _TICK if changed % _SECOND else _COARSE_TICK
    return not began - tick <= changed / _SECOND <= now + tick
