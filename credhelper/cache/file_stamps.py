"""The ticks of file systems' clocks: whether a file's stamp would tell that the file changes later."""

from __future__ import annotations

import os

_TIMESTAMP_RESOLUTION = 0.02  # seconds; the kernel stamps files by a clock that ticks each 1 to 10 ms
_COARSE_TIMESTAMP_RESOLUTION = 2.0  # seconds; where a stamp has no fraction, the file system keeps none
_NS_PER_SECOND = 10**9  # nanoseconds


def is_stable(path: str, started_at: float, now: float) -> bool:
    """Whether a change that comes after `started_at` gives the file another stamp than it has `now`, both in
    seconds of UTC since the epoch. (Git's index has the same race, and the same answer to it.)
    """
    try:
        ctime = os.stat(path).st_ctime_ns
    except (OSError, ValueError):
        return True
    resolution = _TIMESTAMP_RESOLUTION if ctime % _NS_PER_SECOND else _COARSE_TIMESTAMP_RESOLUTION
    return not started_at - resolution <= ctime / _NS_PER_SECOND <= now + resolution
