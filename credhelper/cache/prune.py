"""Pruning the cache directory: expired entries, files of killed processes, and entries beyond the limit.

Only files that are ours by their name and, for entries, by their content are removed: AWS_ECR_CACHE_DIR may name a
directory that contains other files, such as the cache of Amazon's own helper.
"""

from __future__ import annotations

import contextlib
import os
import re
from typing import TYPE_CHECKING, Callable

from credhelper.cache.lifetime import MAX_LIFETIME
from credhelper.entry import FORMATS, MAGIC, body_of
from credhelper.errors import HelperError
from credhelper.private_file import read_private_file
from credhelper.system.lock import Lock

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_ENTRIES = 10_000  # of about 5 kB each

_MAX_SCANNED = 1000  # files per run: an exchange must not wait for a scan of thousands
ORPHAN_AGE = (
    3600  # seconds after which a temporary file is an orphan of a killed process; also the tolerance for clock skew
)
_ENTRY = re.compile(r"(?:[a-z0-9_][a-z0-9._-]*|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?-[0-9a-f]{16}")
# Earlier versions used the names "behind" and "setback".
_TEMPORARY = re.compile(r"\.(?:tmp|refresh|failure|behind|setback)-[0-9a-f]+(?:-[0-9]+)?")
_LOCK = re.compile(r"\.lock-[0-9a-f]+-[0-9]+")


def prune(
    directory: str,
    now: float,
    random_fraction: float = 0.0,
    delete_body: Callable[[str], None] | None = None,
    *,
    bodies_in_keyring: bool = False,
) -> None:
    """Prune `directory`; if it is large, only a part that begins at `random_fraction`, a number in [0, 1).

    `now` is in seconds of UTC since the epoch. `delete_body` is called with the name of each removed entry whose body
    is in the keyring. With `bodies_in_keyring`, an entry that contains a token was written under earlier settings and
    is removed too. Errors are ignored: the cache also works without pruning.
    """
    try:
        names = os.listdir(directory)
    except OSError:
        return
    start = int(random_fraction * len(names))
    entries = list(_prune_orphans(directory, [*names[start:], *names[:start]][:_MAX_SCANNED], now))
    for path in _expired(sorted(entries), len(names) - MAX_ENTRIES, now):
        if delete_body is not None and _has_body_in_keyring(path):
            with contextlib.suppress(HelperError):  # the keyring may be locked
                delete_body(os.path.basename(path))
        _remove(path)
    for path in (path for _, path in entries if bodies_in_keyring and _has_token(path)):
        _remove(path)


def _prune_orphans(directory: str, names: list[str], now: float) -> Iterator[tuple[float, str]]:
    """Remove orphans among the files `names`; yield the entries among them, each with its expiry."""
    for name in names:
        path = f"{directory}/{name}"
        try:
            mtime = os.lstat(path).st_mtime
        except OSError:  # another process has removed it
            continue
        if _ENTRY.fullmatch(name):
            yield mtime, path
        elif now - mtime > ORPHAN_AGE:  # the mtime of an entry that is being written is in the future
            if _TEMPORARY.fullmatch(name):
                _remove(path)
            elif _LOCK.fullmatch(name):
                _remove_lock(path)


def _expired(entries: list[tuple[float, str]], excess: int, now: float) -> Iterator[str]:
    """Yield the paths of the `entries` to remove: those expired, in excess, or of an earlier version.

    `entries` is sorted by expiry.
    """
    for index, (expires_at, path) in enumerate(entries):
        version = _format_of(path)
        is_expired = index < excess or not now < expires_at <= now + MAX_LIFETIME + ORPHAN_AGE
        if version in FORMATS and (is_expired or version != MAGIC):
            yield path


def _format_of(path: str) -> bytes:
    """Return the first line of an entry, or the first bytes of any other file."""
    with contextlib.suppress(OSError), open(path, "rb", opener=_open_nonblocking) as file:
        return file.read(len(MAGIC))
    return b""


def _has_body_in_keyring(path: str) -> bool:
    data = read_private_file(path)
    return data is not None and not body_of(data)


def _has_token(path: str) -> bool:
    data = read_private_file(path)
    return data is not None and data.startswith(MAGIC) and body_of(data).startswith(b"{")


def _open_nonblocking(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))


def _remove(path: str) -> None:
    with contextlib.suppress(OSError):  # another process may have removed it
        os.unlink(path)


def _remove_lock(path: str) -> None:
    lock = Lock(path)
    with contextlib.suppress(OSError):
        lock.try_acquire()
    lock.release()
