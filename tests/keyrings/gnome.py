"""gnome-keyring on its own bus: unlocked, locked, suspended, or not set up yet."""

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
    """A running gnome-keyring and its bus."""

    def __init__(self, session_bus: Bus, programs: contextlib.ExitStack) -> None:
        self.bus = session_bus
        self._programs = programs

    @property
    def environment(self) -> dict[str, str]:
        """The variables that lead a client to the keyring."""
        return self.bus.environment

    @property
    def has_prompted(self) -> bool:
        """Whether the sleeping prompter has been started to prompt the user."""
        return _prompts_file(self.bus).exists()

    def lock(self) -> None:
        """Lock the keyring, as a user does in the desktop's own program."""
        lock = ["/org/freedesktop/secrets", "org.freedesktop.Secret.Service.Lock", f"array:objpath:{_COLLECTION}"]
        self.bus.call(_NAME, *lock)

    def unlock(self) -> None:
        """Unlock the keyring, as a user does over SSH."""
        old_process = self._process
        self.start("--replace", "--unlock")
        old_process.wait()

    def suspend(self) -> None:
        """Suspend the program, so that it hangs and answers nothing."""
        self._process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Resume the program, which then answers the pending calls."""
        self._process.send_signal(signal.SIGCONT)

    def start(self, *options: str) -> None:
        """Start the program, and wait until it owns the name of the service."""
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
    """Yield a keyring that a log-in has unlocked.

    Without a prompter, a call that would prompt the user fails at once; with one, it waits for an answer that never
    comes.
    """
    with _start_on_bus(prompter=prompter) as keyring:
        keyring.start("--unlock")
        yield keyring


@contextlib.contextmanager
def start_uninitialized() -> Iterator[GnomeKeyring]:
    """Yield a keyring in which no collection was ever created, as on a server or before the first log-in."""
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
    """Install a program where gnome-keyring looks for the one that shows its dialogs."""
    session_bus.offer("org.gnome.keyring.SystemPrompter", f"echo $$ >>{_prompts_file(session_bus)}\nexec sleep 60")
    try:
        yield
    finally:
        for pid in _prompts_file(session_bus).read_text().split() if _prompts_file(session_bus).exists() else ():
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(pid), signal.SIGTERM)


def _prompts_file(session_bus: Bus) -> Path:
    return session_bus.directory / "prompts"
