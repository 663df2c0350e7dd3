"""A machine: processes in namespaces of their own, and how commands are run among them from outside.

How a machine comes up is its kind's: layers.py, rootless.py. It ends with the process that started it (unless it
is to outlive it), and with the machine every process, mount and network of it.
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
    """A running machine; a context manager, or call end().

    folder holds all that it leaves on disk. init is the first process in its namespaces, starter the one
    outside them that ends once everything of the machine has: our child, or the number of another's.
    """

    def __init__(self, directory: Path, starter: Starter, init: int) -> None:
        self.directory = directory
        self.init = init
        self._starter = starter
        self._starter_fd = os.pidfd_open(starter if isinstance(starter, int) else starter.pid)
        self._init_fd = os.pidfd_open(init)

    def build_enter_command(self, argv: Sequence[str], *, user: str = "root", cwd: str = "/") -> list[str]:
        """Give the command of the real machine that runs argv in this one."""
        raise NotImplementedError

    def environment(self, user: str) -> dict[str, str]:
        """Give the variables that a command of this user starts with."""
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
        """Run argv in the machine as subprocess.run would; nothing of the caller's environment comes along.

        timeout is in seconds; past it the command's process group is killed and TimeoutExpired raised.
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
        """Run argv as run() does and give its output; StandInError ("could not STEP: ...") where it fails."""
        return check_result(step, self.run(argv, **options))  # type: ignore[arg-type]

    def spawn(self, name: str, argv: Sequence[str], *, cwd: str = "/") -> None:
        """Start a program that stays; what it says goes into /run/NAME.log."""
        script = f'"$@" </dev/null >/run/{name}.log 2>&1 &'
        self.check_output(f"start {name}", ["sh", "-c", script, "sh", *argv], cwd=cwd)

    def wait_for(self, name: str, probe: Sequence[str], timeout: float = 60) -> None:
        """Wait until the command `probe` succeeds; past patience (seconds) raise StandInError with NAME's log."""
        deadline = time.monotonic() + timeout
        while self.run(probe).returncode:
            if time.monotonic() > deadline:
                log = self.read(f"/run/{name}.log")[-2000:]
                raise StandInError(f"{name} did not come up in {timeout} s, and said: {log or 'nothing'}")
            time.sleep(0.05)

    def write(self, path: str, text: str, mode: int = 0o644, owner: str = "root") -> None:
        """Write a file of the machine, its folders too where they are missing (those are root's)."""
        script = 'mkdir -p "${1%/*}" && umask 077 && cat > "$1" && chown "$3:" "$1" && chmod "$2" "$1"'
        self.check_output(f"write {path}", ["sh", "-c", script, "sh", path, f"{mode:o}", owner], input=text)

    def read(self, path: str) -> str:
        """Give the text of a file of the machine."""
        return self.check_output(f"read {path}", ["cat", path])

    def end(self) -> None:
        """Kill everything in the machine; its folder stays."""
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
    """Start a machine by its boot command; give that process and the number of the machine's init.

    boot prints that number when the machine can be entered, and the init ends when its standard input does, or
    never where it is to outlive us. log takes what boot says on standard error.
    """
    with log.open("w") as errors:
        starter = subprocess.Popen(
            boot,
            stdin=subprocess.DEVNULL if outlive else subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            start_new_session=True,  # the terminal's interrupt is for us, and we end the machine in order
        )
    assert starter.stdout
    with starter.stdout:
        line = starter.stdout.readline()
    if not line:
        starter.communicate()
        raise StandInError(f"could not boot the machine: {log.read_text().strip()}")
    return starter, int(line)
