"""Reading a file that only this user can access.

On the hit path: a hit uses it to read its entry.
"""

import os

MAX_SIZE = 1 << 18  # bytes; an entry has about 5,000, and AWS warns that the size of a token may grow

_S_IFREG, _S_IFMT = 0o100000, 0o170000  # stat.S_IFREG and its mask, without importing stat


def read_private_file(path: str, max_size: int = MAX_SIZE) -> "bytes | None":
    """Return the content of the file `path`, or None if it is not private or has `max_size` bytes or more.

    A private file is a regular file, not a symbolic link, that belongs to this user and grants no access to anyone
    else. This function never blocks, not even on a pipe.
    """
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)
    try:
        fd = os.open(path, flags)
    except (OSError, ValueError):
        return None
    try:
        status = os.fstat(fd)
        is_private = status.st_mode & _S_IFMT == _S_IFREG and not status.st_mode & 0o077
        if not is_private or status.st_uid != os.geteuid() or status.st_size >= max_size:
            return None
        return os.read(fd, status.st_size)
    except OSError:
        return None
    finally:
        os.close(fd)
