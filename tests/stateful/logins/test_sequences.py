"""Any sequence of store, get, erase and list equals the dictionary."""

from __future__ import annotations

from hypothesis import settings
from hypothesis.stateful import invariant

from tests.stateful.logins.homes import OWN_KEYRING
from tests.stateful.logins.machine import LIST, LoginMachine


class FileMachine(LoginMachine):
    """The private file, and this process."""

    @invariant()
    def check_privacy(self) -> None:
        data = self.home.directory / ".local"
        assert not any(path.stat().st_mode & 0o077 for path in (data, *data.rglob("*")) if data.exists())

    @invariant()
    def check_list(self) -> None:
        self.check_history(self.execute(LIST))


class KeyringMachine(LoginMachine):
    """The tests' own keyring, and this process."""

    keyring = OWN_KEYRING


FileMachine.TestCase.settings = settings(max_examples=30, stateful_step_count=30, report_multiple_bugs=False)
KeyringMachine.TestCase.settings = FileMachine.TestCase.settings
TestFile = FileMachine.TestCase
TestKeyring = KeyringMachine.TestCase
