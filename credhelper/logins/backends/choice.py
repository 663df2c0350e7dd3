"""Which keyring: chosen by name, and loaded by name.

keyring's own choice (get_keyring) is what any installed package registers with a high priority, what keyringrc.cfg
names, or, after a D-Bus that was silent for a second, plaintext. None of them is asked here.
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

ACCOUNT = "credhelper"  # one for all: Windows keeps one account of a name, and pass takes a "/" in it for a folder
FILE = "file"
# {kind: its class, what a person calls it}; the first that this machine has is the best, and the file is for those
# that have none.
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
    """Give the dotted name of the class of a kind, or of what is one already."""
    return KINDS[name][0] if name in KINDS else name


def display_name(name: str) -> str:
    """Give what a person calls a keyring."""
    return KINDS[name][1] if name in KINDS else f"the keyring {name}"


def configured(settings: Settings, environ: Mapping[str, str]) -> str:
    """Give the keyring that the settings name, or PYTHON_KEYRING_BACKEND; "" where neither does.

    Raises HelperError, "keyring-missing".
    """
    if settings.logins.keyring:
        return _canonical_name(settings.logins.keyring)
    class_name = environ.get("PYTHON_KEYRING_BACKEND", "")
    if class_name and not (class_name.isascii() and all(part.isidentifier() for part in class_name.split("."))):
        raise KEYRING_CLASS_INVALID.error(name=class_name)
    return _canonical_name(class_name)


def detect(environ: Mapping[str, str]) -> str:
    """Give the best keyring that this machine has: its desktop's, else `pass`, else our file, of which a person is
    told.

    Raises HelperError, "keyring-missing", where there should be a desktop's that does not answer: to keep the logins
    in a file instead would be no choice of anybody's.
    """
    return next((kind for kind, is_available in _DETECTORS.items() if is_available(environ)), FILE)


def is_known_empty(name: str, environ: Mapping[str, str]) -> bool:
    """Whether the keyring `name` is one that can tell that it has nothing of ours, and does. The file is looked at by
    whoever asks.
    """
    if name == "secret-service":
        from credhelper.logins.backends import secret_service  # noqa: PLC0415  (D-Bus, which others do without)

        with isolated_environ(name, environ):
            return not any(is_login_service(service) for service in secret_service.list_services(ACCOUNT))
    if name == "pass":
        check_pass(environ)
        password_files = glob(f"{escape(_password_store_directory(environ))}/python-keyring/credhelper-*")
        return not any(is_login_service(os.path.basename(path)) for path in password_files)
    return name == FILE


def loading_error(error: Exception) -> HelperError:
    """Give the HelperError for an installation that lacks what it needs."""
    return KEYRING_NOT_LOADABLE.error(error=repr(error))


def _canonical_name(name: str) -> str:
    return _KIND_BY_CLASS.get(name, name)


def _has_secret_service(environ: Mapping[str, str]) -> bool:
    if not session_bus_address(environ):
        return False
    try:
        # Without a bus nobody pays for D-Bus.
        from credhelper.logins.backends import secret_service  # noqa: PLC0415
    except Exception as error:  # noqa: BLE001  (it may lack a library of the system's)
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
    """Return the folder of pass; it need not exist."""
    return environ.get("PASSWORD_STORE_DIR") or paths.expand("~/.password-store", environ)


def _has_pass(environ: Mapping[str, str]) -> bool:
    """Whether pass is set up, and its backend, which is a distribution of its own, is installed.

    Raises HelperError, "path-relative", where that depends on the working directory.
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
