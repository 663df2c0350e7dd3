"""A private D-Bus session bus for a test: dbus-daemon with its own configuration, in its own directory.

It has none of the machine's services: a request for a name starts only a program that the test has offered.
"""

from __future__ import annotations

import contextlib
import shutil
import socket
import subprocess
from typing import TYPE_CHECKING

from tests.keyrings.programs import PATH, create_short_directory, start_program, stop_program, wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

IS_AVAILABLE = shutil.which("dbus-daemon") is not None

_CONFIGURATION = """\
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-BUS Bus Configuration 1.0//EN"
  "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path={directory}/bus</listen>
  <servicedir>{directory}/services</servicedir>
  <policy context="default">
    <allow send_destination="*"/>
    <allow receive_sender="*"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""


class Bus:
    """A running session bus and its directory."""

    def __init__(self, directory: Path, process: subprocess.Popen[bytes]) -> None:
        self.directory = directory
        self._process = process

    @property
    def address(self) -> str:
        """The address on which the bus listens."""
        return _address_of(self.directory)

    @property
    def environment(self) -> dict[str, str]:
        """The variables that lead a client to the bus."""
        return client_variables(self.directory)

    def offer(self, name: str, script: str) -> None:
        """Register a shell script that a request for a name starts.

        Call this before the first client connects: dbus-daemon reads the directory once.
        """
        program = self.directory / name
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o700)
        (self.directory / "services" / f"{name}.service").write_text(f"[D-BUS Service]\nName={name}\nExec={program}\n")

    def call(self, name: str, *arguments: str) -> str:
        """Call a method of a service (object, method, arguments, as dbus-send takes them), and return its answer."""
        argv = ["dbus-send", f"--bus={self.address}", "--print-reply=literal", f"--dest={name}", *arguments]
        return subprocess.run(argv, env={"PATH": PATH}, capture_output=True, text=True, check=True).stdout.strip()

    def find_owner(self, name: str) -> int:
        """Return the pid of the process that owns a name, or 0 if no process does."""
        method = "org.freedesktop.DBus.GetConnectionUnixProcessID"
        try:
            answer = self.call("org.freedesktop.DBus", "/org/freedesktop/DBus", method, f"string:{name}")
        except subprocess.CalledProcessError:
            return 0
        return int(answer.split()[-1])

    def stop(self) -> None:
        """Stop the bus, as a log-out does."""
        stop_program(self._process)


@contextlib.contextmanager
def start_private() -> Iterator[Bus]:
    """Yield a bus that runs until the block ends."""
    with create_short_directory() as directory:
        (directory / "services").mkdir()
        (directory / "bus.conf").write_text(_CONFIGURATION.format(directory=directory))
        with start_program(
            ["dbus-daemon", f"--config-file={directory}/bus.conf", "--nofork", "--nopidfile"], {}
        ) as process:
            wait_until((directory / "bus").exists, "dbus-daemon")
            yield Bus(directory, process)


@contextlib.contextmanager
def start_silent() -> Iterator[dict[str, str]]:
    """Yield the variables of a bus that accepts every connection and never answers."""
    with create_short_directory() as directory, socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(directory / "bus"))
        listener.listen()
        yield client_variables(directory)


def client_variables(directory: Path) -> dict[str, str]:
    """Return the variables that lead a client to the bus in a directory."""
    return {"DBUS_SESSION_BUS_ADDRESS": _address_of(directory), "XDG_RUNTIME_DIR": str(directory)}


def _address_of(directory: Path) -> str:
    return f"unix:path={directory}/bus"
