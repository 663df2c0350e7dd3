"""The private file on a disk that fills up: no login is lost, and no partial file is left."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.keyrings import disk
from tests.keyrings.client import SERVER, is_not_found, is_success, parse_error_id
from tests.support.runner import list_files, parse_login

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.keyrings.disk import Disk
    from tests.support.runner import ProcessResult

LONG = 2 * disk.PAGE_SIZE  # characters, as many as a token has
FREE_PAGES = range(6)  # pages: not enough for the index, then too few for the file, then enough


@pytest.fixture
def small_disk(home: Path) -> Iterator[Disk]:
    """Yield a small disk with a login on it."""
    with disk.mount_small(home) as mounted:
        assert is_success(store_login(mounted, "first"))
        yield mounted


def store_login(mounted: Disk, secret: str) -> ProcessResult:
    return mounted.run_helper(
        "store", json.dumps({"ServerURL": SERVER, "Username": "somebody", "Secret": secret}).encode()
    )


def run_get(mounted: Disk) -> ProcessResult:
    return mounted.run_helper("get", SERVER.encode())


@pytest.mark.parametrize("pages", FREE_PAGES)
def test_a_store_succeeds_or_is_reported_and_leaves_the_stored_login(small_disk: Disk, pages: int) -> None:
    small_disk.fill(pages)
    result = store_login(small_disk, "x" * LONG)
    if result.status:
        assert parse_error_id(result) in ("login-unkept", "keyring-failed")
    assert len(parse_login(run_get(small_disk))["Secret"]) == (len("first") if result.status else LONG)


@pytest.mark.parametrize("pages", [0, 1, 2])
def test_an_erase_succeeds_or_is_reported_and_the_login_is_still_there(small_disk: Disk, pages: int) -> None:
    small_disk.fill(pages)
    result = small_disk.run_helper("erase", SERVER.encode())
    if result.status:
        assert parse_error_id(result) in ("login-unkept", "keyring-failed")
        assert parse_login(run_get(small_disk))["Secret"] == "first"
    else:
        assert is_not_found(run_get(small_disk))


@pytest.mark.parametrize(("pages", "error_id"), [(0, "login-unkept"), (2, "keyring-failed")])
def test_a_failed_store_leaves_no_partial_file(small_disk: Disk, pages: int, error_id: str) -> None:
    files_before = list_files(small_disk.home)
    small_disk.fill(pages)
    assert parse_error_id(store_login(small_disk, "x" * LONG)) == error_id
    small_disk.clear()
    assert list_files(small_disk.home) == files_before
