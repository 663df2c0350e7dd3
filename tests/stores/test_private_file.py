"""Our file as such: who can read it, and that nothing in it is lost where it cannot be read or changed."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Callable

import pytest
from keyring.core import load_keyring
from keyring.errors import InitError, KeyringError, KeyringLocked

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

KEY = "k" * 32
SECRET = "a-secret-of-somebody"


@pytest.fixture
def path(home: Path) -> Path:
    """Where it is."""
    return home / ".local" / "share" / "credhelper" / "logins"


@pytest.fixture
def key(home: Path) -> Path:
    """The file of a key."""
    return written(home / "key", KEY)


def written(path: Path, text: str) -> Path:
    path.write_text(text)
    path.chmod(0o600)
    return path


def pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path, 0o600)


def keyring(key: Path | None) -> KeyringBackend:
    return load_keyring("credhelper.logins.file.Keyring").with_properties(key_file=str(key or ""))


def put(password: str = SECRET, key: Path | None = None, account: str = "somebody") -> None:
    keyring(key).set_password("service", account, password)


def get(key: Path | None = None) -> str | None:
    return keyring(key).get_password("service", "somebody")


@pytest.mark.parametrize("umask", [0, 0o777])
def test_only_its_owner_can_read_it_whatever_the_umask(path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        put()
    finally:
        os.umask(before)
    assert [stat.S_IMODE(each.stat().st_mode) for each in (path, path.parent)] == [0o600, 0o700]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620])
def test_one_that_others_can_open_is_neither_read_nor_written_over(path: Path, mode: int) -> None:
    put()
    before = path.read_bytes()
    path.chmod(mode)
    for verb in (get, put):
        with pytest.raises(InitError, match="only you"):
            verb()
    assert path.read_bytes() == before


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"service": "'])
def test_one_that_is_torn_is_neither_read_nor_written_over(path: Path, text: str) -> None:
    put()
    path.write_text(text)
    for verb in (get, put):
        with pytest.raises(InitError, match="not what was written"):
            verb()
    assert path.read_text() == text


def test_a_link_to_another_file_is_not_followed(path: Path, home: Path) -> None:
    put()
    path.replace(home / "elsewhere")
    path.symlink_to(home / "elsewhere")
    with pytest.raises(InitError):
        get()


def test_with_a_key_no_password_is_in_the_file(path: Path, key: Path) -> None:
    put(key=key)
    assert SECRET.encode() not in path.read_bytes()
    assert get(key) == SECRET


def test_what_was_there_before_the_key_is_kept_and_encrypted_with_the_next(path: Path, key: Path) -> None:
    put()
    put("another", key, "another")
    assert get(key) == SECRET
    assert SECRET.encode() not in path.read_bytes()


@pytest.mark.parametrize("other", ["x" * 32, None])
def test_without_its_key_nothing_is_read_nor_written_over(path: Path, key: Path, home: Path, other: str | None) -> None:
    put(key=key)
    before = path.read_bytes()
    another = written(home / "another", other) if other else None
    with pytest.raises(KeyringLocked):
        get(another)
    with pytest.raises(KeyringLocked):
        put("another", another)
    assert path.read_bytes() == before
    assert get(key) == SECRET


@pytest.mark.parametrize(
    "spoil",
    [
        Path.unlink,
        lambda key: key.chmod(0o640),
        lambda key: key.write_text("k" * 31),
        lambda key: key.write_text(" " * 99),
        pipe,
    ],
    ids=["gone", "others can read it", "short", "blank", "a pipe"],
)
def test_a_key_that_is_none_is_told_and_nothing_is_written(
    path: Path, key: Path, spoil: Callable[[Path], object]
) -> None:
    spoil(key)
    with pytest.raises(KeyringLocked, match=str(key)):
        put(key=key)
    assert not path.exists()


def test_a_newline_at_the_end_of_the_key_is_none_of_it(key: Path) -> None:
    put(key=key)
    key.write_text(f"{KEY}\n")
    assert get(key) == SECRET


def test_a_folder_that_takes_nothing_is_told(home: Path) -> None:
    written(home / ".local", "a file of that name")
    with pytest.raises(KeyringError, match="cannot be written"):
        put()
