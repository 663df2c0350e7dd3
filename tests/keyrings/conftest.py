"""Fixtures of the tests of real stores. Tests of a store that this machine lacks are not collected, except under CI."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.keyrings import bus, disk, gnome, pass_store

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.keyrings.gnome import GnomeKeyring
    from tests.keyrings.pass_store import PassStore

_IS_AVAILABLE = {
    "test_secret_service.py": gnome.IS_AVAILABLE,
    "test_pass.py": pass_store.IS_AVAILABLE,
    "test_full_disk.py": disk.IS_AVAILABLE,
    "test_choice.py": bus.IS_AVAILABLE,
}
collect_ignore = [name for name, is_available in _IS_AVAILABLE.items() if not is_available and not os.environ.get("CI")]


@pytest.fixture
def desktop(monkeypatch: pytest.MonkeyPatch) -> Iterator[GnomeKeyring]:
    """Yield a session with an unlocked keyring, and a prompter that only sleeps."""
    with gnome.start_unlocked(prompter=True) as keyring:
        _set_environment(keyring.environment, monkeypatch)
        yield keyring


@pytest.fixture
def password_store(monkeypatch: pytest.MonkeyPatch) -> Iterator[PassStore]:
    """Yield a password store whose key has a passphrase that has not been given."""
    with pass_store.create_store("of the key") as store:
        _set_environment(store.environment, monkeypatch)
        yield store


def _set_environment(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
