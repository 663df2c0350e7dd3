"""The private file on a disk that fills: no login is lost, and no half of a file is left."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.contract.process import list_files, parse_login
from tests.stores import disk
from tests.stores.client import SERVER, failure, is_kept, is_nobody

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.contract.process import ProcessResult
    from tests.stores.disk import Disk

LONG = 2 * disk.PAGE  # characters; of a token
ROOM = range(6)  # pages: none for the index, then too few for the file, then enough


@pytest.fixture
def small(home: Path) -> Iterator[Disk]:
    """A small disk with a login on it."""
    with disk.small(home) as mounted:
        assert is_kept(store(mounted, "first"))
        yield mounted


def store(there: Disk, secret: str) -> ProcessResult:
    return there.helper("store", json.dumps({"ServerURL": SERVER, "Username": "somebody", "Secret": secret}).encode())


def get(there: Disk) -> ProcessResult:
    return there.helper("get", SERVER.encode())


@pytest.mark.parametrize("pages", ROOM)
def test_a_store_is_kept_or_is_told_and_leaves_the_login_that_was_there(small: Disk, pages: int) -> None:
    small.fill(pages)
    done = store(small, "x" * LONG)
    if done.status:
        assert failure(done) in ("login-unkept", "keyring-failed")
    assert len(parse_login(get(small))["Secret"]) == (len("first") if done.status else LONG)


@pytest.mark.parametrize("pages", [0, 1, 2])
def test_an_erase_is_one_or_is_told_and_the_login_is_still_there(small: Disk, pages: int) -> None:
    small.fill(pages)
    done = small.helper("erase", SERVER.encode())
    if done.status:
        assert failure(done) in ("login-unkept", "keyring-failed")
        assert parse_login(get(small))["Secret"] == "first"
    else:
        assert is_nobody(get(small))


@pytest.mark.parametrize(("pages", "told"), [(0, "login-unkept"), (2, "keyring-failed")])
def test_no_piece_of_a_store_that_failed_is_left_over(small: Disk, pages: int, told: str) -> None:
    before = list_files(small.home)
    small.fill(pages)
    assert failure(store(small, "x" * LONG)) == told
    small.clear()
    assert list_files(small.home) == before
