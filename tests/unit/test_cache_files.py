"""Cache entries on disk: they are private, and written completely or not at all."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

import pytest

from credhelper import entry
from credhelper.cache import files
from credhelper.clock import Instant
from credhelper.entry import CacheEntry, Lifetime

if TYPE_CHECKING:
    from pathlib import Path

ONE = "123456789012.dkr.ecr.us-east-1.amazonaws.com"
TWO = "210987654321.dkr.ecr.us-east-1.amazonaws.com"
LIFETIME = Lifetime(Instant(1_800_000_000, b"", 0), 60, 60, 60, 60)
EXPIRES_AT = 1_800_000_060.0
root_only = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")


def fail_on_keyring(name: str) -> None:
    raise AssertionError(f"{name} is not kept apart")


def serialize_entry(host: str, secret: str = "s", variables: bytes = b"") -> bytes:
    answer = f'{{"ServerURL": "{host}", "Username": "AWS", "Secret": "{secret}"}}\n'.encode()
    return entry.serialize(host, variables, CacheEntry(LIFETIME, (), 0, answer))


def write_entry(directory: Path, host: str, secret: str = "s", variables: bytes = b"") -> str:
    name = entry.file_name(host, variables)
    assert files.write_entry(str(directory), name, serialize_entry(host, secret, variables), EXPIRES_AT) == ""
    return name


def list_names(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir())


def get_mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077, 0o777])
def test_an_entry_has_mode_0600_in_a_directory_of_mode_0700_whatever_the_umask(tmp_path: Path, umask: int) -> None:
    directory = tmp_path / "cache" / "credhelper"
    if umask != 0o777:  # with which only root can use a directory that it creates
        original_umask = os.umask(umask)
        try:
            name = write_entry(directory, ONE)
        finally:
            os.umask(original_umask)
        assert (get_mode(directory.parent), get_mode(directory), get_mode(directory / name)) == (0o700, 0o700, 0o600)
    else:
        directory.mkdir(parents=True, mode=0o700)
        original_umask = os.umask(umask)
        try:
            name = write_entry(directory, ONE)
        finally:
            os.umask(original_umask)
        assert get_mode(directory / name) == 0o600


def test_an_entry_is_replaced_and_nothing_else_is_left(tmp_path: Path) -> None:
    write_entry(tmp_path, ONE, "old")
    name = write_entry(tmp_path, ONE, "new")
    assert list_names(tmp_path) == [name]
    assert (tmp_path / name).read_bytes() == serialize_entry(ONE, "new")


def test_a_missing_home_is_not_created(tmp_path: Path) -> None:
    directory = tmp_path / "home" / ".cache" / "credhelper"
    assert "No such file" in files.write_entry(str(directory), "name", b"data", EXPIRES_AT)
    assert list_names(tmp_path) == []


def test_a_directory_that_is_a_file_is_reported(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("")
    assert files.write_entry(str(tmp_path / "cache"), "name", b"data", EXPIRES_AT)


@pytest.mark.parametrize("mode", [0o770, 0o707, 0o777, 0o720])
def test_a_directory_that_others_may_write_in_is_not_used(tmp_path: Path, mode: int) -> None:
    tmp_path.chmod(mode)
    assert "other users can write to it" in files.write_entry(str(tmp_path), "name", b"data", EXPIRES_AT)
    assert list_names(tmp_path) == []


@root_only
def test_a_directory_of_another_user_is_not_used(tmp_path: Path) -> None:
    os.chown(tmp_path, 12345, -1)
    assert "belongs to another user" in files.write_entry(str(tmp_path), "name", b"data", EXPIRES_AT)
    assert list_names(tmp_path) == []


@root_only
def test_root_leaves_nothing_in_the_home_of_a_user(tmp_path: Path) -> None:
    os.chown(tmp_path, 12345, -1)
    assert "belongs to another user" in files.write_entry(
        str(tmp_path / ".cache" / "credhelper"), "name", b"data", EXPIRES_AT
    )
    assert list_names(tmp_path) == []


def test_a_write_that_fails_leaves_the_old_entry_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = write_entry(tmp_path, ONE, "old")

    def raise_no_space(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "write", raise_no_space)
    assert "No space left" in files.write_entry(str(tmp_path), name, serialize_entry(ONE, "new"), EXPIRES_AT)
    assert list_names(tmp_path) == [name]
    assert (tmp_path / name).read_bytes() == serialize_entry(ONE, "old")


def test_deleting_a_host_deletes_each_of_its_entries(tmp_path: Path) -> None:
    write_entry(tmp_path, ONE, "a", b"AWS_PROFILE='a'\n")
    write_entry(tmp_path, ONE, "b", b"AWS_PROFILE='b'\n")
    other = write_entry(tmp_path, TWO, "c")
    files.delete_host(str(tmp_path), ONE, fail_on_keyring)
    assert list_names(tmp_path) == [other]


def test_deleting_a_host_also_deletes_its_token_under_other_hosts(tmp_path: Path) -> None:
    write_entry(tmp_path, ONE, "shared")
    write_entry(tmp_path, TWO, "shared")
    files.delete_host(str(tmp_path), ONE, fail_on_keyring)
    assert list_names(tmp_path) == []


def test_entries_without_a_token_are_not_treated_as_sharing_one(tmp_path: Path) -> None:
    for host in ("public.ecr.aws", "ecr-public.aws.com"):
        data = entry.serialize(host, b"", CacheEntry(LIFETIME, (), 1, b"not found\n"))
        assert files.write_entry(str(tmp_path), entry.file_name(host, b""), data, EXPIRES_AT) == ""
    files.delete_host(str(tmp_path), "public.ecr.aws", fail_on_keyring)
    assert len(list_names(tmp_path)) == 1


def test_files_that_are_not_entries_stay(tmp_path: Path) -> None:
    (tmp_path / f"{ONE}-notes").write_text("mine")
    files.delete_host(str(tmp_path), ONE, fail_on_keyring)
    files.delete_host(str(tmp_path / "nowhere"), ONE, fail_on_keyring)
    assert list_names(tmp_path) == [f"{ONE}-notes"]


def test_an_entry_that_another_erase_removed_first_is_not_a_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = write_entry(tmp_path, ONE)
    listed_entries = list(files.iter_entries(str(tmp_path)))
    (tmp_path / name).unlink()
    monkeypatch.setattr(files, "iter_entries", lambda _: listed_entries)
    files.delete_host(str(tmp_path), ONE, fail_on_keyring)
