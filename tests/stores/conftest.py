"""What the tests of real stores share. Those of a store that this machine lacks are not there; under CI they are."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.stores import bus, disk, gnome, passwords

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.stores.gnome import Gnome
    from tests.stores.passwords import Passwords

_NEEDED = {
    "test_secret_service.py": gnome.HERE,
    "test_pass.py": passwords.HERE,
    "test_full_disk.py": disk.HERE,
    "test_choice.py": bus.HERE,
}
collect_ignore = [name for name, here in _NEEDED.items() if not here and not os.environ.get("CI")]


@pytest.fixture
def desktop(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gnome]:
    """A session with a keyring that is unlocked, and a prompter that sleeps."""
    with gnome.unlocked(prompter=True) as running:
        _enter(running.environment, monkeypatch)
        yield running


@pytest.fixture
def password_store(monkeypatch: pytest.MonkeyPatch) -> Iterator[Passwords]:
    """A password store whose key has a passphrase, which nobody has given."""
    with passwords.store("of the key") as store:
        _enter(store.environment, monkeypatch)
        yield store


def _enter(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
