"""The stores behind the helpers: each kind is started once, and is empty for each test."""

from __future__ import annotations

import contextlib
import os
import shutil
from typing import TYPE_CHECKING, Callable

import pytest
import secretstorage

from tests.keyrings import gnome, pass_store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    # Takes the home of a test, and returns the variables that lead a helper to an empty store.
    PrepareStore = Callable[[Path], dict[str, str]]

FILE, PASS, SECRET_SERVICE = "file", "pass", "secret-service"


def list_available() -> set[str]:
    """Return the kinds of store that are available on this machine. Under CI, all must be."""
    available = {FILE: True, PASS: pass_store.IS_AVAILABLE, SECRET_SERVICE: gnome.IS_AVAILABLE}
    return {kind for kind, is_available in available.items() if is_available or os.environ.get("CI")}


@contextlib.contextmanager
def start_store(kind: str) -> Iterator[PrepareStore]:
    """Start a kind of store, and stop it at the end of the block."""
    with _STARTERS[kind]() as prepare_store:
        yield prepare_store


@contextlib.contextmanager
def _start_file() -> Iterator[PrepareStore]:
    """Start nothing: the private file is below the home of the test."""
    yield lambda _: {}


@contextlib.contextmanager
def _start_pass() -> Iterator[PrepareStore]:
    with pass_store.create_store() as password_store:

        def prepare_store(home: Path) -> dict[str, str]:
            directory = shutil.copytree(password_store.environment["PASSWORD_STORE_DIR"], home / "passwords")
            return {**password_store.environment, "PASSWORD_STORE_DIR": str(directory)}

        yield prepare_store


@contextlib.contextmanager
def _start_secret_service() -> Iterator[PrepareStore]:
    with gnome.start_unlocked() as service, pytest.MonkeyPatch.context() as patch:
        for name, value in service.environment.items():
            patch.setenv(name, value)
        with contextlib.closing(secretstorage.dbus_init()) as bus:

            def prepare_store(_: Path) -> dict[str, str]:
                for item in secretstorage.get_default_collection(bus).get_all_items():
                    item.delete()
                return service.environment

            yield prepare_store


_STARTERS = {FILE: _start_file, PASS: _start_pass, SECRET_SERVICE: _start_secret_service}
