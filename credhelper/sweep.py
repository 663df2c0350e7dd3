"""Keeping the cache's folder small: what has expired, what killed processes left, and what is too much.

Nothing is removed that is not ours by its name and, for an entry, by what it holds: AWS_ECR_CACHE_DIR may name a
folder that holds other things, such as the cache of Amazon's own helper.
"""

from __future__ import annotations

import contextlib
import os
import re

from credhelper.entry import MAGIC
from credhelper.freshness import LONGEST_LIFE
from credhelper.lock import Lock

MOST_ENTRIES = 10_000  # of some 5 kB each

LEFT = 3600  # seconds after which what is not an entry was left by a killed process, and clocks are set
_ENTRY = re.compile(r"[a-z0-9][a-z0-9.-]*-[0-9a-f]{16}")
_OTHER = re.compile(r"\.(?:tmp|behind|setback)-[0-9a-f]+(?:-[0-9]+)?")
_LOCK = re.compile(r"\.lock-[0-9a-f]+-[0-9]+")


def sweep(folder: str, now: float) -> None:
    """Sweep `folder`; `now` is in seconds of UTC since the epoch. A folder that cannot be swept works as well."""
    entries = []
    with contextlib.suppress(OSError):
        entries = _sweep_others(folder, now)
    _sweep_entries(sorted(entries), now)


def _sweep_others(folder: str, now: float) -> list[tuple[float, str]]:
    """Give the entries that were passed by, each with the moment at which it expires."""
    entries = []
    with os.scandir(folder) as found:
        for each in found:
            modified = each.stat(follow_symlinks=False).st_mtime
            if _ENTRY.fullmatch(each.name):
                entries.append((modified, each.path))
            elif _OTHER.fullmatch(each.name) and abs(now - modified) > LEFT:
                _remove(each.path)
            elif _LOCK.fullmatch(each.name) and abs(now - modified) > LEFT:
                _remove_lock(each.path)
    return entries


def _sweep_entries(entries: list[tuple[float, str]], now: float) -> None:
    """`entries` come with the moment at which they expire, in the order of it."""
    too_many = len(entries) - MOST_ENTRIES
    for number, (expires, path) in enumerate(entries):
        if (number < too_many or not now < expires <= now + LONGEST_LIFE + LEFT) and _is_entry(path):
            _remove(path)


def _is_entry(path: str) -> bool:
    with contextlib.suppress(OSError), open(path, "rb", opener=_unblocked) as file:
        return file.read(len(MAGIC)) == MAGIC
    return False


def _unblocked(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))


def _remove(path: str) -> None:
    with contextlib.suppress(OSError):  # somebody else was quicker
        os.unlink(path)


def _remove_lock(path: str) -> None:
    lock = Lock(path)
    with contextlib.suppress(OSError):
        lock.take()
    lock.release()
