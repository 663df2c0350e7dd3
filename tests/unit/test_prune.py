"""Pruning of the cache directory: which files are deleted, and which are not ours to delete."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from credhelper.cache import prune
from credhelper.entry import MAGIC
from credhelper.system.lock import Lock

if TYPE_CHECKING:
    from pathlib import Path

NOW = 1_800_000_000.0
HOUR = 3600
ENTRY = "123456789012.dkr.ecr.us-east-1.amazonaws.com-0123456789abcdef"


def write_file(directory: Path, name: str, mtime: float, content: bytes = MAGIC) -> Path:
    path = directory / name
    path.write_bytes(content)
    os.utime(path, (mtime, mtime))
    return path


def test_an_entry_is_pruned_when_it_has_expired(tmp_path: Path) -> None:
    fresh_entry, expired_entry = write_file(tmp_path, f"a{ENTRY}", NOW + 1), write_file(tmp_path, f"b{ENTRY}", NOW)
    prune.prune(str(tmp_path), NOW)
    assert (fresh_entry.exists(), expired_entry.exists()) == (True, False)


def test_an_entry_of_version_1_is_pruned_at_once_since_it_may_contain_a_secret(tmp_path: Path) -> None:
    path = write_file(tmp_path, ENTRY, NOW + HOUR, b"credhelper entry 1\nHOST\nAWS_VAULT_FILE_PASSPHRASE='hidden'\n")
    prune.prune(str(tmp_path), NOW)
    assert not path.exists()


def test_an_entry_that_would_expire_in_days_is_pruned_since_the_clock_was_wrong(tmp_path: Path) -> None:
    path = write_file(tmp_path, ENTRY, NOW + 48 * HOUR)
    prune.prune(str(tmp_path), NOW)
    assert not path.exists()


@pytest.mark.parametrize(
    "name",
    [
        *(".tmp-1-2", ".refresh-0123456789abcdef-7", ".failure-0123456789abcdef"),
        *(".behind-0123456789abcdef-7", ".setback-0123456789abcdef"),  # of an older version
    ],
)
def test_a_file_that_a_killed_process_left_is_pruned_after_a_while(tmp_path: Path, name: str) -> None:
    new, old = write_file(tmp_path, name, NOW - 60), write_file(tmp_path, f"{name}0", NOW - 25 * HOUR)
    prune.prune(str(tmp_path), NOW)
    assert (new.exists(), old.exists()) == (True, False)


def test_an_entry_that_is_being_written_is_not_pruned(tmp_path: Path) -> None:
    path = write_file(tmp_path, ".tmp-1-2", NOW + 12 * HOUR)  # its mtime is already its expiry
    prune.prune(str(tmp_path), NOW)
    assert path.exists()


def test_a_lock_with_a_holder_is_not_pruned(tmp_path: Path) -> None:
    held_lock, free_lock = write_file(tmp_path, ".lock-0a-0", NOW), write_file(tmp_path, ".lock-0b-0", NOW)
    lock = Lock(str(held_lock))
    assert lock.try_acquire()
    for path in (held_lock, free_lock):
        os.utime(path, (NOW - 25 * HOUR, NOW - 25 * HOUR))
    prune.prune(str(tmp_path), NOW)
    assert (held_lock.exists(), free_lock.exists()) == (True, False)


@pytest.mark.parametrize(
    "name", ["cache.json", "notes-0123456789abcdef0", "NOTES-0123456789ABCDEF", ".profile", ".tmp-mine", "tmp-1-2"]
)
def test_a_file_whose_name_is_not_ours_is_kept(tmp_path: Path, name: str) -> None:
    path = write_file(tmp_path, name, NOW - 48 * HOUR)
    prune.prune(str(tmp_path), NOW)
    assert path.exists()


def test_a_file_whose_content_is_not_ours_is_kept(tmp_path: Path) -> None:
    path = write_file(tmp_path, ENTRY, NOW - 48 * HOUR, b"somebody's")
    prune.prune(str(tmp_path), NOW)
    assert path.exists()


def test_a_file_that_cannot_be_removed_is_skipped(tmp_path: Path) -> None:
    (tmp_path / ENTRY).mkdir()
    (tmp_path / ".tmp-1-2").mkdir()
    os.utime(tmp_path / ".tmp-1-2", (0, 0))
    os.mkfifo(tmp_path / f"a{ENTRY}")
    prune.prune(str(tmp_path), NOW)
    assert len(list(tmp_path.iterdir())) == 3


def test_a_missing_directory_is_not_a_failure(tmp_path: Path) -> None:
    prune.prune(str(tmp_path / "none"), NOW)


def test_if_there_are_too_many_entries_the_next_to_expire_are_pruned(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prune, "MAX_ENTRIES", 3)
    paths = [write_file(tmp_path, f"{number}{ENTRY}", NOW + 60 * (5 - number)) for number in range(5)]
    prune.prune(str(tmp_path), NOW)
    assert [path.exists() for path in paths] == [True, True, True, False, False]


def test_a_large_directory_is_pruned_in_parts_until_it_is_empty(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prune, "_MAX_SCANNED", 4)
    for number in range(10):
        write_file(tmp_path, f"{number}{ENTRY}", NOW - 1)
    counts = []
    for jitter in (0.9, 0.0, 0.5):
        prune.prune(str(tmp_path), NOW, jitter)
        counts.append(len(list(tmp_path.iterdir())))
    assert counts == [6, 2, 0]
