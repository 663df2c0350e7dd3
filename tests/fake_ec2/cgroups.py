"""A control group for all processes of a machine, so that none of them outlives the machine.

In every hierarchy the group is a child of the caller's own group, so the caller's limits still apply. In version 2
its parent is instead the nearest ancestor that enables controllers for its children, if the caller's group does not.
The machine enters a cgroup namespace from there, so that the groups that a Docker Engine creates (`/docker/...`)
lie inside it.
"""

from __future__ import annotations

import contextlib
import os
import shlex
from collections.abc import Iterable, Sequence
from pathlib import Path

# A process that is being killed stays in its group for a moment: retry for five seconds.
REMOVE_SCRIPT = """
for attempt in $(seq 100); do
    find {directories} -depth -type d -exec rmdir {{}} + 2>/dev/null
    [ -n "$(find {directories} -maxdepth 0 2>/dev/null)" ] || exit 0
    sleep 0.05
done
echo "could not remove the control groups {directories}" >&2
exit 1
"""

LEAF = "processes"


class ControlGroup:
    """One group: its directory in each mounted hierarchy (version 1 has several hierarchies)."""

    def __init__(self, directories: Iterable[Path]) -> None:
        self.directories = list(directories)

    @classmethod
    def create(cls, name: str) -> ControlGroup:
        """Create a group of this name for the calling process's children."""
        group = cls(parent / name for parent in _find_parent_groups())
        for directory in group.directories:
            directory.mkdir()
            if _is_version_2(directory):
                (directory / LEAF).mkdir()
            else:
                _inherit_cpuset(directory)
        return group

    def build_run_command(self, argv: Sequence[str]) -> list[str]:
        """Return the command that runs argv in the group and then removes the group with all its descendants."""
        directories = shlex.join(map(str, self.directories))
        script = f'(set -e\n{_join_script(self.directories)}exec "$@")\n{REMOVE_SCRIPT.format(directories=directories)}'
        return ["/bin/sh", "-c", script, "sh", *argv]

    def build_join_command(self, argv: Sequence[str]) -> list[str]:
        """Return the command that joins the group and then executes argv; call move_processes_to_leaf() first."""
        leaves = [directory / LEAF if _is_version_2(directory) else directory for directory in self.directories]
        return ["/bin/sh", "-e", "-c", f'{_join_script(leaves)}exec "$@"', "sh", *argv]

    def move_processes_to_leaf(self) -> None:
        """Move the group's processes into its leaf and enable its controllers for child groups.

        Version 2 has no controllers for the children of a group that contains processes itself (cgroups(7)).
        """
        for directory in filter(_is_version_2, self.directories):
            # Repeat until the group is empty: a process may fork just before it is moved.
            while pids := (directory / "cgroup.procs").read_text().split():
                with contextlib.suppress(ProcessLookupError):
                    (directory / LEAF / "cgroup.procs").write_text(pids[0])
            for controller in (directory / "cgroup.controllers").read_text().split():
                (directory / "cgroup.subtree_control").write_text(f"+{controller}")


def _join_script(directories: Iterable[Path]) -> str:
    # Writing 0 moves the process that writes it.
    return "".join(f"echo 0 > {shlex.quote(str(directory / 'cgroup.procs'))}\n" for directory in directories)


def _find_parent_groups() -> list[Path]:
    """Return the parent for the new group in each mounted hierarchy (cgroups(7), proc_pid_mountinfo(5))."""
    mounts = _find_mounts()
    parents = []
    for line in Path("/proc/self/cgroup").read_text().splitlines():
        _, controllers, path = line.split(":", 2)
        if controllers.split(",")[0] in mounts:
            root, mount_point = mounts[controllers.split(",")[0]]
            own = Path(mount_point, os.path.relpath(path, root))
            parents.append(own if controllers else _find_delegating_group(own, Path(mount_point)))
    return parents


def _find_delegating_group(own: Path, top: Path) -> Path:
    """Return the nearest group from `own` up to `top` that enables controllers for its children, or `own`."""
    lineage = [own, *(group for group in own.parents if group.is_relative_to(top))]
    return next((group for group in lineage if (group / "cgroup.subtree_control").read_text().strip()), own)


def _find_mounts() -> dict[str, tuple[str, str]]:
    """Map each controller ("" for version 2) to the mounted part of its hierarchy and the mount point."""
    mounts = {}
    for line in Path("/proc/self/mountinfo").read_text().splitlines():
        mount_fields, filesystem_fields = line.split(" - ")
        root, mount_point = mount_fields.split()[3:5]
        kind, _, options = filesystem_fields.split()[:3]
        if kind == "cgroup2":
            mounts[""] = (root, mount_point)
        elif kind == "cgroup":
            mounts.update(dict.fromkeys(options.split(","), (root, mount_point)))
    return mounts


def _is_version_2(directory: Path) -> bool:
    return (directory / "cgroup.subtree_control").exists()


def _inherit_cpuset(directory: Path) -> None:
    """Copy the parent's cpuset: a new version 1 group has no processor and accepts no process."""
    for name in ("cpuset.cpus", "cpuset.mems"):
        if (directory / name).exists():
            (directory / name).write_text((directory.parent / name).read_text())
