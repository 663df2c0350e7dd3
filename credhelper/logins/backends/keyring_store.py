"""One keyring: a value per service, under one account; every failure is a HelperError."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Callable, TypeVar

from keyring.core import load_keyring
from keyring.errors import KeyringError, KeyringLocked

from credhelper import paths
from credhelper.error_catalog.logins import (
    GPG_FAILED,
    KEYRING_FAILED,
    KEYRING_KEPT_NOTHING,
    KEYRING_LOCKED,
    KEYRING_LOCKED_BY,
    KEYRING_UNUSABLE,
    PRIVATE_FILE_FAILED,
    PRIVATE_FILE_KEPT_NOTHING,
    PRIVATE_FILE_LOCKED,
    SECRET_SERVICE_NOT_SET_UP,
)
from credhelper.error_catalog.quoting import describe_type
from credhelper.errors import HelperError
from credhelper.logins.backends import choice
from credhelper.logins.backends.environment import isolated_environ
from credhelper.logins.index import PRIVATE_FILE_NAME
from credhelper.system import path_variables

if TYPE_CHECKING:
    from collections.abc import Mapping

    from keyring.backend import KeyringBackend

    from credhelper.settings.rules import Settings

T = TypeVar("T")

_GPG_FAILED = 2  # the exit status of gpg, which pass returns as its own


class KeyringLoginStore:
    """The keyring `name`: a kind of choice.py, or a class.

    Its error messages are repeated only if it is a kind: those of other backends may contain the value to be stored.
    """

    def __init__(self, name: str, backend: KeyringBackend, environ: Mapping[str, str]) -> None:
        self.name = name
        self._backend = backend
        self._environ = environ

    def require_usable(self, service: str) -> None:
        """Raise HelperError if the backend would prompt, or is not available."""
        self._refuse_to_prompt(service)
        if self.name == choice.FILE:
            self.get(service)  # the file may be encrypted with a key that is missing

    def get(self, service: str) -> str | None:
        """Return the value of a service, or None if there is none. Raises HelperError."""
        if not self._is_set_up(service):
            return None
        return self._call_backend("read", lambda: self._backend.get_password(service, choice.ACCOUNT))

    def set(self, service: str, value: str) -> None:
        """Store a value, and check that it was stored. Raises HelperError, after restoring the previous value."""
        self._refuse_to_prompt(service)
        previous_values = self._try_get(service)
        try:
            self._call_backend("written", lambda: self._backend.set_password(service, choice.ACCOUNT, value))
        except HelperError:
            with contextlib.suppress(HelperError):
                if self._try_get(service) == [value]:
                    return
            self._restore(service, previous_values)
            raise
        if self._try_get(service) not in ([value], []):
            self._restore(service, previous_values)
            kind = PRIVATE_FILE_KEPT_NOTHING if self.name == choice.FILE else KEYRING_KEPT_NOTHING
            raise kind.error(keyring=choice.display_name(self.name))

    def _try_get(self, service: str) -> list[str | None]:
        """Return [value], or [None] if there is no value; [] if pass cannot decrypt it.

        pass can store a value without the passphrase that reading needs.
        """
        try:
            return [self.get(service)]
        except HelperError as error:
            if error.id != "keyring-locked" or self.name != "pass":
                raise
            return []

    def _restore(self, service: str, previous_values: list[str | None]) -> None:
        value = previous_values[0] if previous_values else None
        with contextlib.suppress(HelperError):
            if previous_values and value is None:
                self.delete(service)
            elif value is not None and self._try_get(service) != [value]:
                self._call_backend("written", lambda: self._backend.set_password(service, choice.ACCOUNT, value))

    def delete(self, service: str) -> None:
        """Delete the value of a service, if there is one. Raises HelperError."""
        if not self._is_set_up(service):
            return
        try:
            self._call_backend("written", lambda: self._backend.delete_password(service, choice.ACCOUNT))
        except HelperError:
            # Each backend has its own way to report that there is no value.
            if self.get(service) is not None:
                raise

    def _refuse_to_prompt(self, service: str) -> None:
        if not self._is_set_up(service):
            raise SECRET_SERVICE_NOT_SET_UP.error()

    def _is_set_up(self, service: str) -> bool:
        """Return whether the user has set up the keyring, which is empty until then.

        Raises HelperError if the backend would prompt.
        """
        return self._call_backend("read", lambda: self._ask_backend_if_set_up(service))

    def _call_backend(self, verb: str, work: Callable[[], T]) -> T:
        try:
            with isolated_environ(self.name, self._environ):
                return work()
        except HelperError:
            raise
        except KeyringLocked as error:
            raise self._locked_error(self._message(error)) from None
        except BaseException as error:  # noqa: BLE001  (a backend may raise anything, and must not end the run)
            if self.name == "pass" and getattr(error, "returncode", 0) == _GPG_FAILED:
                raise self._locked_error(GPG_FAILED) from None
            kind = PRIVATE_FILE_FAILED if self.name == choice.FILE else KEYRING_FAILED
            reason = self._message(error) or describe_type(error)
            raise kind.error(keyring=choice.display_name(self.name), verb=verb, reason=reason) from None

    def _locked_error(self, reason: str) -> HelperError:
        locked = KEYRING_LOCKED_BY if reason else KEYRING_LOCKED
        kind = PRIVATE_FILE_LOCKED if self.name == choice.FILE else locked
        return kind.error(keyring=choice.display_name(self.name), reason=reason)

    def _message(self, error: BaseException) -> str:
        """Return an error's message; "" for a backend that is not a known kind: it may contain the value to store."""
        text = str(getattr(error, "strerror", None) or (error if isinstance(error, KeyringError) else ""))
        return text.partition("\n")[0] if self.name in choice.KINDS else ""

    def _ask_backend_if_set_up(self, service: str) -> bool:
        """Return whether the keyring is set up; True for backends that never prompt. Raises HelperError if it would."""
        if self.name == "secret-service":
            from credhelper.logins.backends import secret_service  # noqa: PLC0415  (D-Bus, which other keyrings do not need)

            return secret_service.is_set_up({"username": choice.ACCOUNT, "service": service})
        if self.name == "kwallet":
            from credhelper.logins.backends import kwallet  # noqa: PLC0415

            kwallet.require_unlocked()
        return True


def open_keyring(name: str, settings: Settings, environ: Mapping[str, str]) -> KeyringLoginStore:
    """Load the keyring `name`, and no other. Raises HelperError, "keyring-missing", if it cannot be used here."""
    try:
        with isolated_environ(name, environ):
            _prepare_backend(name)
            backend = load_keyring(choice.backend_class_name(name))
    except HelperError:
        raise
    except BaseException as error:  # noqa: BLE001  (loading a backend runs third-party code)
        reason = _describe_load_error(error)
        raise KEYRING_UNUSABLE.error(keyring=choice.display_name(name), reason=reason) from None
    if name == choice.FILE:
        directory = paths.data_directory(environ)
        backend.path = f"{directory}/{PRIVATE_FILE_NAME}" if directory else ""  # type: ignore[attr-defined]
        backend.key_file = _key_file_path(settings, environ)  # type: ignore[attr-defined]
    return KeyringLoginStore(name, backend, environ)


def _key_file_path(settings: Settings, environ: Mapping[str, str]) -> str:
    """Return the path of the key file; "" if none is set. Raises HelperError, "path-relative", without a home."""
    path = paths.expand(settings.logins.key_file, environ)
    if path.startswith("~"):
        raise path_variables.missing_home_error(environ, f"key_file is {path}")
    return path


def _prepare_backend(name: str) -> None:
    if name == "secret-service":
        from credhelper.logins.backends import secret_service  # noqa: PLC0415  (D-Bus, which other keyrings do not need)

        secret_service.require_available()  # its error is more specific than that of keyring
    elif name == "pass":
        from keyring_pass import PasswordStoreBackend  # noqa: PLC0415  (an extra that few installations have)

        PasswordStoreBackend.INI_OPTIONS = {}  # keyringrc.cfg could name a program to run


def _describe_load_error(error: BaseException) -> str:
    has_message = isinstance(error, (RuntimeError, ImportError))  # what keyring's own backends raise on loading
    return (str(error).partition("\n")[0].strip(". ") if has_message else "") or describe_type(error)
