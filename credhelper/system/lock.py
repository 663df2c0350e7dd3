"""A file lock between processes.

It uses flock, so the kernel releases it when its holder dies, however that happens. The holder removes the file when it
releases the lock, and a process that locked a removed file opens the new one: only killed processes leave files.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
from typing import TYPE_CHECKING

from credhelper.system import processes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from credhelper.clock import Clock

_MIN_PAUSE, _MAX_PAUSE = 0.02, 0.05  # seconds between two attempts: flock cannot wait with a timeout

_MAX_LINE_LENGTH = 256  # bytes


class Lock:
    """A lock on the file `path`. Each instance is used once: acquire it, then release it.

    The holder leaves a `note` in the file for the processes that wait.
    """

    def __init__(self, path: str, note: bytes = b"") -> None:
        self._path = path
        self._note = note
        self._fd = -1
        self._is_held = False

    def try_acquire(self) -> bool:
        """Acquire the lock if it is free; return False if another process holds it.

        Raises OSError if no lock is possible: a directory of that name, a full disk, a file system without locks.
        """
        while True:
            if self._fd < 0:
                flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
                self._fd = os.open(self._path, flags, 0o600)
                os.fchmod(self._fd, 0o600)  # independent of the umask
            try:
                fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            except OSError:
                self._close()
                raise
            if self._is_current():
                self._is_held = True
                self._write_pid()
                return True
            self._close()  # its last holder removed the file, and another process may have created a new one

    def acquire(self, clock: Clock) -> Iterator[float]:
        """Try repeatedly to acquire the lock; the iteration ends when that succeeds.

        Yield, before each pause, the number of seconds waited so far. Raises OSError as `try_acquire` does.
        """
        started_at = clock.now()
        while not self.try_acquire():
            yield clock.now().seconds_since(started_at)
            clock.sleep(_MIN_PAUSE + (_MAX_PAUSE - _MIN_PAUSE) * clock.random())

    def holder_is_running(self) -> bool:
        """Return whether the holder is a running process of this machine; False if it is stopped or not visible."""
        try:
            return processes.is_running(int(self._read_line().partition(b" ")[0]))
        except (OSError, ValueError):
            return False

    def holder_note(self) -> bytes | None:
        """Return the note of the holder; None if it is unknown."""
        try:
            line = self._read_line()
        except OSError:
            return None
        return line.partition(b" ")[2].rstrip(b"\n") if line.endswith(b"\n") else None

    def release(self) -> None:
        """Release the lock, or stop waiting for it."""
        if self._is_held and self._is_current():
            with contextlib.suppress(OSError):  # the directory may be read-only by now; the lock is released anyway
                os.unlink(self._path)
        self._is_held = False
        self._close()

    def _is_current(self) -> bool:
        """Return whether the open file is still the one at the path."""
        try:
            path_stat = os.stat(self._path, follow_symlinks=False)
        except OSError:
            return False
        return os.path.samestat(path_stat, os.fstat(self._fd))

    def _read_line(self) -> bytes:
        return os.pread(self._fd, _MAX_LINE_LENGTH, 0)

    def _write_pid(self) -> None:
        """Write the holder's process id and its note for the processes that wait.

        If this fails on a full disk, so does acquiring the lock: a cache entry could not be written either, so the
        waiting processes would exchange one after the other.
        """
        try:
            # The file may contain a longer line, of a holder that was killed before it could remove the file.
            os.ftruncate(self._fd, 0)
            os.pwrite(self._fd, b"%d%s\n" % (os.getpid(), self._note and b" " + self._note), 0)
        except OSError:
            self.release()
            raise

    def _close(self) -> None:
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1
