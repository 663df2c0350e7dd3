"""gnome-keyring on a bus of its own: unlocked, locked, stopped, or one that nobody has set up yet."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
from typing import TYPE_CHECKING

from tests.keyrings import bus
from tests.keyrings.programs import start_program, wait_until

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator
    from pathlib import Path

    from tests.keyrings.bus import Bus

IS_AVAILABLE = bus.IS_AVAILABLE and shutil.which("gnome-keyring-daemon") is not None

_PASSWORD = b"of the keyring"
_NAME = "org.freedesktop.secrets"
_COLLECTION = "/org/freedesktop/secrets/collection/login"


class GnomeKeyring:
    """A gnome-keyring that runs, and its bus."""

    def __init__(self, session_bus: Bus, programs: contextlib.ExitStack) -> None:
        self.bus = session_bus
        self._programs = programs

    @property
    def environment(self) -> dict[str, str]:
        """The variables by which a client finds it."""
        return self.bus.environment

    @property
    def has_prompted(self) -> bool:
        """Whether anybody has made the sleeping prompter ask a person."""
        return _prompts_file(self.bus).exists()

    def lock(self) -> None:
        """Lock it, as a person does in the desktop's own program."""
        lock = ["/org/freedesktop/secrets", "org.freedesktop.Secret.Service.Lock", f"array:objpath:{_COLLECTION}"]
        self.bus.call(_NAME, *lock)

    def unlock(self) -> None:
        """Unlock it, as a person does over SSH."""
        old_process = self._process
        self.start("--replace", "--unlock")
        old_process.wait()

    def suspend(self) -> None:
        """Let it answer nothing more: it has hung."""
        self._process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let it answer what it was asked meanwhile."""
        self._process.send_signal(signal.SIGCONT)

    def start(self, *options: str) -> None:
        """Start the program, and wait until it has the service."""
        directory = self.bus.directory
        environment = {"HOME": str(directory), "XDG_DATA_HOME": f"{directory}/data", **self.environment}
        argv = [
            "gnome-keyring-daemon",
            "--foreground",
            "--components=secrets",
            f"--control-directory={directory}/control",
        ]
        self._process: subprocess.Popen[bytes] = self._programs.enter_context(
            start_program([*argv, *options], environment, _PASSWORD)
        )
        wait_until(lambda: self.bus.find_owner(_NAME) == self._process.pid, "gnome-keyring-daemon")


@contextlib.contextmanager
def start_unlocked(*, prompter: bool = False) -> Iterator[GnomeKeyring]:
    """Give a keyring that a log-in has unlocked.

    Without a prompter whatever would ask a person fails at once; with one it waits for an answer that never comes.
    """
    with _start_on_bus(prompter=prompter) as keyring:
        keyring.start("--unlock")
        yield keyring


@contextlib.contextmanager
def start_uninitialized() -> Iterator[GnomeKeyring]:
    """Give a keyring in which nobody has ever made a collection: that of a server, or before the first log-in."""
    with _start_on_bus(prompter=True) as keyring:
        keyring.start()
        yield keyring


@contextlib.contextmanager
def _start_on_bus(*, prompter: bool) -> Iterator[GnomeKeyring]:
    with bus.start_private() as session_bus, contextlib.ExitStack() as programs:
        if prompter:
            programs.enter_context(_install_sleeping_prompter(session_bus))
        yield GnomeKeyring(session_bus, programs)


@contextlib.contextmanager
def _install_sleeping_prompter(session_bus: Bus) -> Iterator[None]:
    """Put a program where gnome-keyring looks for the one that shows its dialogs."""
    session_bus.offer("org.gnome.keyring.SystemPrompter", f"echo $$ >>{_prompts_file(session_bus)}\nexec sleep 60")
    try:
        yield
    finally:
        for pid in _prompts_file(session_bus).read_text().split() if _prompts_file(session_bus).exists() else ():
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(pid), signal.SIGTERM)


def _prompts_file(session_bus: Bus) -> Path:
    return session_bus.directory / "prompts"
