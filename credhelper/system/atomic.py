"""Files that must outlast everything: written one writer at a time, whole or not at all, and synced to the disk."""

from __future__ import annotations

import contextlib
import errno
import os
import time
from typing import TYPE_CHECKING

from credhelper.system import private_dir
from credhelper.system.lock import Lock

if TYPE_CHECKING:
    from collections.abc import Iterator

_FSYNC_UNSUPPORTED = (errno.EINVAL, errno.ENOTSUP, errno.ENOSYS)  # of file systems that know no such thing
_POLL_INTERVAL = 0.02  # seconds between two looks; a lock of the kernel cannot be waited for with a limit


def ensure_directory(directory: str) -> None:
    """Make the folder of the data, and the two above it (~/.local/share), where they are missing: 0700.

    Raises OSError where it cannot be made, or is another's.
    """
    parent = os.path.dirname(directory)
    if not os.path.isdir(parent):
        private_dir.ensure(parent)
    private_dir.ensure(directory)


@contextlib.contextmanager
def exclusive(path: str, timeout: float) -> Iterator[None]:
    """Be the only one who changes the file `path`, among all processes.

    Raises TimeoutError after so many seconds, and OSError where there is no lock to be had.
    """
    lock = Lock(f"{os.path.dirname(path)}/.{os.path.basename(path)}.lock")
    deadline = time.monotonic() + timeout
    try:
        while not lock.try_acquire():
            if time.monotonic() > deadline:
                raise TimeoutError(None, "another process is changing it, and does not end")
            time.sleep(_POLL_INTERVAL)
        yield
    finally:
        lock.release()


def write(path: str, data: bytes) -> None:
    """Write `data` beside `path`, in turn, and rename it there, mode 0600. Raises OSError, and leaves nothing."""
    temporary_path = f"{path}.new"
    with contextlib.suppress(FileNotFoundError):
        os.unlink(temporary_path)  # of one who was killed
    try:
        _write(temporary_path, data, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC)
        os.replace(temporary_path, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary_path)
        raise
    _sync_directory(os.path.dirname(path))


def _write(path: str, data: bytes, flags: int) -> None:
    fd = os.open(path, flags, 0o600)
    try:
        os.fchmod(fd, 0o600)  # whatever the umask is
        while data:
            data = data[os.write(fd, data) :]
        _fsync(fd)
    finally:
        os.close(fd)


def _sync_directory(directory: str) -> None:
    """Without it a power cut may undo the renaming. Done it is already."""
    with contextlib.suppress(OSError):
        fd = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            _fsync(fd)
        finally:
            os.close(fd)


def _fsync(fd: int) -> None:
    try:
        os.fsync(fd)
    except OSError as error:
        if error.errno not in _FSYNC_UNSUPPORTED:
            raise
