"""One keyring, as we use it: a blob for a service, under one account; every failure one HelperError."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Callable, TypeVar

from keyring.core import load_keyring
from keyring.errors import KeyringError, KeyringLocked

from credhelper import path_variables, paths
from credhelper.errors import HelperError
from credhelper.logins import keyrings
from credhelper.logins.surroundings import NotSetUpError, apart

if TYPE_CHECKING:
    from collections.abc import Mapping

    from keyring.backend import KeyringBackend

    from credhelper.settings import Settings

T = TypeVar("T")

_GPG_FAILED = 2  # the exit status of gpg, which pass passes on


class Vault:
    """The keyring `name` (a kind of keyrings.py, or a class). What it raises is not repeated, but of those that we
    know: it may hold what was to be kept.
    """

    def __init__(self, name: str, backend: KeyringBackend, environ: Mapping[str, str]) -> None:
        self.name = name
        self._backend = backend
        self._environ = environ

    def check(self, service: str) -> None:
        """Raise HelperError where a person would have to be asked, or where nobody is there to ask."""
        self._prompts_nobody(service)
        if self.name == keyrings.FILE:
            self.get(service)  # it may be locked, by a key that is lost

    def get(self, service: str) -> str | None:
        """Give the blob of a service, or None. Raises HelperError."""
        try:
            self._prompts_nobody(service)
        except NotSetUpError:
            return None
        return self._do("read", lambda: self._backend.get_password(service, keyrings.ACCOUNT))

    def put(self, service: str, blob: str) -> None:
        """Keep a blob, and see that it was kept. Raises HelperError; what was there before is then put back."""
        self._prompts_nobody(service)
        before = self._seen(service)
        try:
            self._do("written", lambda: self._backend.set_password(service, keyrings.ACCOUNT, blob))
        except HelperError:
            with contextlib.suppress(HelperError):
                if self._seen(service) == [blob]:
                    return
            self._put_back(service, before)
            raise
        if self._seen(service) not in ([blob], []):
            self._put_back(service, before)
            raise self._failed("did not keep what it was given", "it may have a limit of length, or keep nothing")

    def _seen(self, service: str) -> list[str | None]:
        """Give what there is, if it can be read: pass can be written without the passphrase."""
        try:
            return [self.get(service)]
        except HelperError as error:
            if error.id != "keyring-locked" or self.name != "pass":
                raise
            return []

    def _put_back(self, service: str, before: list[str | None]) -> None:
        blob = before[0] if before else None
        with contextlib.suppress(HelperError):
            if before and blob is None:
                self.drop(service)
            elif blob is not None and self._seen(service) != [blob]:
                self._do("written", lambda: self._backend.set_password(service, keyrings.ACCOUNT, blob))

    def drop(self, service: str) -> None:
        """Forget the blob of a service, if there is one. Raises HelperError."""
        try:
            self._prompts_nobody(service)
        except NotSetUpError:
            return
        try:
            self._do("written", lambda: self._backend.delete_password(service, keyrings.ACCOUNT))
        except HelperError:
            # Backends say in as many ways that there is none.
            if self.get(service) is not None:
                raise

    def _prompts_nobody(self, service: str) -> None:
        self._do("read", lambda: self._check(service))

    def _do(self, verb: str, work: Callable[[], T]) -> T:
        try:
            with apart(self.name, self._environ):
                return work()
        except HelperError:
            raise
        except KeyringLocked as error:
            raise self._locked(self._told(error)) from None
        except BaseException as error:  # noqa: BLE001  (backends raise what they like, and none of it may end a run)
            if self.name == "pass" and getattr(error, "returncode", 0) == _GPG_FAILED:
                raise self._locked("gpg cannot read it without asking for a passphrase, or it is damaged") from None
            what = f"could not be {verb}: {self._told(error) or type(error).__name__}"
            fix = "restore the file from a backup, or move it away and log in again"
            fix = fix if self.name == keyrings.FILE else "look at what it says, and at its service"
            raise self._failed(what, fix) from None

    def _locked(self, why: str) -> HelperError:
        said = f" ({why})" if why else ""
        message = f"{keyrings.called(self.name)} is locked{said}"
        fix = "put back the key that key_file names; without it, move the file away and log in again"
        fix = fix if self.name == keyrings.FILE else "unlock it"
        return HelperError("keyring-locked", message, _another(fix, self.name))

    def _failed(self, what: str, fix: str) -> HelperError:
        return HelperError("keyring-failed", f"{keyrings.called(self.name)} {what}", _another(fix, self.name))

    def _told(self, error: BaseException) -> str:
        """Give what an error says, of a backend that we know; another may repeat what it was given."""
        text = str(getattr(error, "strerror", None) or (error if isinstance(error, KeyringError) else ""))
        return text.partition("\n")[0] if self.name in keyrings.KINDS else ""

    def _check(self, service: str) -> None:
        """Raise where the backend would ask a person. What asks nobody has nothing to be checked."""
        if self.name == "secret-service":
            from credhelper.logins import secret_service  # noqa: PLC0415  (D-Bus, which others do without)

            secret_service.check({"username": keyrings.ACCOUNT, "service": service})
        elif self.name == "kwallet":
            from credhelper.logins import kwallet  # noqa: PLC0415

            kwallet.check()


def open_vault(name: str, settings: Settings, environ: Mapping[str, str]) -> Vault:
    """Load a keyring by its name, and no other. Raises HelperError, "keyring-missing", where it cannot be had here."""
    try:
        with apart(name, environ):
            _make_ready(name)
            backend = load_keyring(keyrings.class_of(name))
    except HelperError:
        raise
    except BaseException as error:  # noqa: BLE001  (loading it runs code of others)
        raise HelperError(
            "keyring-missing",
            f"{keyrings.called(name)} cannot be used here: {_why(error)}",
            _another("install or start what it names", name),
        ) from None
    if name == keyrings.FILE:
        folder = paths.data_directory(environ)
        backend.path = f"{folder}/{keyrings.FILE_NAME}" if folder else ""  # type: ignore[attr-defined]
        backend.key_file = _key_file(settings, environ)  # type: ignore[attr-defined]
    return Vault(name, backend, environ)


def _key_file(settings: Settings, environ: Mapping[str, str]) -> str:
    """Return the path of the key, "" for none. Raises HelperError, "path-relative", without an absolute home."""
    path = paths.expand(settings.keeping.key_file, environ)
    if path.startswith("~"):
        raise path_variables.no_home(environ, f"key_file is {path}")
    return path


def _make_ready(name: str) -> None:
    if name == "secret-service":
        from credhelper.logins import secret_service  # noqa: PLC0415  (D-Bus, which others do without)

        secret_service.reach()  # it says more than keyring does
    elif name == "pass":
        from keyring_pass import PasswordStoreBackend  # noqa: PLC0415  (an extra, which few have)

        PasswordStoreBackend.INI_OPTIONS = {}  # keyringrc.cfg would name a program that is run


def _why(error: BaseException) -> str:
    told = isinstance(error, (RuntimeError, ImportError))  # what keyring's own say when they are loaded
    return (str(error).partition("\n")[0].strip(". ") if told else "") or type(error).__name__


def _another(first: str, name: str) -> str:
    if name == keyrings.FILE:
        return first
    return f'{first}\nor name another keyring: keyring = "file" in [logins] of the settings'
