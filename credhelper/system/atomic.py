"""Atomic replacement of files: a reader sees either the old or the new content, never a part."""

from __future__ import annotations

import contextlib
import errno
import os
import time
from typing import TYPE_CHECKING

from credhelper.clock import Clock
from credhelper.system.lock import Lock

if TYPE_CHECKING:
    from collections.abc import Iterator

_SYNC_UNSUPPORTED = (errno.EINVAL, errno.ENOTSUP, errno.ENOSYS)  # the errors of file systems that cannot sync


@contextlib.contextmanager
def exclusive(path: str, timeout: float) -> Iterator[None]:
    """Hold the lock that serializes changes of the file `path` among all processes.

    Raises TimeoutError after `timeout` seconds, and OSError if the lock cannot be created.
    """
    lock = Lock(f"{os.path.dirname(path)}/.{os.path.basename(path)}.lock")
    try:
        for waited in lock.acquire(Clock()):
            if waited > timeout:
                raise TimeoutError(None, "another process is changing it and does not finish")
        yield
    finally:
        lock.release()


def write(path: str, data: bytes, *, durable: bool = False, mtime: float | None = None) -> None:
    """Replace the file `path` with one of mode 0600 that contains `data`.

    With `durable` the file is synced to the disk, for data that cannot be obtained again. The caller then holds the
    lock (`exclusive`), so the temporary file has a fixed name, and that of a killed process is replaced. `mtime` sets
    the modification time (seconds since the epoch, UTC). Raises OSError, and then leaves no temporary file.
    """
    temporary = f"{path}.new" if durable else f"{os.path.dirname(path)}/.tmp-{os.getpid()}-{time.time_ns()}"
    if durable:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(temporary)
    with staged(temporary, data, durable=durable, mtime=mtime):
        replace(temporary, path, durable=durable)


@contextlib.contextmanager
def staged(
    temporary: str,
    data: bytes,
    *,
    durable: bool,
    mtime: float | None = None,
    mode: int = 0o600,
    owner: tuple[int, int] | None = None,
) -> Iterator[None]:
    """Create the file `temporary` with the content `data`; remove it at the end, unless it was moved into place.

    `owner` is a user id and a group id. Raises OSError.
    """
    try:
        _create(temporary, data, durable=durable, mtime=mtime, mode=mode, owner=owner)
        yield
    finally:
        with contextlib.suppress(OSError):
            os.unlink(temporary)


def replace(temporary: str, path: str, *, durable: bool) -> None:
    """Move the file `temporary` to `path`. Raises OSError if that fails."""
    os.replace(temporary, path)
    if durable:
        with contextlib.suppress(OSError):  # the file is in place; only a power failure could undo that
            _sync_directory(os.path.dirname(path))


def _create(
    path: str, data: bytes, *, durable: bool, mtime: float | None, mode: int, owner: tuple[int, int] | None
) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | getattr(os, "O_NOFOLLOW", 0)
    fd = os.open(path, flags, 0o600)
    try:
        if owner is not None:
            os.fchown(fd, *owner)
        os.fchmod(fd, mode)  # independent of the umask
        while data:
            data = data[os.write(fd, data) :]
        if mtime is not None:
            os.utime(fd, (mtime, mtime))
        if durable:
            _sync(fd)
    finally:
        os.close(fd)


def _sync_directory(path: str) -> None:
    fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        _sync(fd)
    finally:
        os.close(fd)


def _sync(fd: int) -> None:
    try:
        os.fsync(fd)
    except OSError as error:
        if error.errno not in _SYNC_UNSUPPORTED:
            raise
