"""Selecting a keyring by name.

The keyring library's own choice (get_keyring) is never used: it is the backend that any installed package registers
with a high priority, the one that keyringrc.cfg names, or plain text if D-Bus does not answer within a second.
"""

from __future__ import annotations

import os
import shutil
import sys
from glob import escape, glob
from typing import TYPE_CHECKING

from credhelper import paths
from credhelper.error_catalog.logins import KEYRING_CLASS_INVALID, KEYRING_NOT_LOADABLE
from credhelper.logins.backends.environment import check_pass, isolated_environ, session_bus_address
from credhelper.logins.server_forms import is_login_service
from credhelper.system import path_variables

if TYPE_CHECKING:
    from collections.abc import Mapping

    from credhelper.errors import HelperError
    from credhelper.settings.rules import Settings

ACCOUNT = "credhelper"  # the same for all: Windows keeps one account per name, and pass reads a "/" as a directory
FILE = "file"
# {kind: (its class, its name in messages)}. The first one that this machine has is the best; the file is for machines
# that have none of the others.
KINDS = {
    "secret-service": ("keyring.backends.SecretService.Keyring", "the desktop's keyring (Secret Service)"),
    "kwallet": ("keyring.backends.kwallet.DBusKeyring", "KWallet"),
    "macos": ("keyring.backends.macOS.Keyring", "the Keychain"),
    "windows": ("keyring.backends.Windows.WinVaultKeyring", "the Credential Manager"),
    "pass": ("keyring_pass.PasswordStoreBackend", "pass"),
    FILE: ("credhelper.logins.backends.file.Keyring", "the private file"),
}
_KIND_BY_CLASS = {class_name: kind for kind, (class_name, _) in KINDS.items()}


def backend_class_name(name: str) -> str:
    """Return the dotted class name of a kind; any other name is a class name already."""
    return KINDS[name][0] if name in KINDS else name


def display_name(name: str) -> str:
    """Return the name of a keyring for messages."""
    return KINDS[name][1] if name in KINDS else f"the keyring {name}"


def configured(settings: Settings, environ: Mapping[str, str]) -> str:
    """Return the keyring that the settings name, else the one of PYTHON_KEYRING_BACKEND; "" if neither is set.

    Raises HelperError, "keyring-missing".
    """
    if settings.logins.keyring:
        return _canonical_name(settings.logins.keyring)
    class_name = environ.get("PYTHON_KEYRING_BACKEND", "")
    if class_name and not (class_name.isascii() and all(part.isidentifier() for part in class_name.split("."))):
        raise KEYRING_CLASS_INVALID.error(name=class_name)
    return _canonical_name(class_name)


def detect(environ: Mapping[str, str]) -> str:
    """Return the best keyring of this machine: that of its desktop or system, else `pass`, else the private file.

    Raises HelperError, "keyring-missing", if the desktop's keyring should exist but does not answer: the user has not
    chosen to store logins in a file instead.
    """
    return next((kind for kind, is_available in _DETECTORS.items() if is_available(environ)), FILE)


def is_known_empty(name: str, environ: Mapping[str, str]) -> bool:
    """Return whether the keyring `name` can be listed, and contains no login of ours.

    The file counts as empty here, since the caller checks it.
    """
    if name == "secret-service":
        from credhelper.logins.backends import secret_service  # noqa: PLC0415  (D-Bus, which other keyrings do not need)

        with isolated_environ(name, environ):
            return not any(is_login_service(service) for service in secret_service.list_services(ACCOUNT))
    if name == "pass":
        check_pass(environ)
        password_files = glob(f"{escape(_password_store_directory(environ))}/python-keyring/credhelper-*")
        return not any(is_login_service(os.path.basename(path)) for path in password_files)
    return name == FILE


def loading_error(error: Exception) -> HelperError:
    """Return the HelperError for an installation that lacks a library of the keyring."""
    return KEYRING_NOT_LOADABLE.error(error=repr(error))


def _canonical_name(name: str) -> str:
    return _KIND_BY_CLASS.get(name, name)


def _has_secret_service(environ: Mapping[str, str]) -> bool:
    if not session_bus_address(environ):
        return False
    try:
        # Imported lazily: without a bus, D-Bus is not needed.
        from credhelper.logins.backends import secret_service  # noqa: PLC0415
    except Exception as error:  # noqa: BLE001  (a library of the system may be missing)
        raise loading_error(error) from None
    with isolated_environ("secret-service", environ):
        return secret_service.is_available()


def _has_kwallet(environ: Mapping[str, str]) -> bool:
    from credhelper.logins.backends import kwallet  # noqa: PLC0415

    if not session_bus_address(environ):
        return False
    with isolated_environ("kwallet", environ):
        return kwallet.is_available()


def _password_store_directory(environ: Mapping[str, str]) -> str:
    """Return the directory of pass; it need not exist."""
    return environ.get("PASSWORD_STORE_DIR") or paths.expand("~/.password-store", environ)


def _has_pass(environ: Mapping[str, str]) -> bool:
    """Return whether pass is set up, and its backend, a separate distribution, is installed.

    Raises HelperError, "path-relative", if that depends on the working directory.
    """
    directory = _password_store_directory(environ)
    if os.path.isabs(directory) and not os.path.exists(f"{directory}/.gpg-id"):
        return False
    if not shutil.which("pass", path=paths.absolute_path_entries(environ)):
        return False
    from importlib.util import find_spec  # noqa: PLC0415  (most machines have no pass)

    if find_spec("keyring_pass") is None:
        return False
    path_variables.check_variables("password-store", environ)
    return os.path.isabs(directory)  # without a home, there is no password store


_DETECTORS = {
    "secret-service": _has_secret_service,
    "kwallet": _has_kwallet,
    "macos": lambda _: sys.platform == "darwin",
    "windows": lambda _: sys.platform == "win32",
    "pass": _has_pass,
}
