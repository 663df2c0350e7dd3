"""What a keyring's backend finds around it: the environment of this process, which it looks at by itself."""

from __future__ import annotations

import contextlib
import os
import threading
from typing import TYPE_CHECKING

from credhelper import paths
from credhelper.errors import HelperError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_CHANGED = ("PASSWORD_STORE_GPG_OPTS", "PATH", "DBUS_SESSION_BUS_ADDRESS")
_TURN = threading.RLock()  # the environment is all threads'
_WAIT = 3.0  # seconds for another thread


class NotSetUpError(HelperError):
    """Nobody has made a keyring yet, so that nothing is in it."""


def _make_turn() -> None:
    """In a process that another one has begun with nobody is at work, whoever was there."""
    global _TURN  # noqa: PLW0603
    _TURN = threading.RLock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_make_turn)


def bus(environ: Mapping[str, str]) -> str:
    """Give the address of the session's bus: what D-Bus itself says, else where systemd puts it; "" where none is."""
    usual = f"{environ.get('XDG_RUNTIME_DIR', '')}/bus"
    return environ.get("DBUS_SESSION_BUS_ADDRESS") or (f"unix:path={usual}" if os.path.exists(usual) else "")


@contextlib.contextmanager
def apart(name: str, environ: Mapping[str, str]) -> Iterator[None]:
    """Let a backend, which looks at the environment of this process, see what it should for as long as it is asked."""
    if not _TURN.acquire(timeout=_WAIT):
        raise HelperError("keyring-failed", "a keyring that was asked before does not answer", "look at its service")
    try:
        before = {variable: os.environ.get(variable) for variable in (*_CHANGED, *_properties())}
        try:
            _prepare(name, environ)
            with _unheard() if name == "pass" else contextlib.nullcontext():
                yield
        finally:
            for variable, value in before.items():
                _set(variable, value)
    finally:
        _TURN.release()


@contextlib.contextmanager
def _unheard() -> Iterator[None]:
    """The backend for pass says on standard error what is no news to us: that there is no such password."""
    with open(os.devnull, "w", encoding="utf-8") as nothing, contextlib.redirect_stderr(nothing):
        yield


def _properties() -> list[str]:
    return [name for name in os.environ if name.startswith("KEYRING_PROPERTY_")]


def _set(variable: str, value: str | None) -> None:
    if value is None:
        os.environ.pop(variable, None)
    else:
        os.environ[variable] = value


def _prepare(name: str, environ: Mapping[str, str]) -> None:
    for variable in _properties():
        _set(variable, None)  # it would set any field of any backend
    if name == "pass":
        # With a passphrase that is not at hand gpg fails and asks nobody; nor does it look for keys in the network.
        options = environ.get("PASSWORD_STORE_GPG_OPTS", "")
        os.environ["PASSWORD_STORE_GPG_OPTS"] = f"{options} --pinentry-mode=error --no-auto-key-locate"
        os.environ["PATH"] = paths.programs(environ)
    elif name in ("secret-service", "kwallet") and bus(environ):
        os.environ["DBUS_SESSION_BUS_ADDRESS"] = bus(environ)
