"""What is behind the helpers: each kind of store is started once, and empty for each test."""

from __future__ import annotations

import contextlib
import os
import shutil
from typing import TYPE_CHECKING, Callable

import pytest
import secretstorage

from tests.stores import gnome, passwords

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    # Gives the variables by which a helper finds an empty store, to a test with this home.
    Empty = Callable[[Path], dict[str, str]]

FILE, PASS, SECRET_SERVICE = "file", "pass", "secret-service"


def are_here() -> set[str]:
    """Give the kinds that this machine can have. CI's machine can have each."""
    found = {FILE: True, PASS: passwords.HERE, SECRET_SERVICE: gnome.HERE}
    return {kind for kind, here in found.items() if here or os.environ.get("CI")}


@contextlib.contextmanager
def started(kind: str) -> Iterator[Empty]:
    """Start a kind of store, and end it with the block."""
    with _STARTS[kind]() as empty:
        yield empty


@contextlib.contextmanager
def _file() -> Iterator[Empty]:
    """The private file is below the home."""
    yield lambda _: {}


@contextlib.contextmanager
def _pass() -> Iterator[Empty]:
    with passwords.store() as made:

        def empty(home: Path) -> dict[str, str]:
            folder = shutil.copytree(made.environment["PASSWORD_STORE_DIR"], home / "passwords")
            return {**made.environment, "PASSWORD_STORE_DIR": str(folder)}

        yield empty


@contextlib.contextmanager
def _secret_service() -> Iterator[Empty]:
    with gnome.unlocked() as running, pytest.MonkeyPatch.context() as patch:
        for name, value in running.environment.items():
            patch.setenv(name, value)
        with contextlib.closing(secretstorage.dbus_init()) as bus:

            def empty(_: Path) -> dict[str, str]:
                for item in secretstorage.get_default_collection(bus).get_all_items():
                    item.delete()
                return running.environment

            yield empty


_STARTS = {FILE: _file, PASS: _pass, SECRET_SERVICE: _secret_service}
