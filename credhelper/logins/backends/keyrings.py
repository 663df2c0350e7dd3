"""The keyrings of one run: selects the one for new logins, and opens each only once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from credhelper.error_catalog.logins import KEYRING_NONE, LOGINS_OUT_OF_REACH
from credhelper.logins.backends import choice
from credhelper.logins.index import PRIVATE_FILE_NAME
from credhelper.system import private_dir

if TYPE_CHECKING:
    from collections.abc import Sequence

    from credhelper.logins.backends.keyring_store import KeyringLoginStore
    from credhelper.logins.index_store import LoginIndex
    from credhelper.system.context import Context

_FILE_PROTECTION = "only you and root can read it, and it is not encrypted"


class Keyrings:
    """The keyrings that the environment and the settings of `context` select, and those that the `index` names.

    Methods that fail raise HelperError.
    """

    def __init__(self, context: Context, index: LoginIndex) -> None:
        self._environ = context.environ
        self._settings = context.settings
        self._index = index
        self._progress = context.progress
        self._keyrings: dict[str, KeyringLoginStore] = {}

    def select(self) -> tuple[str, Sequence[str]]:
        """Return the keyring for a new login, and notes for the user.

        It is the configured one, else the one that the first login selected, else the best one of this machine.
        """
        name = choice.configured(self._settings, self._environ)
        if name:
            return name, ()
        contents = self._index.load_or_none()
        name = (contents.keyring if contents else "") or choice.detect(self._environ)
        if name != choice.FILE or self._settings.logins.key_file:
            return name, ()
        return name, [f"the login is stored in {self.describe(name)}: {_FILE_PROTECTION}"]

    def open(self, name: str) -> KeyringLoginStore:
        """Open the keyring `name`, if it is not open yet, and return it."""
        if name not in self._keyrings:
            try:
                # Imported lazily: importing keyring takes five times as long as starting the interpreter.
                from credhelper.logins.backends.keyring_store import open_keyring  # noqa: PLC0415
            except Exception as error:  # noqa: BLE001  (a library of the system may be missing)
                raise choice.loading_error(error) from None
            self._progress.step(f"opening {choice.display_name(name)}")
            self._keyrings[name] = open_keyring(name, self._settings, self._environ)
        return self._keyrings[name]

    def open_for_tokens(self, *, to_delete: bool = False) -> KeyringLoginStore:
        """Return the keyring for storing ECR tokens, or for deleting one.

        Tokens are stored in the private file only if it was configured explicitly.
        """
        name, _ = self.select()
        if not to_delete and name == choice.FILE and not choice.configured(self._settings, self._environ):
            raise KEYRING_NONE.error()
        return self.open(name)

    def select_default(self) -> str:
        """Return the keyring that is selected if there is no index."""
        return choice.configured(self._settings, self._environ) or choice.detect(self._environ)

    def is_known_empty(self) -> bool:
        """Return whether there is no login in the keyrings that are searched without an index."""
        return self.has_no_file() and choice.is_known_empty(self.select_default(), self._environ)

    def has_no_file(self) -> bool:
        """Return whether the private file is missing."""
        try:
            return self._index.directory is None or private_dir.is_missing(self._file_path())
        except OSError as error:
            raise LOGINS_OUT_OF_REACH.error(directory=str(self._index.directory), reason=str(error.strerror)) from error

    def describe(self, name: str) -> str:
        """Return the clause that names the place where a keyring stores logins.

        Raises HelperError if the private file has no directory, or another user's.
        """
        if name == choice.FILE:
            self._index.writable_directory()
        return f"{choice.display_name(name)}{f' {self._file_path()}' if name == choice.FILE else ''}"

    def _file_path(self) -> str:
        return f"{self._index.directory}/{PRIVATE_FILE_NAME}"
