"""A file system that never responds, like a network file system without its server: `python hanging.py DIRECTORY`.

It is FUSE (fuse.rst and fuse(4)) without a server: a process that accesses the directory sleeps until this one ends.
"""

from __future__ import annotations

import ctypes
import os
import signal
import stat
import sys

_FUSE = os.makedev(10, 229)  # admin-guide/devices.rst of the kernel


def main(directory: str) -> None:
    """Mount it on `directory`, say so, and stay."""
    os.mknod("/run/fuse", stat.S_IFCHR | 0o600, _FUSE)
    fd = os.open("/run/fuse", os.O_RDWR)
    options = f"fd={fd},rootmode=40000,user_id=0,group_id=0".encode()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.mount(b"hanging", directory.encode(), b"fuse", 0, options):
        raise OSError(ctypes.get_errno(), "mount", directory)
    sys.stdout.write("mounted\n")
    sys.stdout.flush()
    signal.pause()


if __name__ == "__main__":
    main(sys.argv[1])
