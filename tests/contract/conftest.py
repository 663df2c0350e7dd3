"""Fixtures of the contract tests."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.contract.checkout import Checkout
from tests.contract.rules import SECRET

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def endless_stdin() -> Iterator[int]:
    """Yield a standard input that never ends, like a terminal's."""
    read_end, write_end = os.pipe()
    yield read_end
    os.close(read_end)
    os.close(write_end)


@pytest.fixture
def config(home: Path) -> Path:
    """Return the path of the user's settings file, which a test writes."""
    path = home / ".config" / "credhelper" / "config.toml"
    path.parent.mkdir(parents=True)
    return path


@pytest.fixture
def profiles(home: Path) -> Path:
    """Return AWS's config file, with the profiles "one" and "two", which have keys, and "none", which has no keys."""
    path = home / ".aws" / "config"
    path.parent.mkdir()
    keys = "[profile {0}]\naws_access_key_id = AKIA{1}\naws_secret_access_key = {2}\n"
    path.write_text(keys.format("one", "ONE", SECRET) + keys.format("two", "TWO", SECRET) + "[profile none]\n")
    return path


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Checkout:
    """Return the working directory, full of traps."""
    directory = tmp_path / "checkout"
    directory.mkdir()
    monkeypatch.chdir(directory)
    return Checkout(directory)
