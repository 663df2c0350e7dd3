"""A machine whose file system consists of layers over the real machine's own; its writes go to one more layer."""

from __future__ import annotations

import json
import sys
import uuid
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tests.fake_ec2.cgroups import ControlGroup
from tests.fake_ec2.commands import StandInError
from tests.fake_ec2.machine import Machine, Starter, start

if TYPE_CHECKING:
    from typing_extensions import Self

BOOT = Path(__file__).with_name("boot.py")
STATE = "machine.json"
NAMESPACES = ("--mount", "--uts", "--ipc", "--net", "--pid", "--cgroup")


class Bind(NamedTuple):
    """A directory of the real machine that is mounted at `target` in the machine; `mode` is "ro" or "rw"."""

    source: Path
    target: str
    mode: str = "ro"


class LayeredMachine(Machine):
    """A machine over layers.

    Its directory holds `layer` (the machine's writes), `work` and `root` (for overlayfs), and `boot.log`.
    """

    def __init__(
        self, directory: Path, starter: Starter, init: int, layers: Sequence[Path], group: ControlGroup
    ) -> None:
        super().__init__(directory, starter, init)
        self.layers = tuple(layers)
        self.group = group

    @classmethod
    def start(
        cls,
        directory: Path,
        layers: Sequence[Path],
        *,
        binds: Iterable[Bind] = (),
        network: str = "none",
        outlive: bool = False,
    ) -> Self:
        """Start a machine that writes into `directory`, over `layers` (topmost first).

        `network` is "none" (an empty network namespace) or "host" (the real machine's network). With `outlive`, the
        machine stays up after this process exits, until attach(directory).end().
        """
        plan = {
            "layers": [str(layer) for layer in layers],
            "directory": str(directory),
            "binds": [(str(source), target, mode) for source, target, mode in binds],
            "outlive": outlive,
        }
        namespaces = [name for name in NAMESPACES if name != "--net" or network == "none"]
        boot = ["unshare", *namespaces, "--fork", "--kill-child", sys.executable, "-I", str(BOOT), json.dumps(plan)]
        group = ControlGroup.create(f"instance-{uuid.uuid4().hex[:8]}")
        starter, init = start(group.build_run_command(boot), directory / "boot.log", outlive=outlive)
        group.move_processes_to_leaf()
        state = {
            "starter": starter.pid,
            "init": init,
            "born": _start_time(init),
            "layers": plan["layers"],
            "groups": [str(group_directory) for group_directory in group.directories],
        }
        (directory / STATE).write_text(json.dumps(state))
        return cls(directory, starter, init, layers, group)

    @classmethod
    def attach(cls, directory: Path) -> Self:
        """Return the machine of `directory` that outlived its starter. Raises StandInError if it has ended."""
        file = directory / STATE
        state = json.loads(file.read_text()) if file.exists() else None
        if not state or _start_time(state["init"]) != state["born"]:
            raise StandInError(f"the machine of {directory} has ended")
        layers = [Path(layer) for layer in state["layers"]]
        return cls(directory, state["starter"], state["init"], layers, ControlGroup(map(Path, state["groups"])))

    def build_enter_command(self, argv: Sequence[str], *, user: str = "root", cwd: str = "/") -> list[str]:
        """Return the command of the real machine that runs argv in this one."""
        enter = ["nsenter", f"--target={self.init}", *NAMESPACES, "--"]
        become = ["setpriv", f"--reuid={user}", f"--regid={user}", "--init-groups", "env", f"--chdir={cwd}"]
        return self.group.build_join_command([*enter, *become, *argv])


def _start_time(pid: int) -> str:
    """Return the start time of a process in clock ticks since boot, or "" if it has ended; a PID may be reused."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return ""
    return stat.rpartition(")")[2].split()[19]  # field 22 of proc_pid_stat(5); field 2, the name, may contain spaces
