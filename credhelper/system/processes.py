"""The processes in /proc, and the termination of those that this run started and abandoned.

botocore starts a credential_process in our own process group, which may be Docker's or a shell's, so the group must
not be signalled; and a hanging credential_process must not outlive the run.
"""

from __future__ import annotations

import contextlib
import os

RUNNING_STATES = (b"R", b"S", b"D")  # proc_pid_stat(5): running, sleeping, waiting for a disk


def read_stat(pid: int) -> list[bytes] | None:
    """Return the fields of /proc/PID/stat after the command name: the state, the parent's id, and so on.

    Return None if there is no such process or no /proc.
    """
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            # The command name is in parentheses and may contain any character, a parenthesis included.
            return file.read().rpartition(b")")[2].split()
    except OSError:
        return None


def is_running(pid: int) -> bool:
    """Return whether a process of this machine exists and is neither stopped nor a zombie."""
    fields = read_stat(pid) or [b""]
    return fields[0] in RUNNING_STATES


def kill_descendants(pid: int | None = None) -> None:
    """Kill each descendant of the process `pid` (by default this one) by its id. Do nothing without /proc."""
    import signal  # noqa: PLC0415  (loads enum, and only a run that gives up on a program needs it)

    children = _children_by_parent()
    parents = [pid or os.getpid()]
    while parents:
        for child in children.get(parents.pop(), ()):
            with contextlib.suppress(OSError):  # it has just ended
                os.kill(child, signal.SIGKILL)
            parents.append(child)


def _children_by_parent() -> dict[int, list[int]]:
    children: dict[int, list[int]] = {}
    for name in os.listdir("/proc") if os.path.isdir("/proc") else ():
        fields = read_stat(int(name)) if name.isdigit() else None
        if fields and len(fields) > 1:
            children.setdefault(int(fields[1]), []).append(int(name))
    return children
