"""The keyrings of one run: which is chosen for what is new, and each opened once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from credhelper import private
from credhelper.errors import HelperError
from credhelper.logins import keyrings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from credhelper.logins.ledger import Ledger
    from credhelper.logins.vault import Vault
    from credhelper.settings import Settings
    from credhelper.watch import Progress

_PROTECTS = "only you and root can read it, and it is not encrypted (docs/logins.md)"


class Ring:
    """The keyrings that the environment `environ` and `settings` give, and that the `ledger` remembers. What raises,
    raises HelperError.
    """

    def __init__(self, environ: Mapping[str, str], settings: Settings, ledger: Ledger, watch: Progress) -> None:
        self._environ = environ
        self._settings = settings
        self._ledger = ledger
        self._watch = watch
        self._vaults: dict[str, Vault] = {}

    def chosen(self) -> tuple[str, Sequence[str]]:
        """Give the keyring for a new login: what is said, else what the first login chose, else the best; and notes."""
        name = keyrings.said(self._settings, self._environ)
        if name:
            return name, ()
        known = self._ledger.seen()
        name = (known.keyring if known else "") or keyrings.best(self._environ)
        if name != keyrings.FILE or self._settings.keeping.key_file:
            return name, ()
        return name, [f"the login is kept in {self.where(name)}: {_PROTECTS}"]

    def vault(self, name: str) -> Vault:
        """Give a keyring, opened."""
        if name not in self._vaults:
            try:
                # keyring costs five starts of an interpreter: who has no login does without.
                from credhelper.logins.vault import open_vault  # noqa: PLC0415
            except Exception as error:  # noqa: BLE001  (it may lack a library of the system's)
                raise keyrings.unloadable(error) from None
            self._watch.step(f"opening {keyrings.called(name)}")
            self._vaults[name] = open_vault(name, self._settings, self._environ)
        return self._vaults[name]

    def for_tokens(self, *, to_drop: bool = False) -> Vault:
        """Give the keyring for what is no login, or for dropping it. Our file is none, but where somebody says so."""
        name, _ = self.chosen()
        if not to_drop and name == keyrings.FILE and not keyrings.said(self._settings, self._environ):
            raise HelperError(
                "keyring-missing", "this machine has no keyring", 'start one, or say keyring = "file" in [logins]'
            )
        return self.vault(name)

    def preferred(self) -> str:
        """Give the keyring that is chosen where nothing is remembered."""
        return keyrings.said(self._settings, self._environ) or keyrings.best(self._environ)

    def is_surely_empty(self) -> bool:
        """Whether no login is where one would be looked for without an index."""
        return self.lacks_file() and keyrings.is_surely_empty(self.preferred(), self._environ)

    def lacks_file(self) -> bool:
        """Whether our file is not there."""
        try:
            return self._ledger.folder is None or private.is_missing(self._path())
        except OSError as error:
            raise HelperError(
                "logins-unreadable",
                f"{self._ledger.folder} cannot be looked at: {error.strerror}",
                f"look at whose it is: ls -ld {self._ledger.folder}",
            ) from error

    def where(self, name: str) -> str:
        """Give the clause that tells where a keyring keeps what it is given. Raises where it has no place."""
        if name == keyrings.FILE:
            self._ledger.to_change()
        return f"{keyrings.called(name)}{f' {self._path()}' if name == keyrings.FILE else ''}"

    def _path(self) -> str:
        return f"{self._ledger.folder}/{keyrings.FILE_NAME}"
