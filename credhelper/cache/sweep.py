"""Keeping the cache's folder small: what has expired, what killed processes left, and what is too much.

Nothing is removed that is not ours by its name and, for an entry, by what it holds: AWS_ECR_CACHE_DIR may name a
folder that holds other things, such as the cache of Amazon's own helper.
"""

from __future__ import annotations

import contextlib
import os
import re
from typing import TYPE_CHECKING, Callable

from credhelper.cache.freshness import LONGEST_LIFE
from credhelper.entry import MAGIC, VERSIONS, answer_bytes, load
from credhelper.errors import HelperError
from credhelper.lock import Lock

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_ENTRIES = 10_000  # of some 5 kB each

_AT_ONCE = 1000  # names that one sweep looks at: a purchase in a folder of thousands is not to wait for all
LEFT = 3600  # seconds after which what is not an entry was left by a killed process, and clocks are set
_ENTRY = re.compile(r"(?:[a-z0-9_][a-z0-9._-]*|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?-[0-9a-f]{16}")
_OTHER = re.compile(r"\.(?:tmp|behind|setback)-[0-9a-f]+(?:-[0-9]+)?")
_LOCK = re.compile(r"\.lock-[0-9a-f]+-[0-9]+")


def sweep(
    folder: str,
    now: float,
    chance: float = 0.0,
    forget: Callable[[str], None] | None = None,
    *,
    tokens_are_apart: bool = False,
) -> None:
    """Sweep `folder`, or of a large one a part that the dice choose; `now` is in seconds of UTC since the epoch, and
    `chance` a number in [0, 1). `forget` is told the name of each entry that goes and whose answer is kept apart; where
    all `tokens_are_apart`, an entry with a token in it is of before, and goes too. A folder that cannot be swept works
    as well.
    """
    try:
        names = os.listdir(folder)
    except OSError:
        return
    first = int(chance * len(names))
    entries = list(_sweep_others(folder, [*names[first:], *names[:first]][:_AT_ONCE], now))
    for path in _gone(sorted(entries), len(names) - MOST_ENTRIES, now):
        if forget is not None and _is_apart(path):
            with contextlib.suppress(HelperError):  # the keyring may be locked
                forget(os.path.basename(path))
        _remove(path)
    for path in (path for _, path in entries if tokens_are_apart and _has_token(path)):
        _remove(path)


def _sweep_others(folder: str, names: list[str], now: float) -> Iterator[tuple[float, str]]:
    """Give the entries that are passed by, each with the moment at which it expires."""
    for name in names:
        path = f"{folder}/{name}"
        try:
            modified = os.lstat(path).st_mtime
        except OSError:  # somebody else was quicker
            continue
        if _ENTRY.fullmatch(name):
            yield modified, path
        elif now - modified > LEFT:  # an entry that is just being written is of the future already
            if _OTHER.fullmatch(name):
                _remove(path)
            elif _LOCK.fullmatch(name):
                _remove_lock(path)


def _gone(entries: list[tuple[float, str]], too_many: int, now: float) -> Iterator[str]:
    """Give those of `entries` that go, among them all of an earlier version; they come with the moment at which they
    expire, in the order of it.
    """
    for number, (expires, path) in enumerate(entries):
        version = _version(path)
        is_over = number < too_many or not now < expires <= now + LONGEST_LIFE + LEFT
        if version in VERSIONS and (is_over or version != MAGIC):
            yield path


def _version(path: str) -> bytes:
    """Return the first line of an entry, or whatever else the file begins with."""
    with contextlib.suppress(OSError), open(path, "rb", opener=_unblocked) as file:
        return file.read(len(MAGIC))
    return b""


def _is_apart(path: str) -> bool:
    data = load(path)
    return data is not None and not answer_bytes(data)


def _has_token(path: str) -> bool:
    data = load(path)
    return data is not None and data.startswith(MAGIC) and answer_bytes(data).startswith(b"{")


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
