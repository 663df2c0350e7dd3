"""The lock by which one process of many does what all of them need.

It is the kernel's (flock), so that it is free at once when its holder dies, however that happens. The file is removed
when it is released, and whoever got hold of a removed one takes the new one: nothing is left to be swept but what
killed processes leave.
"""

from __future__ import annotations

import contextlib
import fcntl
import os

_MAX_LINE_LENGTH = 256  # bytes


class Lock:
    """A lock that is the file `path`. Usable once: take it, release it. Its holder leaves a `note` in the file."""

    def __init__(self, path: str, note: bytes = b"") -> None:
        self._path = path
        self._note = note
        self._fd = -1
        self._is_acquired = False

    def try_acquire(self) -> bool:
        """Take it if it is free; False if somebody else has it.

        Raises OSError where it cannot be had at all: a folder of that name, a full disk, a file system without locks.
        """
        while True:
            if self._fd < 0:
                flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
                self._fd = os.open(self._path, flags, 0o600)
                os.fchmod(self._fd, 0o600)  # whatever the umask is
            try:
                fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            except OSError:
                self._close()
                raise
            if self._is_current():
                self._is_acquired = True
                self._write_pid()
                return True
            self._close()  # its last holder has removed it: there may be another one by now

    def holder_is_running(self) -> bool:
        """Whether who has it is a process of this machine that runs; False if it was stopped, or is not to be seen."""
        try:
            holder_pid = int(self._read_line().partition(b" ")[0])
            with open(f"/proc/{holder_pid}/stat", "rb") as file:
                # The name of its program comes before, in parentheses, and may hold anything.
                return file.read().rpartition(b")")[2].split()[0] in (b"R", b"S", b"D")
        except (OSError, ValueError, IndexError):
            return False

    def holder_note(self) -> bytes | None:
        """Return the note of the holder; None while that is unknown."""
        try:
            line = self._read_line()
        except OSError:
            return None
        return line.partition(b" ")[2].rstrip(b"\n") if line.endswith(b"\n") else None

    def release(self) -> None:
        """Let the next one have it, or stop waiting for it."""
        if self._is_acquired and self._is_current():
            with contextlib.suppress(OSError):  # the folder may be read only by now; free it is all the same
                os.unlink(self._path)
        self._is_acquired = False
        self._close()

    def _is_current(self) -> bool:
        try:
            stat_result = os.stat(self._path, follow_symlinks=False)
        except OSError:
            return False
        return os.path.samestat(stat_result, os.fstat(self._fd))

    def _read_line(self) -> bytes:
        return os.pread(self._fd, _MAX_LINE_LENGTH, 0)

    def _write_pid(self) -> None:
        """Write who has it, for whoever looks. On a full disk this fails, and that is as well: an entry could not be
        written either, and those who wait would each ask in turn.
        """
        try:
            # What an earlier holder wrote may be longer: it was killed before it could remove the file.
            os.ftruncate(self._fd, 0)
            os.pwrite(self._fd, b"%d%s\n" % (os.getpid(), self._note and b" " + self._note), 0)
        except OSError:
            self.release()
            raise

    def _close(self) -> None:
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1
