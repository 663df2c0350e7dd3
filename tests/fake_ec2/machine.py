"""A machine: processes in their own namespaces, among which commands are run from outside.

layers.py and rootless.py boot the two kinds of machine. Unless a machine is started to outlive its starter, it ends
with the process that started it. When it ends, all its processes, mounts and networks end too.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Union

from tests.fake_ec2.commands import StandInError, check_result

if TYPE_CHECKING:
    from typing_extensions import Self

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

Starter = Union["subprocess.Popen[str]", int]


class Machine:
    """A running machine: a context manager, or call end().

    `directory` holds everything that the machine leaves on disk. `init` is the PID of the first process in its
    namespaces. `starter` is the process outside them that exits after all processes of the machine: a child of this
    process, or the PID of another process.
    """

    def __init__(self, directory: Path, starter: Starter, init: int) -> None:
        self.directory = directory
        self.init = init
        self._starter = starter
        self._starter_fd = os.pidfd_open(starter if isinstance(starter, int) else starter.pid)
        self._init_fd = os.pidfd_open(init)

    def build_enter_command(self, argv: Sequence[str], *, user: str = "root", cwd: str = "/") -> list[str]:
        """Return the command of the real machine that runs argv in this one."""
        raise NotImplementedError

    def environment(self, user: str) -> dict[str, str]:
        """Return the variables that a command of this user starts with."""
        home = "/root" if user == "root" else f"/home/{user}"
        return {"PATH": PATH, "HOME": home, "LANG": "C.UTF-8"}

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
        """Run argv in the machine as subprocess.run would, but without the caller's environment.

        After `timeout` seconds, the command's process group is killed and TimeoutExpired is raised.
        """
        process = subprocess.Popen(
            self.build_enter_command(argv, user=user, cwd=cwd),
            env={**self.environment(user), **(env or {})},
            stdin=subprocess.DEVNULL if input is None else subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        with process:
            try:
                stdout, stderr = process.communicate(input, timeout)
            except BaseException as error:
                os.killpg(process.pid, signal.SIGKILL)
                if isinstance(error, subprocess.TimeoutExpired):
                    error.cmd = list(argv)
                raise
        return subprocess.CompletedProcess(list(argv), process.returncode, stdout, stderr)

    def check_output(self, step: str, argv: Sequence[str], **options: object) -> str:
        """Run argv as run() does and return its output. Raises StandInError ("could not STEP: ...") if it fails."""
        return check_result(step, self.run(argv, **options))  # type: ignore[arg-type]

    def spawn(self, name: str, argv: Sequence[str], *, cwd: str = "/") -> None:
        """Start a program in the background; its output goes to /run/NAME.log."""
        script = f'"$@" </dev/null >/run/{name}.log 2>&1 &'
        self.check_output(f"start {name}", ["sh", "-c", script, "sh", *argv], cwd=cwd)

    def wait_for(self, name: str, probe: Sequence[str], timeout: float = 60) -> None:
        """Wait until `probe` succeeds. After `timeout` seconds, raises StandInError with the log of `name`."""
        deadline = time.monotonic() + timeout
        while self.run(probe).returncode:
            if time.monotonic() > deadline:
                log = self.read(f"/run/{name}.log")[-2000:]
                raise StandInError(f"{name} did not come up in {timeout} s, and said: {log or 'nothing'}")
            time.sleep(0.05)

    def write(self, path: str, text: str, mode: int = 0o644, owner: str = "root") -> None:
        """Write a file in the machine; missing parent directories are created and belong to root."""
        script = 'mkdir -p "${1%/*}" && umask 077 && cat > "$1" && chown "$3:" "$1" && chmod "$2" "$1"'
        self.check_output(f"write {path}", ["sh", "-c", script, "sh", path, f"{mode:o}", owner], input=text)

    def read(self, path: str) -> str:
        """Return the text of a file in the machine."""
        return self.check_output(f"read {path}", ["cat", path])

    def end(self) -> None:
        """Kill every process in the machine; its directory stays."""
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._init_fd, signal.SIGKILL)
        poller = select.poll()
        poller.register(self._starter_fd, select.POLLIN)
        poller.poll()
        os.close(self._init_fd)
        os.close(self._starter_fd)
        if isinstance(self._starter, subprocess.Popen):
            self._starter.communicate()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()


def start(boot: Sequence[str], log: Path, *, outlive: bool) -> tuple[subprocess.Popen[str], int]:
    """Start a machine with its boot command; return that process and the PID of the machine's init.

    `boot` prints that PID once the machine can be entered. The init exits at the end of its standard input, or never
    if `outlive` is set. `log` receives the standard error of `boot`.
    """
    with log.open("w") as errors:
        starter = subprocess.Popen(
            boot,
            stdin=subprocess.DEVNULL if outlive else subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            start_new_session=True,  # a terminal interrupt is for this process only, which ends the machine cleanly
        )
    assert starter.stdout
    with starter.stdout:
        line = starter.stdout.readline()
    if not line:
        starter.communicate()
        raise StandInError(f"could not boot the machine: {log.read_text().strip()}")
    return starter, int(line)
