"""Ending the programs that a run has started and given up on.

botocore starts a credential_process in our own process group, which may be Docker's or a shell's, so that the group
is not ours to end; and one that hangs must not outlive us.
"""

from __future__ import annotations

import contextlib
import os
import signal


def kill_descendants(root_pid: int | None = None) -> None:
    """Kill each descendant of `root_pid`, else of this one, by its id. Only where there is a /proc."""
    children_by_parent = _find_children()
    pending = [root_pid or os.getpid()]
    while pending:
        for child_pid in children_by_parent.get(pending.pop(), ()):
            with contextlib.suppress(OSError):  # it has just ended
                os.kill(child_pid, signal.SIGKILL)
            pending.append(child_pid)


def _find_children() -> dict[int, list[int]]:
    """Give {process: its children}."""
    children_by_parent: dict[int, list[int]] = {}
    for name in os.listdir("/proc") if os.path.isdir("/proc") else ():
        if name.isdigit():
            with contextlib.suppress(OSError, ValueError, IndexError):  # it has just ended
                with open(f"/proc/{name}/stat", "rb") as file:
                    # The name of its program comes before, in parentheses, and may hold anything.
                    parent_pid = int(file.read().rpartition(b")")[2].split()[1])
                children_by_parent.setdefault(parent_pid, []).append(int(name))
    return children_by_parent
