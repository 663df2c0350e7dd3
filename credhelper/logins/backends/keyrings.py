"""The keyrings of one run: which is chosen for what is new, and each opened once."""

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
    """The keyrings that the environment and the settings of `context` give, and that the `index` names. Methods that
    raise raise HelperError.
    """

    def __init__(self, context: Context, index: LoginIndex) -> None:
        self._environ = context.environ
        self._settings = context.settings
        self._index = index
        self._progress = context.progress
        self._keyrings: dict[str, KeyringLoginStore] = {}

    def select(self) -> tuple[str, Sequence[str]]:
        """Give the keyring for a new login: what is said, else what the first login chose, else the best; and notes."""
        name = choice.configured(self._settings, self._environ)
        if name:
            return name, ()
        contents = self._index.load_or_none()
        name = (contents.keyring if contents else "") or choice.detect(self._environ)
        if name != choice.FILE or self._settings.logins.key_file:
            return name, ()
        return name, [f"the login is stored in {self.describe(name)}: {_FILE_PROTECTION}"]

    def open(self, name: str) -> KeyringLoginStore:
        """Give a keyring, opened."""
        if name not in self._keyrings:
            try:
                # keyring costs five starts of an interpreter: who has no login does without.
                from credhelper.logins.backends.keyring_store import open_keyring  # noqa: PLC0415
            except Exception as error:  # noqa: BLE001  (it may lack a library of the system's)
                raise choice.loading_error(error) from None
            self._progress.step(f"opening {choice.display_name(name)}")
            self._keyrings[name] = open_keyring(name, self._settings, self._environ)
        return self._keyrings[name]

    def open_for_tokens(self, *, to_delete: bool = False) -> KeyringLoginStore:
        """Give the keyring for what is no login, or for dropping it. Our file is none, but where somebody says so."""
        name, _ = self.select()
        if not to_delete and name == choice.FILE and not choice.configured(self._settings, self._environ):
            raise KEYRING_NONE.error()
        return self.open(name)

    def select_default(self) -> str:
        """Give the keyring that is chosen where nothing is remembered."""
        return choice.configured(self._settings, self._environ) or choice.detect(self._environ)

    def is_known_empty(self) -> bool:
        """Whether no login is where one would be looked for without an index."""
        return self.has_no_file() and choice.is_known_empty(self.select_default(), self._environ)

    def has_no_file(self) -> bool:
        """Whether our file is not there."""
        try:
            return self._index.directory is None or private_dir.is_missing(self._file_path())
        except OSError as error:
            raise LOGINS_OUT_OF_REACH.error(directory=str(self._index.directory), reason=str(error.strerror)) from error

    def describe(self, name: str) -> str:
        """Give the clause that tells where a keyring keeps what it is given. Raises where it has no place."""
        if name == choice.FILE:
            self._index.writable_directory()
        return f"{choice.display_name(name)}{f' {self._file_path()}' if name == choice.FILE else ''}"

    def _file_path(self) -> str:
        return f"{self._index.directory}/{PRIVATE_FILE_NAME}"
