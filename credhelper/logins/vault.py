"""One keyring, as we use it: a blob for a service, under one account; every failure one HelperError."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING, Callable, TypeVar

from keyring.core import load_keyring
from keyring.errors import KeyringError, KeyringLocked, PasswordDeleteError

from credhelper import paths
from credhelper.errors import HelperError
from credhelper.logins import keyrings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from keyring.backend import KeyringBackend

    from credhelper.settings import Settings

T = TypeVar("T")

_ASK_NOBODY = " --batch --no-tty --pinentry-mode=error"
ACCOUNT = "credhelper"  # one for all: Windows keeps one account of a name, and pass takes a "/" in it for a folder


class Vault:
    """The keyring `name` (a kind of keyrings.py, or a class). What it raises is not repeated, but of those that we
    know: it may hold what was to be kept.
    """

    def __init__(self, name: str, backend: KeyringBackend) -> None:
        self.name = name
        self._backend = backend

    def get(self, service: str) -> str | None:
        """Give the blob of a service, or None. Raises HelperError."""
        return self._do("read", service, lambda: self._backend.get_password(service, ACCOUNT))

    def put(self, service: str, blob: str) -> None:
        """Keep a blob, and see that it was kept. Raises HelperError."""
        self._do("written", service, lambda: self._backend.set_password(service, ACCOUNT, blob))
        if self.get(service) != blob:
            raise HelperError(
                "keyring-failed",
                f"{keyrings.called(self.name)} did not keep what it was given",
                _another("it may have a limit of length, or keep nothing at all"),
            )

    def drop(self, service: str) -> None:
        """Forget the blob of a service, if there is one. Raises HelperError."""

        def forget() -> None:
            # Some raise where there is none, and some where it could not be done.
            with contextlib.suppress(PasswordDeleteError):
                self._backend.delete_password(service, ACCOUNT)

        if self.get(service) is None:
            return
        self._do("written", service, forget)
        if self.get(service) is not None:
            raise HelperError(
                "keyring-failed", f"{keyrings.called(self.name)} did not forget what it was told to", _another("")
            )

    def _do(self, verb: str, service: str, work: Callable[[], T]) -> T:
        try:
            with _quiet():
                self._check(service)
                return work()
        except (HelperError, KeyboardInterrupt):
            raise
        except KeyringLocked as error:
            raise HelperError(
                "keyring-locked", f"{keyrings.called(self.name)} is locked{self._told(error)}", _UNLOCK
            ) from None
        except BaseException as error:  # noqa: BLE001  (backends raise what they like, and none of it may end a run)
            raise HelperError(
                "keyring-failed",
                f"{keyrings.called(self.name)} could not be {verb}: {type(error).__name__}{self._told(error)}",
                _another("look at what it says, and at its service"),
            ) from None

    def _told(self, error: BaseException) -> str:
        """Give what an error says, of a backend that we know; another may repeat what it was given."""
        text = str(getattr(error, "strerror", None) or (error if isinstance(error, KeyringError) else ""))
        return f" ({text.partition(chr(10))[0]})" if text and self.name in keyrings.KINDS else ""

    def _check(self, service: str) -> None:
        """Raise where the backend would ask a person. What asks nobody has nothing to be checked."""
        if self.name == "secret-service":
            from credhelper.logins import secret_service  # noqa: PLC0415  (D-Bus, which others do without)

            collection = getattr(self._backend, "preferred_collection", "")
            secret_service.check({"username": ACCOUNT, "service": service}, collection)
        elif self.name == "kwallet":
            from credhelper.logins import kwallet  # noqa: PLC0415

            kwallet.check()


def open_vault(name: str, settings: Settings, environ: Mapping[str, str]) -> Vault:
    """Load a keyring by its name, and no other. Raises HelperError, "keyring-missing", where it cannot be had here."""
    try:
        with _quiet():
            _prepare(name, environ)
            backend = load_keyring(keyrings.class_of(name))
    except Exception as error:  # noqa: BLE001  (loading it runs code of others)
        raise HelperError(
            "keyring-missing",
            f"{keyrings.called(name)} cannot be used here: {_why(error)}",
            _another("install or start what it names"),
        ) from None
    if name == keyrings.FILE:
        backend.path = f"{paths.data_folder(environ)}/logins"  # type: ignore[attr-defined]
        backend.key_file = paths.expand(settings.keeping.key_file, environ)  # type: ignore[attr-defined]
    return Vault(name, backend)


def _prepare(name: str, environ: Mapping[str, str]) -> None:
    """Say to other programs' libraries, which look at the environment of this process alone, what they cannot know."""
    if name == "pass":
        # With a passphrase that is not at hand gpg fails, and asks nobody.
        options = environ.get("PASSWORD_STORE_GPG_OPTS", "").replace(_ASK_NOBODY, "")
        os.environ["PASSWORD_STORE_GPG_OPTS"] = f"{options}{_ASK_NOBODY}"
    elif name in ("secret-service", "kwallet") and keyrings.bus(environ):
        os.environ["DBUS_SESSION_BUS_ADDRESS"] = keyrings.bus(environ)


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """The backend for pass says on standard error what is no news to us: that there is no such password."""
    with open(os.devnull, "w", encoding="utf-8") as nothing, contextlib.redirect_stderr(nothing):
        yield


def _why(error: Exception) -> str:
    text = str(error).partition("\n")[0].strip(". ")
    return text if text and isinstance(error, (RuntimeError, ImportError)) else type(error).__name__


def _another(first: str) -> str:
    return "\n".join(filter(None, (first, 'or name another keyring: keyring = "file" in [logins] of the settings')))


_UNLOCK = _another("unlock it, or set what it lacks")
