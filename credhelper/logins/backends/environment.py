"""The process environment for a keyring's backend, which reads os.environ directly."""

from __future__ import annotations

import contextlib
import os
import threading
from typing import TYPE_CHECKING

from credhelper import paths
from credhelper.error_catalog.logins import KEYRING_BUSY
from credhelper.error_catalog.paths import BUS_RELATIVE
from credhelper.system import path_variables

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_OVERRIDDEN_VARIABLES = ("PASSWORD_STORE_GPG_OPTS", "PATH", "DBUS_SESSION_BUS_ADDRESS", "XDG_CONFIG_HOME")
_LOCK = threading.RLock()  # all threads share os.environ
_LOCK_TIMEOUT = 3.0  # seconds to wait for another thread


def _reset_lock() -> None:
    """Replace the lock after a fork: the thread that held it does not exist in the child, and could not release it."""
    global _LOCK  # noqa: PLW0603
    _LOCK = threading.RLock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_reset_lock)


def session_bus_address(environ: Mapping[str, str]) -> str:
    """Return the address of the session bus: D-Bus's own variable, else systemd's socket; "" if there is none.

    Raises HelperError, "path-relative", for a socket below the working directory, which would receive the logins.
    """
    address_variable = environ.get("DBUS_SESSION_BUS_ADDRESS", "")
    for address in filter(_is_relative_socket, address_variable.split(";")):
        raise BUS_RELATIVE.error(setting="DBUS_SESSION_BUS_ADDRESS", value=ascii(address))
    runtime_directory = environ.get("XDG_RUNTIME_DIR", "")
    default_path = f"{runtime_directory}/bus"
    return address_variable or (
        f"unix:path={default_path}" if os.path.isabs(runtime_directory) and os.path.exists(default_path) else ""
    )


def _is_relative_socket(address: str) -> bool:
    transport, _, options = address.partition(":")
    options_by_name = [option for option in options.split(",") if option.startswith("path=")]
    # In an address of D-Bus, any character may be written as %xx.
    return transport == "unix" and not all(
        option.startswith(("path=/", "path=%2f", "path=%2F")) for option in options_by_name
    )


@contextlib.contextmanager
def isolated_environ(name: str, environ: Mapping[str, str]) -> Iterator[None]:
    """Adapt os.environ for the keyring `name` while its backend is used, and restore it afterwards.

    Raises HelperError, "keyring-failed", if another thread still uses a backend after three seconds.
    """
    if not _LOCK.acquire(timeout=_LOCK_TIMEOUT):
        raise KEYRING_BUSY.error()
    try:
        saved_values = {
            variable: os.environ.get(variable) for variable in (*_OVERRIDDEN_VARIABLES, *_list_properties())
        }
        try:
            _override_variables(name, environ)
            with _silence_stderr() if name == "pass" else contextlib.nullcontext():
                yield
        finally:
            for variable, value in saved_values.items():
                _set_variable(variable, value)
    finally:
        _LOCK.release()


@contextlib.contextmanager
def _silence_stderr() -> Iterator[None]:
    """Discard standard error, where the backend for pass reports each password that does not exist."""
    with open(os.devnull, "w", encoding="utf-8") as devnull, contextlib.redirect_stderr(devnull):
        yield


def check_pass(environ: Mapping[str, str]) -> None:
    """Raise HelperError, "path-relative", if pass or gpg would read below the working directory."""
    for reader in ("password-store", "pass"):
        path_variables.check_variables(reader, environ)
    if paths.home_directory(environ) is None and not (environ.get("PASSWORD_STORE_DIR") and environ.get("GNUPGHOME")):
        raise path_variables.missing_home_error(environ, "pass and gpg store their files there")


def _list_properties() -> list[str]:
    return [name for name in os.environ if name.startswith("KEYRING_PROPERTY_")]


def _set_variable(variable: str, value: str | None) -> None:
    if value is None:
        os.environ.pop(variable, None)
    else:
        os.environ[variable] = value


def _override_variables(name: str, environ: Mapping[str, str]) -> None:
    for variable in _list_properties():
        _set_variable(variable, None)  # it could set any attribute of any backend
    if name == "pass":
        check_pass(environ)
        if not os.path.isabs(environ.get("XDG_CONFIG_HOME", "/")):
            _set_variable("XDG_CONFIG_HOME", None)  # the XDG specification: a relative path is ignored
        # Without a cached passphrase gpg fails instead of prompting; nor does it look for keys on the network.
        options = environ.get("PASSWORD_STORE_GPG_OPTS", "")
        os.environ["PASSWORD_STORE_GPG_OPTS"] = f"{options} --pinentry-mode=error --no-auto-key-locate"
        os.environ["PATH"] = paths.absolute_path_entries(environ)
    elif name in ("secret-service", "kwallet") and session_bus_address(environ):
        os.environ["DBUS_SESSION_BUS_ADDRESS"] = session_bus_address(environ)
