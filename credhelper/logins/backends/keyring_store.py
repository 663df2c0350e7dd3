"""One keyring, as we use it: a blob for a service, under one account; every failure one HelperError."""

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

_GPG_FAILED = 2  # the exit status of gpg, which pass passes on


class KeyringLoginStore:
    """The keyring `name` (a kind of choice.py, or a class). What it raises is not repeated, but of those that we
    know: it may hold what was to be kept.
    """

    def __init__(self, name: str, backend: KeyringBackend, environ: Mapping[str, str]) -> None:
        self.name = name
        self._backend = backend
        self._environ = environ

    def require_usable(self, service: str) -> None:
        """Raise HelperError where a person would have to be asked, or where nobody is there to ask."""
        self._refuse_to_prompt(service)
        if self.name == choice.FILE:
            self.get(service)  # it may be locked, by a key that is lost

    def get(self, service: str) -> str | None:
        """Give the blob of a service, or None. Raises HelperError."""
        if not self._is_set_up(service):
            return None
        return self._call_backend("read", lambda: self._backend.get_password(service, choice.ACCOUNT))

    def set(self, service: str, value: str) -> None:
        """Keep a blob, and see that it was kept. Raises HelperError; what was there before is then put back."""
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
        """Give what there is, if it can be read: pass can be written without the passphrase."""
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
        """Forget the blob of a service, if there is one. Raises HelperError."""
        if not self._is_set_up(service):
            return
        try:
            self._call_backend("written", lambda: self._backend.delete_password(service, choice.ACCOUNT))
        except HelperError:
            # Backends say in as many ways that there is none.
            if self.get(service) is not None:
                raise

    def _refuse_to_prompt(self, service: str) -> None:
        if not self._is_set_up(service):
            raise SECRET_SERVICE_NOT_SET_UP.error()

    def _is_set_up(self, service: str) -> bool:
        """Return whether a person has set the keyring up; until then nothing is in it. Raises HelperError where a
        person would have to be asked.
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
        except BaseException as error:  # noqa: BLE001  (backends raise what they like, and none of it may end a run)
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
        """Give what an error says, of a backend that we know; another may repeat what it was given."""
        text = str(getattr(error, "strerror", None) or (error if isinstance(error, KeyringError) else ""))
        return text.partition("\n")[0] if self.name in choice.KINDS else ""

    def _ask_backend_if_set_up(self, service: str) -> bool:
        """Raise where the backend would ask a person. What asks nobody has nothing to be checked."""
        if self.name == "secret-service":
            from credhelper.logins.backends import secret_service  # noqa: PLC0415  (D-Bus, which others do without)

            return secret_service.is_set_up({"username": choice.ACCOUNT, "service": service})
        if self.name == "kwallet":
            from credhelper.logins.backends import kwallet  # noqa: PLC0415

            kwallet.require_unlocked()
        return True


def open_keyring(name: str, settings: Settings, environ: Mapping[str, str]) -> KeyringLoginStore:
    """Load a keyring by its name, and no other. Raises HelperError, "keyring-missing", where it cannot be had here."""
    try:
        with isolated_environ(name, environ):
            _prepare_backend(name)
            backend = load_keyring(choice.backend_class_name(name))
    except HelperError:
        raise
    except BaseException as error:  # noqa: BLE001  (loading it runs code of others)
        reason = _describe_load_error(error)
        raise KEYRING_UNUSABLE.error(keyring=choice.display_name(name), reason=reason) from None
    if name == choice.FILE:
        directory = paths.data_directory(environ)
        backend.path = f"{directory}/{PRIVATE_FILE_NAME}" if directory else ""  # type: ignore[attr-defined]
        backend.key_file = _key_file_path(settings, environ)  # type: ignore[attr-defined]
    return KeyringLoginStore(name, backend, environ)


def _key_file_path(settings: Settings, environ: Mapping[str, str]) -> str:
    """Return the path of the key, "" for none. Raises HelperError, "path-relative", without an absolute home."""
    path = paths.expand(settings.logins.key_file, environ)
    if path.startswith("~"):
        raise path_variables.missing_home_error(environ, f"key_file is {path}")
    return path


def _prepare_backend(name: str) -> None:
    if name == "secret-service":
        from credhelper.logins.backends import secret_service  # noqa: PLC0415  (D-Bus, which others do without)

        secret_service.require_available()  # it says more than keyring does
    elif name == "pass":
        from keyring_pass import PasswordStoreBackend  # noqa: PLC0415  (an extra, which few have)

        PasswordStoreBackend.INI_OPTIONS = {}  # keyringrc.cfg would name a program that is run


def _describe_load_error(error: BaseException) -> str:
    has_message = isinstance(error, (RuntimeError, ImportError))  # what keyring's own say when they are loaded
    return (str(error).partition("\n")[0].strip(". ") if has_message else "") or describe_type(error)
