"""The login index in the data directory: read without a lock, changed by one process at a time."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

from credhelper import fingerprint, paths
from credhelper.error_catalog.kind import UNKNOWN_ERROR
from credhelper.error_catalog.logins import LOGIN_UNKEPT, LOGIN_UNKEPT_BY_OTHER, LOGIN_WITHOUT_HOME, LOGINS_UNREADABLE
from credhelper.errors import HelperError
from credhelper.host import canonical_host
from credhelper.logins import index
from credhelper.logins.index import PRIVATE_FILE_NAME, IndexContents
from credhelper.logins.server_forms import equivalence_key
from credhelper.system import atomic, private_dir

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

# The variables that select a keyring, in addition to the selecting variables of fingerprint.py.
_VARIABLES = (
    *("XDG_DATA_HOME", "PYTHON_KEYRING_BACKEND", "DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR"),
    *("PASSWORD_STORE_DIR", "GNUPGHOME"),
)
_LOCK_TIMEOUT = 600.0  # seconds to wait for another process that changes the index; the run ends earlier


class LoginIndex:
    """The index that the environment `environ` selects; `notes` are messages for the user.

    Methods that fail raise HelperError.
    """

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self.directory = paths.data_directory(environ)
        self.notes: list[str] = []

    def load_or_none(self) -> IndexContents | None:
        """Return the index, or None if it is missing or unreadable: keyrings can be queried without it.

        `notes` reports an unreadable index. The index of another user counts as empty, and is reported too.
        """
        if self.belongs_to_other_user():
            if self.directory and os.path.isdir(self.directory):
                self.notes = [f"the logins in {self.directory} belong to another user, and are not used"]
            return IndexContents()
        try:
            return self.load()
        except HelperError as error:
            self.notes = [f"{error} [{error.id}]"]
            return None

    def load(self) -> IndexContents | None:
        """Return the index, or None if it is missing. Raises HelperError if it cannot be trusted."""
        if self.directory is None:
            return None
        try:
            return index.read(self.directory)
        except ValueError as error:
            path = f"{self.directory}/{index.FILE_NAME}"
            raise LOGINS_UNREADABLE.error(path=path, reason=str(error)) from None

    def has_login_on_host(self, server: str) -> bool:
        """Return whether the index lists a login for the host of `server`, or for a path on it."""
        contents = self.load_or_none()
        return any(_host_key(form) == _host_key(server) for form in (contents.list_forms() if contents else ()))

    def observe_dependencies(self) -> Sequence[bytes]:
        """Return the dependencies (fingerprint.py) of a negative answer ("no login stored")."""
        variables = [fingerprint.observe(b"variable", name.encode("ascii"), self._environ) for name in _VARIABLES]
        file_names = (index.FILE_NAME, PRIVATE_FILE_NAME) if self.directory else ()
        file_paths = [os.fsencode(f"{self.directory}/{name}") for name in file_names]
        return [*(fingerprint.observe(b"file", path, self._environ) for path in file_paths), *variables]

    def has_been_used(self) -> bool:
        """Return whether a login was ever stored with this home directory."""
        if self.directory is None or self.belongs_to_other_user():
            return False
        try:
            return not private_dir.is_missing(self.directory)
        except OSError:
            return True

    def belongs_to_other_user(self) -> bool:
        """Return whether the index belongs to another user.

        Root with a user's HOME (sudo) has no logins there: they are the user's.
        """
        uid = os.geteuid()
        # If the directory is missing, the owner of the home in which root would create it decides.
        for path in filter(None, (self.directory, None if uid else self._environ.get("HOME"))):
            with contextlib.suppress(OSError):
                return os.stat(path).st_uid != uid
        return False

    def writable_directory(self) -> str:
        """Return the directory. Raises HelperError if it is unknown or belongs to another user."""
        if self.directory is None:
            raise LOGIN_WITHOUT_HOME.error()
        if self.belongs_to_other_user():
            raise LOGIN_UNKEPT_BY_OTHER.error(directory=self.directory)
        return self.directory

    @contextlib.contextmanager
    def locked(self) -> Iterator[IndexEditor]:
        """Create the directory if it is missing, and hold the lock for changes of logins."""
        directory = self.writable_directory()
        try:
            private_dir.ensure(directory, levels=3)
            with atomic.exclusive(f"{directory}/{index.FILE_NAME}", _LOCK_TIMEOUT):
                yield IndexEditor(directory, self.load())
        except OSError as error:
            reason = error.strerror or UNKNOWN_ERROR
            prefix = "" if reason.startswith("/") else f"{directory}: "
            raise LOGIN_UNKEPT.error(reason=f"{prefix}{reason}", directory=directory) from error


class IndexEditor:
    """The index while its lock is held; `contents` is None if there is no index."""

    def __init__(self, directory: str, contents: IndexContents | None) -> None:
        self._directory = directory
        self.contents = contents

    def write(self, contents: IndexContents) -> None:
        """Write the index if `contents` differs from it. Raises OSError."""
        if contents != self.contents:
            index.write(self._directory, contents)
            self.contents = contents


def _host_key(server: str) -> str:
    return equivalence_key(canonical_host(server.encode("ascii", "replace")))
