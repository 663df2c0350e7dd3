"""Prints the peak memory of a program in bytes: `python -I -S peak.py PROGRAM [ARGUMENT...]`.

The peak of a process starts with that of its parent. The parent is therefore an interpreter that uses less memory than
any program that is measured.
"""

import os
import sys

child_pid = os.fork()
if child_pid == 0:
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    os.execvp(sys.argv[1], sys.argv[1:])  # noqa: S606  (no shell is meant)
_, status, usage = os.wait4(child_pid, 0)
if status:
    sys.exit(f"{sys.argv[1]} ended with status {status}")
print(usage.ru_maxrss * 1024)  # noqa: T201  (Linux counts in KiB)
