"""Any sequence of store, get, erase and list equals the dictionary."""

from __future__ import annotations

from hypothesis import settings
from hypothesis.stateful import invariant

from tests.model.logins.machine import LIST, Dictionary
from tests.model.logins.places import OWN


class InAFile(Dictionary):
    """The private file, and this process."""

    @invariant()
    def everything_is_private(self) -> None:
        data = self.home.folder / ".local"
        assert not any(path.stat().st_mode & 0o077 for path in (data, *data.rglob("*")) if data.exists())

    @invariant()
    def all_are_listed(self) -> None:
        self.see(self.do(LIST))


class InAKeyring(Dictionary):
    """The tests' own keyring, and this process."""

    keyring = OWN


InAFile.TestCase.settings = settings(max_examples=30, stateful_step_count=30, report_multiple_bugs=False)
InAKeyring.TestCase.settings = InAFile.TestCase.settings
TestInAFile = InAFile.TestCase
TestInAKeyring = InAKeyring.TestCase
