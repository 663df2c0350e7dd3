"""The private file itself: who can read it, and that nothing is lost when it cannot be read or changed."""

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
    """Return the path of the private file."""
    return home / ".local" / "share" / "credhelper" / "logins"


@pytest.fixture
def key_file(home: Path) -> Path:
    """Return a file with a key."""
    return write_private(home / "key", KEY)


def write_private(path: Path, text: str) -> Path:
    path.write_text(text)
    path.chmod(0o600)
    return path


def replace_with_fifo(path: Path) -> None:
    path.unlink()
    os.mkfifo(path, 0o600)


def load_file_keyring(key_file: Path | None) -> KeyringBackend:
    return load_keyring("credhelper.logins.backends.file.Keyring").with_properties(key_file=str(key_file or ""))


def set_password(password: str = SECRET, key_file: Path | None = None, account: str = "somebody") -> None:
    load_file_keyring(key_file).set_password("service", account, password)


def get_password(key_file: Path | None = None) -> str | None:
    return load_file_keyring(key_file).get_password("service", "somebody")


@pytest.mark.parametrize("umask", [0, 0o777])
def test_only_the_owner_can_read_the_file_whatever_the_umask(path: Path, umask: int) -> None:
    original = os.umask(umask)
    try:
        set_password()
    finally:
        os.umask(original)
    assert [stat.S_IMODE(item.stat().st_mode) for item in (path, path.parent)] == [0o600, 0o700]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620])
def test_a_file_that_others_can_open_is_neither_read_nor_overwritten(path: Path, mode: int) -> None:
    set_password()
    original = path.read_bytes()
    path.chmod(mode)
    for operation in (get_password, set_password):
        with pytest.raises(InitError, match="only you"):
            operation()
    assert path.read_bytes() == original


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"service": "'])
def test_a_torn_file_is_neither_read_nor_overwritten(path: Path, text: str) -> None:
    set_password()
    path.write_text(text)
    for operation in (get_password, set_password):
        with pytest.raises(InitError, match="is damaged"):
            operation()
    assert path.read_text() == text


def test_a_link_to_another_file_is_not_followed(path: Path, home: Path) -> None:
    set_password()
    path.replace(home / "elsewhere")
    path.symlink_to(home / "elsewhere")
    with pytest.raises(InitError):
        get_password()


def test_with_a_key_no_password_is_in_the_file(path: Path, key_file: Path) -> None:
    set_password(key_file=key_file)
    assert SECRET.encode() not in path.read_bytes()
    assert get_password(key_file) == SECRET


def test_passwords_from_before_the_key_are_kept_and_encrypted_with_the_next(path: Path, key_file: Path) -> None:
    set_password()
    set_password("another", key_file, "another")
    assert get_password(key_file) == SECRET
    assert SECRET.encode() not in path.read_bytes()


@pytest.mark.parametrize("other_key", ["x" * 32, None])
def test_without_its_key_the_file_is_neither_read_nor_overwritten(
    path: Path, key_file: Path, home: Path, other_key: str | None
) -> None:
    set_password(key_file=key_file)
    original = path.read_bytes()
    other_key_file = write_private(home / "another", other_key) if other_key else None
    with pytest.raises(KeyringLocked):
        get_password(other_key_file)
    with pytest.raises(KeyringLocked):
        set_password("another", other_key_file)
    assert path.read_bytes() == original
    assert get_password(key_file) == SECRET


@pytest.mark.parametrize(
    "corrupt",
    [
        Path.unlink,
        lambda key_file: key_file.chmod(0o640),
        lambda key_file: key_file.write_text("k" * 31),
        lambda key_file: key_file.write_text(" " * 99),
        replace_with_fifo,
    ],
    ids=["gone", "others can read it", "short", "blank", "a pipe"],
)
def test_an_invalid_key_is_reported_and_nothing_is_written(
    path: Path, key_file: Path, corrupt: Callable[[Path], object]
) -> None:
    corrupt(key_file)
    with pytest.raises(KeyringLocked, match=str(key_file)):
        set_password(key_file=key_file)
    assert not path.exists()


def test_a_newline_at_the_end_of_the_key_is_ignored(key_file: Path) -> None:
    set_password(key_file=key_file)
    key_file.write_text(f"{KEY}\n")
    assert get_password(key_file) == SECRET


def test_a_directory_that_cannot_be_created_is_reported(home: Path) -> None:
    write_private(home / ".local", "a file of that name")
    with pytest.raises(KeyringError, match="cannot be written"):
        set_password()
