"""A control group for everything a machine runs, so that nothing of it outlives the machine.

The group lies under the caller's own in every hierarchy: the caller's limits go on holding. The machine enters
a cgroup namespace from there, so that what a Docker Engine makes (`/docker/...`) is made inside it.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterable, Sequence
from pathlib import Path

# A process that is being killed holds its group for a moment longer: try for five seconds.
REMOVE = """
for attempt in $(seq 100); do
    find {folders} -depth -type d -exec rmdir {{}} + 2>/dev/null
    [ -n "$(find {folders} -maxdepth 0 2>/dev/null)" ] || exit 0
    sleep 0.05
done
echo "could not remove the control groups {folders}" >&2
exit 1
"""


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
        return ["/bin/sh", "-e", "-c", f'{self._joins()}exec "$@"', "sh", *argv]

    def holding(self, argv: Sequence[str]) -> list[str]:
        """Give the command that runs argv in the group, and removes the group and all below it afterwards."""
        folders = shlex.join(map(str, self.folders))
        script = f'(set -e\n{self._joins()}exec "$@")\n{REMOVE.format(folders=folders)}'
        return ["/bin/sh", "-c", script, "sh", *argv]

    def _joins(self) -> str:
        # A process that writes 0 moves itself.
        return "".join(f"echo 0 > {shlex.quote(str(folder / 'cgroup.procs'))}\n" for folder in self.folders)


def _own_folders() -> list[Path]:
    """Where the calling process's group lies in each mounted hierarchy (cgroups(7), proc_pid_mountinfo(5))."""
    mounts = _mounts()
    folders = []
    for line in Path("/proc/self/cgroup").read_text().splitlines():
        _, controllers, path = line.split(":", 2)
        mount = mounts.get(controllers.split(",")[0])
        if mount:
            root, mount_point = mount
            folders.append(Path(mount_point, os.path.relpath(path, root)))
    return folders


def _mounts() -> dict[str, tuple[str, str]]:
    """Give for each controller (none for version 2) the part of its hierarchy that is mounted, and where."""
    mounts = {}
    for line in Path("/proc/self/mountinfo").read_text().splitlines():
        left, right = line.split(" - ")
        root, mount_point = left.split()[3:5]
        kind, _, options = right.split()[:3]
        if kind == "cgroup2":
            mounts[""] = (root, mount_point)
        elif kind == "cgroup":
            mounts.update(dict.fromkeys(options.split(","), (root, mount_point)))
    return mounts


def _inherit_cpuset(folder: Path) -> None:
    """Allow what the parent allows: a new group of version 1 has no processor and takes no process."""
    version_1 = (folder / "tasks").exists()
    for name in ("cpuset.cpus", "cpuset.mems"):
        if version_1 and (folder / name).exists():
            (folder / name).write_text((folder.parent / name).read_text())
