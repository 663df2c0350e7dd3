"""A control group for everything a machine runs, so that nothing of it outlives the machine.

The group lies under the caller's own in every hierarchy: the caller's limits go on holding. The machine enters
a cgroup namespace from there, so that what a Docker Engine makes (`/docker/...`) is made inside it.
"""

from __future__ import annotations

import os
import shlex
import time
from collections.abc import Iterable, Sequence
from pathlib import Path


class ControlGroup:
    """One group, as the folder that stands for it in each mounted hierarchy (version 1 has several)."""

    def __init__(self, folders: Iterable[Path]) -> None:
        self.folders = list(folders)

    @classmethod
    def create(cls, name: str) -> ControlGroup:
        """Make a group of this name under the calling process's own."""
        group = cls(parent / name for parent in _own_folders())
        for folder in group.folders:
            folder.mkdir()
            _inherit_cpuset(folder)
        return group

    def entering(self, argv: Sequence[str]) -> list[str]:
        """Give the command that joins the group and then becomes argv."""
        # A process that writes 0 moves itself.
        joins = "".join(f"echo 0 > {shlex.quote(str(folder / 'cgroup.procs'))}\n" for folder in self.folders)
        return ["/bin/sh", "-e", "-c", joins + 'exec "$@"', "sh", *argv]

    def remove(self, patience: float = 5) -> None:
        """Remove the group and all below it, once its processes (dead by now) are gone; patience is in seconds."""
        deadline = time.monotonic() + patience
        for folder in self.folders:
            while folder.exists():
                try:
                    _remove_tree(folder)
                except OSError:
                    if time.monotonic() > deadline:
                        raise
                    time.sleep(0.02)


def _own_folders() -> list[Path]:
    """Where the calling process's group lies in each mounted hierarchy (cgroups(7), proc_pid_mountinfo(5))."""
    mounts = {}
    for line in Path("/proc/self/mountinfo").read_text().splitlines():
        left, right = line.split(" - ")
        root, mount_point = left.split()[3:5]
        kind, _, options = right.split()[:3]
        if kind == "cgroup2":
            mounts[""] = (root, mount_point)
        elif kind == "cgroup":
            mounts.update((option, (root, mount_point)) for option in options.split(","))
    folders = []
    for line in Path("/proc/self/cgroup").read_text().splitlines():
        _, controllers, path = line.split(":", 2)
        found = mounts.get(controllers.split(",")[0])
        if found:
            root, mount_point = found
            folders.append(Path(mount_point, os.path.relpath(path, root)))
    return folders


def _inherit_cpuset(folder: Path) -> None:
    """Allow what the parent allows: a new group of version 1 allows no processor and takes no process."""
    for name in ("cpuset.cpus", "cpuset.mems"):
        allowed = folder / name
        if allowed.exists() and (folder / "tasks").exists():
            allowed.write_text((folder.parent / name).read_text())


def _remove_tree(folder: Path) -> None:
    for path, _, _ in os.walk(folder, topdown=False):
        Path(path).rmdir()
