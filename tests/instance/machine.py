"""A Linux machine in namespaces of its own, whose file system is layers over the real machine's root.

Everything it does lands in one folder and one control group. Its init ends with the process that started it,
and every process, mount and network of the machine with the init.
"""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from .cgroups import ControlGroup
from .commands import StandInError, succeeded

if TYPE_CHECKING:
    from typing_extensions import Self

BOOT = Path(__file__).with_name("boot.py")
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
NAMESPACES = ("--mount", "--uts", "--ipc", "--net", "--pid", "--cgroup")


class Bind(NamedTuple):
    """A folder of the real machine shown at target in the machine; mode is "ro" or "rw"."""

    source: Path
    target: str
    mode: str = "ro"


class Machine:
    """A running machine; a context manager, or call end().

    folder holds all of it: `layer` (what it wrote), `work` and `root` (overlayfs's own), `boot.log`,
    `machine.json` (what attach() needs).
    """

    def __init__(self, folder: Path, layers: Sequence[Path], init: int, group: ControlGroup) -> None:
        self.folder = folder
        self.layers = tuple(layers)
        self.init = init
        self._init_fd = os.pidfd_open(init)
        self._group = group
        self._starter: subprocess.Popen[str] | None = None

    @classmethod
    def start(
        cls,
        folder: Path,
        layers: Sequence[Path],
        *,
        binds: Iterable[Bind] = (),
        network: str = "none",
        outlive: bool = False,
    ) -> Self:
        """Start a machine that writes into folder, over layers (the topmost first).

        network is "none" (a namespace with nothing in it) or "host" (the real machine's). With outlive it
        stays when this process ends, until attach(folder).end().
        """
        for name in ("layer", "work", "root"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        plan = {
            "layers": [str(layer) for layer in layers],
            "upper": str(folder / "layer"),
            "work": str(folder / "work"),
            "root": str(folder / "root"),
            "binds": [(str(source), target, mode) for source, target, mode in binds],
            "outlive": outlive,
        }
        group = ControlGroup.create(f"instance-{folder.name}")
        try:
            starter = _unshare(group, json.dumps(plan), network, folder / "boot.log", outlive=outlive)
            init = _booted(starter, folder / "boot.log")
        except BaseException:
            group.remove()
            raise
        machine = cls(folder, layers, init, group)
        machine._starter = starter
        machine._remember()
        return machine

    @classmethod
    def attach(cls, folder: Path) -> Self:
        """Find the machine that outlived the process that started it; StandInError where it has ended."""
        state = json.loads((folder / "machine.json").read_text())
        if _born(state["init"]) != state["born"]:
            raise StandInError(f"the machine of {folder} has ended")
        return cls(folder, [*map(Path, state["layers"])], state["init"], ControlGroup(map(Path, state["groups"])))

    def run(
        self,
        argv: Sequence[str],
        *,
        env: Mapping[str, str] | None = None,
        input: str | None = None,  # noqa: A002 (subprocess.run's own name)
        user: str = "root",
        cwd: str = "/",
        timeout: float = 120,
    ) -> subprocess.CompletedProcess[str]:
        """Run argv in the machine as subprocess.run would; nothing of the caller's environment comes along.

        timeout is in seconds; past it the command's process group is killed and TimeoutExpired raised.
        """
        stdin = subprocess.DEVNULL if input is None else subprocess.PIPE
        process = subprocess.Popen(
            self.entering(argv, user=user, cwd=cwd),
            env={**self.environment(user), **(env or {})},
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        with process:
            try:
                out, err = process.communicate(input, timeout)
            except BaseException:
                os.killpg(process.pid, signal.SIGKILL)
                raise
        return subprocess.CompletedProcess(list(argv), process.returncode, out, err)

    def must(self, step: str, argv: Sequence[str], **options: object) -> str:
        """Run argv as run() does and give its output; StandInError ("could not STEP: ...") where it fails."""
        return succeeded(step, self.run(argv, **options))  # type: ignore[arg-type]

    def entering(self, argv: Sequence[str], *, user: str = "root", cwd: str = "/") -> list[str]:
        """Give the command of the real machine that runs argv in this one."""
        enter = ["nsenter", f"--target={self.init}", *NAMESPACES, "--"]
        become = ["setpriv", f"--reuid={user}", f"--regid={user}", "--init-groups", "env", f"--chdir={cwd}"]
        return self._group.entering([*enter, *become, *argv])

    def environment(self, user: str) -> dict[str, str]:
        """Give the variables that a command of this user starts with."""
        home = "/root" if user == "root" else f"/home/{user}"
        return {"PATH": PATH, "HOME": home, "LANG": "C.UTF-8"}

    def spawn(self, name: str, argv: Sequence[str], *, cwd: str = "/") -> None:
        """Start a program that stays; what it says goes into /var/log/NAME.log."""
        script = f'"$@" </dev/null >/var/log/{name}.log 2>&1 &'
        self.must(f"start {name}", ["sh", "-c", script, "sh", *argv], cwd=cwd)

    def wait_for(self, name: str, works: Sequence[str], patience: float = 60) -> None:
        """Wait until the command `works` succeeds; past patience (seconds) raise StandInError with NAME's log."""
        deadline = time.monotonic() + patience
        while self.run(works).returncode:
            if time.monotonic() > deadline:
                raise StandInError(f"{name} did not come up in {patience} s: {self.read(f'/var/log/{name}.log')[-2000:]}")
            time.sleep(0.05)

    def write(self, path: str, text: str, mode: int = 0o644, owner: str = "root") -> None:
        """Write a file of the machine, its folders too where they are missing (those are root's)."""
        script = 'mkdir -p "${1%/*}" && umask 077 && cat > "$1" && chown "$3:" "$1" && chmod "$2" "$1"'
        self.must(f"write {path}", ["sh", "-c", script, "sh", path, f"{mode:o}", owner], input=text)

    def read(self, path: str) -> str:
        """Give the text of a file of the machine."""
        return self.must(f"read {path}", ["cat", path])

    def end(self) -> None:
        """Kill everything in the machine; its folder stays."""
        signal.pidfd_send_signal(self._init_fd, signal.SIGKILL)
        ended = select.poll()
        ended.register(self._init_fd, select.POLLIN)
        ended.poll()
        os.close(self._init_fd)
        if self._starter:
            self._starter.communicate()
        self._group.remove()

    def _remember(self) -> None:
        state = {
            "init": self.init,
            "born": _born(self.init),
            "layers": [str(layer) for layer in self.layers],
            "groups": [str(folder) for folder in self._group.folders],
        }
        (self.folder / "machine.json").write_text(json.dumps(state))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()


def _unshare(group: ControlGroup, plan: str, network: str, log: Path, *, outlive: bool) -> subprocess.Popen[str]:
    """Start the boot program in new namespaces; what it says on standard error goes into log."""
    namespaces = [name for name in NAMESPACES if name != "--net" or network == "none"]
    boot = ["unshare", *namespaces, "--fork", "--kill-child", sys.executable, "-I", str(BOOT), plan]
    with log.open("w") as errors:
        return subprocess.Popen(
            group.entering(boot),
            stdin=subprocess.DEVNULL if outlive else subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            start_new_session=True,
        )


def _booted(starter: subprocess.Popen[str], log: Path) -> int:
    """Wait until the machine can be entered; give the process id of its init."""
    assert starter.stdout
    line = starter.stdout.readline()
    if not line:
        starter.communicate()
        raise StandInError(f"could not boot the machine: {log.read_text().strip()}")
    return int(line)


def _born(pid: int) -> str:
    """Give the start time of a process in clock ticks since boot, or nothing: a number alone may be another's."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return ""
    return stat.rpartition(")")[2].split()[19]  # field 22 of proc(5); the command's name may hold spaces
