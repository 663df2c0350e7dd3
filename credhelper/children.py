"""Ending the programs that a run has started and given up on.

botocore starts a credential_process in our own process group, which may be Docker's or a shell's, so that the group
is not ours to end; and one that hangs must not outlive us.
"""

from __future__ import annotations

import contextlib
import os
import signal


def end(process: int | None = None) -> None:
    """Kill each descendant of `process`, else of this one, by its id. Only where there is a /proc."""
    children = _children_of_all()
    left = [process or os.getpid()]
    while left:
        for child in children.get(left.pop(), ()):
            with contextlib.suppress(OSError):  # it has just ended
                os.kill(child, signal.SIGKILL)
            left.append(child)


def _children_of_all() -> dict[int, list[int]]:
    """Give {process: its children}."""
    found: dict[int, list[int]] = {}
    for name in os.listdir("/proc") if os.path.isdir("/proc") else ():
        if name.isdigit():
            with contextlib.suppress(OSError, ValueError, IndexError):  # it has just ended
                with open(f"/proc/{name}/stat", "rb") as file:
                    # The name of its program comes before, in parentheses, and may hold anything.
                    parent = int(file.read().rpartition(b")")[2].split()[1])
                found.setdefault(parent, []).append(int(name))
    return found
