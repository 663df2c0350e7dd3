"""gnome-keyring on a bus of its own: unlocked, locked, stopped, or one that nobody has set up yet."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
from typing import TYPE_CHECKING

from tests.stores import bus
from tests.stores.programs import started, until

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator
    from pathlib import Path

    from tests.stores.bus import Bus

HERE = bus.HERE and shutil.which("gnome-keyring-daemon") is not None

_PASSWORD = b"of the keyring"
_NAME = "org.freedesktop.secrets"
_COLLECTION = "/org/freedesktop/secrets/collection/login"


class Gnome:
    """A gnome-keyring that runs, and its bus."""

    def __init__(self, on: Bus, programs: contextlib.ExitStack) -> None:
        self.bus = on
        self._programs = programs

    @property
    def environment(self) -> dict[str, str]:
        """The variables by which a client finds it."""
        return self.bus.environment

    @property
    def prompted(self) -> bool:
        """Whether anybody has made the sleeping prompter ask a person."""
        return _prompts(self.bus).exists()

    def lock(self) -> None:
        """Lock it, as a person does in the desktop's own program."""
        lock = ["/org/freedesktop/secrets", "org.freedesktop.Secret.Service.Lock", f"array:objpath:{_COLLECTION}"]
        self.bus.ask(_NAME, *lock)

    def unlock(self) -> None:
        """Unlock it, as a person does over SSH."""
        before = self._process
        self.start("--replace", "--unlock")
        before.wait()

    def stop(self) -> None:
        """Let it answer nothing more: it has hung."""
        self._process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """Let it answer what it was asked meanwhile."""
        self._process.send_signal(signal.SIGCONT)

    def start(self, *options: str) -> None:
        """Start the program, and wait until it has the service."""
        folder = self.bus.folder
        environment = {"HOME": str(folder), "XDG_DATA_HOME": f"{folder}/data", **self.environment}
        argv = ["gnome-keyring-daemon", "--foreground", "--components=secrets", f"--control-directory={folder}/control"]
        self._process: subprocess.Popen[bytes] = self._programs.enter_context(
            started([*argv, *options], environment, _PASSWORD)
        )
        until(lambda: self.bus.owner_of(_NAME) == self._process.pid, "gnome-keyring-daemon")


@contextlib.contextmanager
def unlocked(*, prompter: bool = False) -> Iterator[Gnome]:
    """Give a keyring that a log-in has unlocked.

    Without a prompter whatever would ask a person fails at once; with one it waits for an answer that never comes.
    """
    with _on_a_bus(prompter=prompter) as gnome:
        gnome.start("--unlock")
        yield gnome


@contextlib.contextmanager
def never_set_up() -> Iterator[Gnome]:
    """Give a keyring in which nobody has ever made a collection: that of a server, or before the first log-in."""
    with _on_a_bus(prompter=True) as gnome:
        gnome.start()
        yield gnome


@contextlib.contextmanager
def _on_a_bus(*, prompter: bool) -> Iterator[Gnome]:
    with bus.private() as on, contextlib.ExitStack() as programs:
        if prompter:
            programs.enter_context(_sleeping_prompter(on))
        yield Gnome(on, programs)


@contextlib.contextmanager
def _sleeping_prompter(on: Bus) -> Iterator[None]:
    """Put a program where gnome-keyring looks for the one that shows its dialogs."""
    on.offer("org.gnome.keyring.SystemPrompter", f"echo $$ >>{_prompts(on)}\nexec sleep 60")
    try:
        yield
    finally:
        for prompter in _prompts(on).read_text().split() if _prompts(on).exists() else ():
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(prompter), signal.SIGTERM)


def _prompts(on: Bus) -> Path:
    return on.folder / "prompts"
