"""Logins in the private file: which one is found, where a new one is stored, and what happens without the index."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import stat
import sys
from pathlib import Path
from types import ModuleType
from typing import Callable, ClassVar

import pytest
from keyring.backend import KeyringBackend

from credhelper.errors import HelperError
from credhelper.logins.login import Login
from credhelper.logins.store import LoginStore
from credhelper.settings.logins import LoginSettings
from credhelper.settings.rules import Settings
from credhelper.system.context import Context

NULL = "keyring.backends.null.Keyring"


def make_store(keyring: str = "", **environ: str) -> LoginStore:
    login_settings = LoginSettings(keyring)
    environ = {"HOME": os.environ["HOME"], "PATH": "/nowhere", **environ}
    return LoginStore(Context(environ, Settings(logins=login_settings)))


def store_login(server: str, secret: str, keyring: str = "") -> None:
    make_store(keyring).store(Login(server, "somebody", secret))


def find_secret(server: str) -> str | None:
    login = make_store().find(server)
    return login.secret if login else None


def get_directory() -> Path:
    return Path(os.environ["HOME"], ".local/share/credhelper")


def test_a_lookup_without_stored_logins_finds_and_creates_nothing() -> None:
    assert find_secret("ghcr.io") is None
    assert not list(Path(os.environ["HOME"]).iterdir())


def test_the_exact_form_wins_over_one_that_was_stored_later() -> None:
    store_login("ghcr.io", "one")
    store_login("https://ghcr.io", "two")
    assert [find_secret(form) for form in ("ghcr.io", "https://ghcr.io", "GHCR.IO:443")] == ["one", "two", "two"]


def test_the_login_of_a_second_user_replaces_that_of_the_first() -> None:
    store_login("ghcr.io", "one")
    make_store().store(Login("ghcr.io", "another", "two"))
    assert list(make_store().list_readable()) == [Login("ghcr.io", "another", "two")]


def test_an_erase_removes_the_login_that_a_find_returns() -> None:
    store_login("ghcr.io", "one")
    store_login("https://ghcr.io", "two")
    make_store().erase("https://ghcr.io/v2/")
    assert [find_secret("ghcr.io"), find_secret("https://ghcr.io")] == ["one", "one"]
    make_store().erase("ghcr.io")
    assert find_secret("ghcr.io") is None


def test_the_directory_and_its_files_are_private() -> None:
    original_umask = os.umask(0)
    try:
        store_login("ghcr.io", "one")
    finally:
        os.umask(original_umask)
    assert {path.name: path.stat().st_mode & 0o777 for path in get_directory().iterdir()} == {
        "index": 0o600,
        "logins": 0o600,
    }
    assert [
        path.stat().st_mode & 0o777 for path in (get_directory(), get_directory().parent, get_directory().parent.parent)
    ] == [0o700] * 3


def test_a_login_is_found_without_the_index() -> None:
    store_login("https://ghcr.io/v2/", "one")
    (get_directory() / "index").unlink()
    assert find_secret("ghcr.io") == "one"
    assert find_secret("quay.io") is None


def test_a_rebuilt_index_hides_no_earlier_login() -> None:
    store_login("ghcr.io", "one")
    (get_directory() / "index").unlink()
    store_login("quay.io", "two")
    assert [find_secret("ghcr.io"), find_secret("quay.io")] == ["one", "two"]


def test_a_login_that_is_in_no_index_is_erased() -> None:
    store_login("ghcr.io", "one")
    (get_directory() / "index").unlink()
    make_store().erase("https://ghcr.io")
    assert find_secret("ghcr.io") is None


def test_a_login_is_found_with_a_note_if_others_may_write_the_index() -> None:
    store_login("ghcr.io", "one")
    (get_directory() / "index").chmod(0o666)
    login_store = make_store()
    assert login_store.find("ghcr.io") == Login("ghcr.io", "somebody", "one")
    assert "[logins-unreadable]" in login_store.index.notes[0]


def test_an_index_that_others_may_write_is_not_overwritten() -> None:
    store_login("ghcr.io", "one")
    (get_directory() / "index").chmod(0o666)
    with pytest.raises(HelperError) as excinfo:
        store_login("quay.io", "two")
    assert excinfo.value.id == "logins-unreadable"


def test_the_private_file_is_chosen_without_a_keyring_and_causes_a_note() -> None:
    notes = make_store().store(Login("ghcr.io", "somebody", "one"))
    assert len(notes) == 1
    assert "not encrypted" in notes[0]


def test_a_chosen_private_file_causes_no_note() -> None:
    assert make_store("file").store(Login("ghcr.io", "somebody", "one")) == []


def test_the_settings_win_over_the_environment() -> None:
    login_store = make_store("file", PYTHON_KEYRING_BACKEND=NULL)
    login_store.store(Login("ghcr.io", "somebody", "one"))
    assert find_secret("ghcr.io") == "one"


@pytest.mark.parametrize("options", [{"keyring": NULL}, {"PYTHON_KEYRING_BACKEND": NULL}])
def test_a_keyring_that_keeps_nothing_is_refused_and_leaves_no_trace(options: dict[str, str]) -> None:
    with pytest.raises(HelperError) as excinfo:
        make_store(**options).store(Login("ghcr.io", "somebody", "one"))
    assert excinfo.value.id == "keyring-failed"
    assert list(make_store().list_readable()) == []
    assert (get_directory() / "index").read_text().count("ghcr.io") == 0


def test_a_keyring_that_is_missing_is_reported_by_name() -> None:
    with pytest.raises(HelperError) as excinfo:
        make_store("nowhere.Keyring").store(Login("ghcr.io", "somebody", "one"))
    assert excinfo.value.id == "keyring-missing"
    assert "nowhere.Keyring" in str(excinfo.value)
    assert not list(Path(os.environ["HOME"]).iterdir())


def test_a_login_stays_where_it_was_stored_whatever_is_chosen_later() -> None:
    store_login("ghcr.io", "one", "file")
    login = make_store(NULL).find("ghcr.io")
    assert login is not None
    assert login.secret == "one"


def test_a_failed_store_leaves_the_old_login() -> None:
    store_login("ghcr.io", "one")
    with pytest.raises(HelperError):
        store_login("ghcr.io", "two", NULL)
    assert find_secret("ghcr.io") == "one"


def test_without_a_home_nothing_is_found_and_a_store_reports_why() -> None:
    login_store = LoginStore(Context({"HOME": ""}, Settings()))
    assert login_store.find("ghcr.io") is None
    with pytest.raises(HelperError) as excinfo:
        login_store.store(Login("ghcr.io", "somebody", "one"))
    assert excinfo.value.id == "login-unkept"


def test_the_location_of_a_new_login_is_described() -> None:
    assert make_store().describe_location() == f"the private file {get_directory()}/logins"
    assert make_store(NULL).describe_location() == f"the keyring {NULL}"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_root_with_the_home_of_a_user_does_not_use_the_logins_of_that_user() -> None:
    store_login("ghcr.io", "one")
    os.chown(get_directory(), 1000, 1000)
    login_store = make_store()
    assert login_store.find("ghcr.io") is None
    assert "belong to another user" in login_store.index.notes[0]
    login_store.erase("ghcr.io")
    with pytest.raises(HelperError) as excinfo:
        store_login("ghcr.io", "two")
    assert excinfo.value.id == "login-unkept"
    assert "sudo -H" in excinfo.value.fix


@pytest.mark.parametrize("name", ["logins", "index"])
def test_a_file_that_is_unreadable_for_a_moment_is_not_overwritten(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    store_login("ghcr.io", "one")
    path = str(get_directory() / name)
    with monkeypatch.context() as patch:
        for function_name in ("lstat", "stat"):
            patch.setattr(os, function_name, make_stale(path, getattr(os, function_name)))
        with contextlib.suppress(HelperError):
            store_login("quay.io", "two")
    assert find_secret("ghcr.io") == "one"
    assert "ghcr.io" in [login.server for login in make_store().list_readable() if isinstance(login, Login)]


def make_stale(path: str, function: Callable[..., os.stat_result]) -> Callable[..., os.stat_result]:
    """Return `function`, but let it fail for `path` as for a file on a network server that was just restarted."""

    def raise_or_stat(target: str, *args: object, **options: object) -> os.stat_result:
        if target == path:
            raise OSError(errno.ESTALE, os.strerror(errno.ESTALE))
        return function(target, *args, **options)

    return raise_or_stat


def test_a_login_is_stored_even_if_its_directory_cannot_be_synced(monkeypatch: pytest.MonkeyPatch) -> None:
    original_fsync = os.fsync

    def sync_only_files(fd: int) -> None:
        if stat.S_ISDIR(os.fstat(fd).st_mode):
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
        original_fsync(fd)

    monkeypatch.setattr(os, "fsync", sync_only_files)
    store_login("ghcr.io", "one")
    assert find_secret("ghcr.io") == "one"


class MemoryKeyring(KeyringBackend):
    """A keyring in the memory of this process, which runs the callbacks of a test before it answers a lookup."""

    priority = 1
    passwords: ClassVar[dict[str, str]] = {}
    callbacks: ClassVar[list[Callable[[], None]]] = []

    def get_password(self, service: str, username: str) -> str | None:
        del username
        while self.callbacks:
            self.callbacks.pop()()
        return self.passwords.get(service)

    def set_password(self, service: str, username: str, password: str) -> None:
        del username
        self.passwords[service] = password

    def delete_password(self, service: str, username: str) -> None:
        del username
        del self.passwords[service]


def test_a_login_that_moves_to_another_keyring_meanwhile_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "memory", ModuleType("memory"))
    monkeypatch.setattr("memory.Keyring", MemoryKeyring, raising=False)
    store_login("ghcr.io", "one", "memory.Keyring")
    MemoryKeyring.callbacks.append(lambda: store_login("ghcr.io", "two", "file"))
    assert find_secret("ghcr.io") in ("one", "two")


def test_a_login_in_a_keyring_outlasts_the_directory_of_the_index(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "memory", ModuleType("memory"))
    monkeypatch.setattr("memory.Keyring", MemoryKeyring, raising=False)
    monkeypatch.setattr(MemoryKeyring, "passwords", {})
    store_login("ghcr.io", "one", "memory.Keyring")
    shutil.rmtree(get_directory())
    store_login("quay.io", "two", "memory.Keyring")
    login = make_store("memory.Keyring").find("ghcr.io")
    assert login is not None
    assert login.secret == "one"


class TruncatingKeyring(MemoryKeyring):
    """A keyring that keeps only the first hundred characters."""

    def set_password(self, service: str, username: str, password: str) -> None:
        super().set_password(service, username, password[:100])


def test_a_login_that_is_too_long_for_a_keyring_leaves_the_old_login(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "memory", ModuleType("memory"))
    monkeypatch.setattr("memory.Keyring", TruncatingKeyring, raising=False)
    monkeypatch.setattr(MemoryKeyring, "passwords", {})
    store_login("ghcr.io", "one", "memory.Keyring")
    with pytest.raises(HelperError):
        store_login("ghcr.io", "two" * 100, "memory.Keyring")
    login = make_store("memory.Keyring").find("ghcr.io")
    assert login is not None
    assert login.secret == "one"


def test_the_exact_form_wins_even_if_it_is_not_in_the_index() -> None:
    store_login("ghcr.io", "one")
    (get_directory() / "index").unlink()
    store_login("https://ghcr.io", "two")
    assert [find_secret("ghcr.io"), find_secret("https://ghcr.io")] == ["one", "two"]
