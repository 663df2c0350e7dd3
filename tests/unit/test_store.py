"""Writing entries: private, whole or not at all."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

import pytest

from credhelper import entry
from credhelper.cache import store
from credhelper.entry import CacheEntry, Instant, Lifetime

if TYPE_CHECKING:
    from pathlib import Path

ONE = "123456789012.dkr.ecr.us-east-1.amazonaws.com"
TWO = "210987654321.dkr.ecr.us-east-1.amazonaws.com"
LIFE = Lifetime(Instant(1_800_000_000, b"", 0), 60, 60, 60, 60)
EXPIRES = 1_800_000_060.0
root_only = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")


def unasked(name: str) -> None:
    raise AssertionError(f"{name} is not kept apart")


def data(host: str, secret: str = "s", variables: bytes = b"") -> bytes:
    answer = f'{{"ServerURL": "{host}", "Username": "AWS", "Secret": "{secret}"}}\n'.encode()
    return entry.serialize(host, variables, CacheEntry(LIFE, (), 0, answer))


def keep(folder: Path, host: str, secret: str = "s", variables: bytes = b"") -> str:
    name = entry.file_name(host, variables)
    assert store.write_entry(str(folder), name, data(host, secret, variables), EXPIRES) == ""
    return name


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077, 0o777])
def test_an_entry_is_0600_in_0700_whatever_the_umask(tmp_path: Path, umask: int) -> None:
    folder = tmp_path / "cache" / "credhelper"
    if umask != 0o777:  # with which nobody but root can use a folder that he makes
        before = os.umask(umask)
        try:
            name = keep(folder, ONE)
        finally:
            os.umask(before)
        assert (mode(folder.parent), mode(folder), mode(folder / name)) == (0o700, 0o700, 0o600)
    else:
        folder.mkdir(parents=True, mode=0o700)
        before = os.umask(umask)
        try:
            name = keep(folder, ONE)
        finally:
            os.umask(before)
        assert mode(folder / name) == 0o600


def test_an_entry_is_replaced_and_nothing_else_is_left(tmp_path: Path) -> None:
    keep(tmp_path, ONE, "old")
    name = keep(tmp_path, ONE, "new")
    assert names(tmp_path) == [name]
    assert (tmp_path / name).read_bytes() == data(ONE, "new")


def test_a_home_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    folder = tmp_path / "home" / ".cache" / "credhelper"
    assert "No such file" in store.write_entry(str(folder), "name", b"data", EXPIRES)
    assert names(tmp_path) == []


def test_a_folder_that_is_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("")
    assert store.write_entry(str(tmp_path / "cache"), "name", b"data", EXPIRES)


@pytest.mark.parametrize("wide", [0o770, 0o707, 0o777, 0o720])
def test_a_folder_that_others_may_write_in_is_not_used(tmp_path: Path, wide: int) -> None:
    tmp_path.chmod(wide)
    assert "others may write in it" in store.write_entry(str(tmp_path), "name", b"data", EXPIRES)
    assert names(tmp_path) == []


@root_only
def test_a_folder_of_somebody_else_is_not_used(tmp_path: Path) -> None:
    os.chown(tmp_path, 12345, -1)
    assert "belongs to another user" in store.write_entry(str(tmp_path), "name", b"data", EXPIRES)
    assert names(tmp_path) == []


@root_only
def test_root_leaves_nothing_in_a_user_s_home(tmp_path: Path) -> None:
    os.chown(tmp_path, 12345, -1)
    assert "belongs to another user" in store.write_entry(
        str(tmp_path / ".cache" / "credhelper"), "name", b"data", EXPIRES
    )
    assert names(tmp_path) == []


def test_a_write_that_fails_leaves_the_old_entry_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = keep(tmp_path, ONE, "old")

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    assert "No space left" in store.write_entry(str(tmp_path), name, data(ONE, "new"), EXPIRES)
    assert names(tmp_path) == [name]
    assert (tmp_path / name).read_bytes() == data(ONE, "old")


def test_dropping_a_host_drops_each_of_its_entries(tmp_path: Path) -> None:
    keep(tmp_path, ONE, "a", b"AWS_PROFILE='a'\n")
    keep(tmp_path, ONE, "b", b"AWS_PROFILE='b'\n")
    other = keep(tmp_path, TWO, "c")
    store.delete_host(str(tmp_path), ONE, unasked)
    assert names(tmp_path) == [other]


def test_dropping_a_host_drops_its_token_wherever_it_is(tmp_path: Path) -> None:
    keep(tmp_path, ONE, "shared")
    keep(tmp_path, TWO, "shared")
    store.delete_host(str(tmp_path), ONE, unasked)
    assert names(tmp_path) == []


def test_entries_without_a_token_are_not_taken_for_the_same(tmp_path: Path) -> None:
    for host in ("public.ecr.aws", "ecr-public.aws.com"):
        anonymous = entry.serialize(host, b"", CacheEntry(LIFE, (), 1, b"not found\n"))
        assert store.write_entry(str(tmp_path), entry.file_name(host, b""), anonymous, EXPIRES) == ""
    store.delete_host(str(tmp_path), "public.ecr.aws", unasked)
    assert len(names(tmp_path)) == 1


def test_files_that_are_not_entries_stay(tmp_path: Path) -> None:
    (tmp_path / f"{ONE}-notes").write_text("mine")
    store.delete_host(str(tmp_path), ONE, unasked)
    store.delete_host(str(tmp_path / "nowhere"), ONE, unasked)
    assert names(tmp_path) == [f"{ONE}-notes"]


def test_an_entry_that_another_erase_removed_first_is_no_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = keep(tmp_path, ONE)
    held = list(store.iter_entries(str(tmp_path)))
    (tmp_path / name).unlink()
    monkeypatch.setattr(store, "iter_entries", lambda _: held)
    store.delete_host(str(tmp_path), ONE, unasked)
