"""A D-Bus session bus for a test alone: dbus-daemon with a configuration of its own, in a folder of its own.

It knows no service of the machine: who asks for a name starts nothing but what the test has offered.
"""

from __future__ import annotations

import contextlib
import shutil
import socket
import subprocess
from typing import TYPE_CHECKING

from tests.stores.programs import PATH, end, short_folder, started, until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HERE = shutil.which("dbus-daemon") is not None

_CONFIGURATION = """\
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-BUS Bus Configuration 1.0//EN"
  "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path={folder}/bus</listen>
  <servicedir>{folder}/services</servicedir>
  <policy context="default">
    <allow send_destination="*"/>
    <allow receive_sender="*"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""


class Bus:
    """A session bus that runs, and its folder."""

    def __init__(self, folder: Path, process: subprocess.Popen[bytes]) -> None:
        self.folder = folder
        self._process = process

    @property
    def address(self) -> str:
        """Where it listens."""
        return _address(self.folder)

    @property
    def environment(self) -> dict[str, str]:
        """The variables by which a client finds it."""
        return variables_of(self.folder)

    def offer(self, name: str, script: str) -> None:
        """Let whoever asks for a name start a shell script. Before the first client: the folder is read once."""
        program = self.folder / name
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o700)
        (self.folder / "services" / f"{name}.service").write_text(f"[D-BUS Service]\nName={name}\nExec={program}\n")

    def ask(self, name: str, *words: str) -> str:
        """Call a method of a service (object, method, arguments, as dbus-send wants them) and give its answer."""
        argv = ["dbus-send", f"--bus={self.address}", "--print-reply=literal", f"--dest={name}", *words]
        return subprocess.run(argv, env={"PATH": PATH}, capture_output=True, text=True, check=True).stdout.strip()

    def owner_of(self, name: str) -> int:
        """Give the process that has a name; 0 for nobody."""
        method = "org.freedesktop.DBus.GetConnectionUnixProcessID"
        try:
            answer = self.ask("org.freedesktop.DBus", "/org/freedesktop/DBus", method, f"string:{name}")
        except subprocess.CalledProcessError:
            return 0
        return int(answer.split()[-1])

    def take_away(self) -> None:
        """End it, as a log-out does."""
        end(self._process)


@contextlib.contextmanager
def private() -> Iterator[Bus]:
    """Give a bus, until the block ends."""
    with short_folder() as folder:
        (folder / "services").mkdir()
        (folder / "bus.conf").write_text(_CONFIGURATION.format(folder=folder))
        with started(["dbus-daemon", f"--config-file={folder}/bus.conf", "--nofork", "--nopidfile"], {}) as process:
            until((folder / "bus").exists, "dbus-daemon")
            yield Bus(folder, process)


@contextlib.contextmanager
def silent() -> Iterator[dict[str, str]]:
    """Give the variables of a bus that takes every connection and never answers."""
    with short_folder() as folder, socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(folder / "bus"))
        listener.listen()
        yield variables_of(folder)


def variables_of(folder: Path) -> dict[str, str]:
    """Give the variables by which a client finds the bus in a folder."""
    return {"DBUS_SESSION_BUS_ADDRESS": _address(folder), "XDG_RUNTIME_DIR": str(folder)}


def _address(folder: Path) -> str:
    return f"unix:path={folder}/bus"
