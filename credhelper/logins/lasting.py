"""Files that must outlast everything: written one writer at a time, whole or not at all, and synced to the disk."""

from __future__ import annotations

import contextlib
import errno
import os
import time
from typing import TYPE_CHECKING

from credhelper import private
from credhelper.lock import Lock

if TYPE_CHECKING:
    from collections.abc import Iterator

_UNSYNCED = (errno.EINVAL, errno.ENOTSUP, errno.ENOSYS)  # of file systems that know no such thing
_LOOK = 0.02  # seconds between two looks; a lock of the kernel cannot be waited for with a limit


def make_folder(folder: str) -> None:
    """Make the folder of the data, and the two above it (~/.local/share), where they are missing: 0700.

    Raises OSError where it cannot be made, or is another's.
    """
    above = os.path.dirname(folder)
    if not os.path.isdir(above):
        private.ensure(above)
    private.ensure(folder)


@contextlib.contextmanager
def turn(path: str, seconds: float) -> Iterator[None]:
    """Be the only one who changes the file `path`, among all processes.

    Raises TimeoutError after so many seconds, and OSError where there is no lock to be had.
    """
    lock = Lock(f"{os.path.dirname(path)}/.{os.path.basename(path)}.lock")
    ends = time.monotonic() + seconds
    try:
        while not lock.try_acquire():
            if time.monotonic() > ends:
                raise TimeoutError(None, "another process is changing it, and does not end")
            time.sleep(_LOOK)
        yield
    finally:
        lock.release()


def write(path: str, data: bytes) -> None:
    """Write `data` beside `path`, in turn, and rename it there, mode 0600. Raises OSError, and leaves nothing."""
    beside = f"{path}.new"
    with contextlib.suppress(FileNotFoundError):
        os.unlink(beside)  # of one who was killed
    try:
        _write(beside, data, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC)
        os.replace(beside, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(beside)
        raise
    _sync_folder(os.path.dirname(path))


def _write(path: str, data: bytes, flags: int) -> None:
    handle = os.open(path, flags, 0o600)
    try:
        os.fchmod(handle, 0o600)  # whatever the umask is
        while data:
            data = data[os.write(handle, data) :]
        _sync(handle)
    finally:
        os.close(handle)


def _sync_folder(folder: str) -> None:
    """Without it a power cut may undo the renaming. Done it is already."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            _sync(handle)
        finally:
            os.close(handle)


def _sync(handle: int) -> None:
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in _UNSYNCED:
            raise
