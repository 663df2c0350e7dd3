"""The index in the data folder: read by whoever looks for a login, changed by one process at a time."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

from credhelper import evidence, paths, private
from credhelper.errors import HelperError
from credhelper.host import canonical_host
from credhelper.logins import index, keyrings, lasting
from credhelper.logins.index import Index
from credhelper.logins.server import key_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

# What selects a keyring, beside what selects everything (evidence.py).
_VARIABLES = (
    *("XDG_DATA_HOME", "PYTHON_KEYRING_BACKEND", "DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR"),
    *("PASSWORD_STORE_DIR", "GNUPGHOME"),
)
_SUDO = "with sudo: use sudo -H"
_WAIT = 600.0  # seconds for another process that changes the index; a run ends before


class Ledger:
    """The index of whoever has the environment `environ`; `notes` are for the person. What raises, raises
    HelperError.
    """

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self.folder = paths.data_directory(environ)
        self.notes: list[str] = []

    def seen(self) -> Index | None:
        """Give the index, or None: what cannot be read may be asked for all the same, and the person is told."""
        if self.is_anothers():
            if self.folder and os.path.isdir(self.folder):
                self.notes = [f"the logins in {self.folder} are another user's, and not used"]
            return Index()
        try:
            return self.known()
        except HelperError as error:
            self.notes = [f"{error.message} [{error.id}]"]
            return None

    def known(self) -> Index | None:
        """Give the index, or None where there is none. Raises where it cannot be trusted."""
        if self.folder is None:
            return None
        try:
            return index.read(self.folder)
        except ValueError as error:
            path = f"{self.folder}/{index.NAME}"
            raise HelperError(
                "logins-unreadable",
                f"the list of logins {path} is not used: {error}",
                f"look at whose it is: ls -l {path}\nor move it away: each login is then asked for in the keyring, "
                "and the next docker login writes another list",
            ) from None

    def names_host_of(self, server: str) -> bool:
        """Whether the index names a login for the host of `server`, or for a part of it."""
        known = self.seen()
        return any(_host(form) == _host(server) for form in (known.forms() if known else ()))

    def facts(self) -> Sequence[bytes]:
        """Give the facts (evidence.py) on which it depends that there is no login for a server."""
        variables = [evidence.observe(b"variable", name.encode("ascii"), self._environ) for name in _VARIABLES]
        names = (index.NAME, keyrings.FILE_NAME) if self.folder else ()
        files = [os.fsencode(f"{self.folder}/{name}") for name in names]
        return [*(evidence.observe(b"file", path, self._environ) for path in files), *variables]

    def was_used(self) -> bool:
        """Whether a login was ever stored from this home."""
        if self.folder is None or self.is_anothers():
            return False
        try:
            return not private.is_missing(self.folder)
        except OSError:
            return True

    def is_anothers(self) -> bool:
        """Whether it is not ours. Root, with a user's HOME (sudo), has no logins there: they are the user's."""
        user = os.geteuid()
        # A folder that is not there yet would be made in the home.
        for path in filter(None, (self.folder, None if user else self._environ.get("HOME"))):
            with contextlib.suppress(OSError):
                return os.stat(path).st_uid != user
        return False

    def to_change(self) -> str:
        """Give the folder. Raises where it is not ours to change."""
        if self.folder is None:
            raise _unkept("neither XDG_DATA_HOME nor HOME gives a folder that begins with /", "set HOME")
        if self.is_anothers():
            raise _unkept(f"{self.folder} belongs to another user", f"look at it: ls -ld {self.folder}\n{_SUDO}")
        return self.folder

    @contextlib.contextmanager
    def turn(self) -> Iterator[Page]:
        """Be the only one who changes logins; the folder is made."""
        folder = self.to_change()
        try:
            lasting.make_folder(folder)
            with lasting.turn(f"{folder}/{index.NAME}", _WAIT):
                yield Page(folder, self.known())
        except OSError as error:
            why = error.strerror or type(error).__name__
            where = "" if why.startswith("/") else f"{self.folder}: "
            raise _unkept(f"{where}{why}", f"look at it: ls -ld {self.folder}\n{_SUDO}") from error


class Page:
    """The index while it is our turn: `known`, None where there is none."""

    def __init__(self, folder: str, known: Index | None) -> None:
        self._folder = folder
        self.known = known

    def write(self, known: Index) -> None:
        """Change it, if that is a change. Raises OSError."""
        if known != self.known:
            index.write(self._folder, known)
            self.known = known


def _host(server: str) -> str:
    return key_of(canonical_host(server.encode("ascii", "replace")))


def _unkept(why: str, fix: str) -> HelperError:
    return HelperError("login-unkept", f"the logins cannot be changed: {why}", fix)
