"""The resolution of file timestamps: whether a file's stamp would show a later change."""

from __future__ import annotations

import os

_TIMESTAMP_RESOLUTION = 0.02  # seconds; the kernel's clock for file stamps ticks every 1 to 10 ms
_COARSE_TIMESTAMP_RESOLUTION = 2.0  # seconds; for a file system that stores no fractions of seconds
_NS_PER_SECOND = 10**9  # nanoseconds


def is_stable(path: str, started_at: float, now: float) -> bool:
    """Return whether a change after `started_at` is guaranteed to alter the stamp that the file has `now`.

    Both are in seconds of UTC since the epoch. git's index solves the same race ("racy git") in the same way.
    """
    try:
        ctime = os.stat(path).st_ctime_ns
    except (OSError, ValueError):
        return True
    resolution = _TIMESTAMP_RESOLUTION if ctime % _NS_PER_SECOND else _COARSE_TIMESTAMP_RESOLUTION
    return not started_at - resolution <= ctime / _NS_PER_SECOND <= now + resolution
