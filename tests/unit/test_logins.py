"""Logins in the private file: which is found, where a new one goes, and what happens without the index."""

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
from credhelper.logins import Login, LoginStore
from credhelper.settings import Settings
from credhelper.settings.keeping import LoginSettings

NULL = "keyring.backends.null.Keyring"


def logins(keyring: str = "", **environ: str) -> LoginStore:
    keeping = LoginSettings(keyring)
    return LoginStore({"HOME": os.environ["HOME"], "PATH": "/nowhere", **environ}, Settings(logins=keeping))


def store(server: str, secret: str, keyring: str = "") -> None:
    logins(keyring).store(Login(server, "somebody", secret))


def find(server: str) -> str | None:
    found = logins().find(server)
    return found.secret if found else None


def folder() -> Path:
    return Path(os.environ["HOME"], ".local/share/credhelper")


def test_nothing_is_found_where_nothing_was_stored_and_nothing_is_made() -> None:
    assert find("ghcr.io") is None
    assert not list(Path(os.environ["HOME"]).iterdir())


def test_the_very_form_wins_over_one_that_was_stored_later() -> None:
    store("ghcr.io", "one")
    store("https://ghcr.io", "two")
    assert [find(form) for form in ("ghcr.io", "https://ghcr.io", "GHCR.IO:443")] == ["one", "two", "two"]


def test_a_second_user_s_login_is_the_only_one() -> None:
    store("ghcr.io", "one")
    logins().store(Login("ghcr.io", "another", "two"))
    assert list(logins().list_readable()) == [Login("ghcr.io", "another", "two")]


def test_an_erase_takes_what_a_find_gives() -> None:
    store("ghcr.io", "one")
    store("https://ghcr.io", "two")
    logins().erase("https://ghcr.io/v2/")
    assert [find("ghcr.io"), find("https://ghcr.io")] == ["one", "one"]
    logins().erase("ghcr.io")
    assert find("ghcr.io") is None


def test_the_folder_and_its_files_are_the_user_s_alone() -> None:
    umask = os.umask(0)
    try:
        store("ghcr.io", "one")
    finally:
        os.umask(umask)
    assert {path.name: path.stat().st_mode & 0o777 for path in folder().iterdir()} == {"index": 0o600, "logins": 0o600}
    assert [path.stat().st_mode & 0o777 for path in (folder(), folder().parent, folder().parent.parent)] == [0o700] * 3


def test_a_login_is_found_without_the_index() -> None:
    store("https://ghcr.io/v2/", "one")
    (folder() / "index").unlink()
    assert find("ghcr.io") == "one"
    assert find("quay.io") is None


def test_an_index_that_is_made_anew_does_not_hide_what_was_there() -> None:
    store("ghcr.io", "one")
    (folder() / "index").unlink()
    store("quay.io", "two")
    assert [find("ghcr.io"), find("quay.io")] == ["one", "two"]


def test_a_login_that_no_index_names_is_erased_all_the_same() -> None:
    store("ghcr.io", "one")
    (folder() / "index").unlink()
    logins().erase("https://ghcr.io")
    assert find("ghcr.io") is None


def test_with_an_index_that_others_may_write_a_login_is_found_and_the_person_told() -> None:
    store("ghcr.io", "one")
    (folder() / "index").chmod(0o666)
    told = logins()
    assert told.find("ghcr.io") == Login("ghcr.io", "somebody", "one")
    assert "[logins-unreadable]" in told.index.notes[0]


def test_an_index_that_others_may_write_is_not_written_over() -> None:
    store("ghcr.io", "one")
    (folder() / "index").chmod(0o666)
    with pytest.raises(HelperError) as caught:
        store("quay.io", "two")
    assert caught.value.id == "logins-unreadable"


def test_the_private_file_is_chosen_where_there_is_no_keyring_and_the_person_is_told() -> None:
    notes = logins().store(Login("ghcr.io", "somebody", "one"))
    assert len(notes) == 1
    assert "not encrypted" in notes[0]


def test_whoever_chose_the_private_file_is_not_told() -> None:
    assert logins("file").store(Login("ghcr.io", "somebody", "one")) == []


def test_the_settings_win_over_the_environment() -> None:
    named = logins("file", PYTHON_KEYRING_BACKEND=NULL)
    named.store(Login("ghcr.io", "somebody", "one"))
    assert find("ghcr.io") == "one"


@pytest.mark.parametrize("named", [{"keyring": NULL}, {"PYTHON_KEYRING_BACKEND": NULL}])
def test_a_keyring_that_keeps_nothing_is_refused_and_leaves_no_trace(named: dict[str, str]) -> None:
    with pytest.raises(HelperError) as caught:
        logins(**named).store(Login("ghcr.io", "somebody", "one"))
    assert caught.value.id == "keyring-failed"
    assert list(logins().list_readable()) == []
    assert (folder() / "index").read_text().count("ghcr.io") == 0


def test_a_keyring_that_is_not_there_is_told_by_name() -> None:
    with pytest.raises(HelperError) as caught:
        logins("nowhere.Keyring").store(Login("ghcr.io", "somebody", "one"))
    assert caught.value.id == "keyring-missing"
    assert "nowhere.Keyring" in caught.value.message
    assert not list(Path(os.environ["HOME"]).iterdir())


def test_a_login_stays_where_it_was_stored_whatever_is_chosen_later() -> None:
    store("ghcr.io", "one", "file")
    found = logins(NULL).find("ghcr.io")
    assert found is not None
    assert found.secret == "one"


def test_a_store_that_failed_leaves_the_login_that_was_there() -> None:
    store("ghcr.io", "one")
    with pytest.raises(HelperError):
        store("ghcr.io", "two", NULL)
    assert find("ghcr.io") == "one"


def test_without_a_home_nothing_is_found_and_a_store_says_why() -> None:
    homeless = LoginStore({"HOME": ""}, Settings())
    assert homeless.find("ghcr.io") is None
    with pytest.raises(HelperError) as caught:
        homeless.store(Login("ghcr.io", "somebody", "one"))
    assert caught.value.id == "login-unkept"


def test_where_a_login_would_go_is_told() -> None:
    assert logins().describe_location() == f"the private file {folder()}/logins"
    assert logins(NULL).describe_location() == f"the keyring {NULL}"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_root_with_a_user_s_home_has_none_of_the_user_s_logins() -> None:
    store("ghcr.io", "one")
    os.chown(folder(), 1000, 1000)
    mine = logins()
    assert mine.find("ghcr.io") is None
    assert "another user's" in mine.index.notes[0]
    mine.erase("ghcr.io")
    with pytest.raises(HelperError) as caught:
        store("ghcr.io", "two")
    assert caught.value.id == "login-unkept"
    assert "sudo -H" in caught.value.fix


@pytest.mark.parametrize("name", ["logins", "index"])
def test_a_file_that_cannot_be_looked_at_for_a_moment_is_not_begun_anew(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    store("ghcr.io", "one")
    path = str(folder() / name)
    with monkeypatch.context() as patch:
        for look in ("lstat", "stat"):
            patch.setattr(os, look, stale(path, getattr(os, look)))
        with contextlib.suppress(HelperError):
            store("quay.io", "two")
    assert find("ghcr.io") == "one"
    assert "ghcr.io" in [each.server for each in logins().list_readable() if isinstance(each, Login)]


def stale(path: str, look: Callable[..., os.stat_result]) -> Callable[..., os.stat_result]:
    """Let a look at `path` fail, as at one of a server that has just come back."""

    def looked(asked: str, *args: object, **options: object) -> os.stat_result:
        if asked == path:
            raise OSError(errno.ESTALE, os.strerror(errno.ESTALE))
        return look(asked, *args, **options)

    return looked


def test_a_folder_that_cannot_be_synced_keeps_logins_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    sync = os.fsync

    def only_files(handle: int) -> None:
        if stat.S_ISDIR(os.fstat(handle).st_mode):
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
        sync(handle)

    monkeypatch.setattr(os, "fsync", only_files)
    store("ghcr.io", "one")
    assert find("ghcr.io") == "one"


class Memory(KeyringBackend):
    """Keeps passwords in this process, and lets a test come between a question and its answer."""

    priority = 1
    kept: ClassVar[dict[str, str]] = {}
    meanwhile: ClassVar[list[Callable[[], None]]] = []

    def get_password(self, service: str, username: str) -> str | None:
        del username
        while self.meanwhile:
            self.meanwhile.pop()()
        return self.kept.get(service)

    def set_password(self, service: str, username: str, password: str) -> None:
        del username
        self.kept[service] = password

    def delete_password(self, service: str, username: str) -> None:
        del username
        del self.kept[service]


def test_a_login_that_moves_to_another_keyring_meanwhile_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "memory", ModuleType("memory"))
    monkeypatch.setattr("memory.Keyring", Memory, raising=False)
    store("ghcr.io", "one", "memory.Keyring")
    Memory.meanwhile.append(lambda: store("ghcr.io", "two", "file"))
    assert find("ghcr.io") in ("one", "two")


def test_a_login_in_a_keyring_outlasts_the_folder_of_the_index(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "memory", ModuleType("memory"))
    monkeypatch.setattr("memory.Keyring", Memory, raising=False)
    monkeypatch.setattr(Memory, "kept", {})
    store("ghcr.io", "one", "memory.Keyring")
    shutil.rmtree(folder())
    store("quay.io", "two", "memory.Keyring")
    found = logins("memory.Keyring").find("ghcr.io")
    assert found is not None
    assert found.secret == "one"


class Short(Memory):
    """Keeps the first hundred letters."""

    def set_password(self, service: str, username: str, password: str) -> None:
        super().set_password(service, username, password[:100])


def test_a_login_that_a_keyring_cannot_hold_leaves_the_one_that_was_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "memory", ModuleType("memory"))
    monkeypatch.setattr("memory.Keyring", Short, raising=False)
    monkeypatch.setattr(Memory, "kept", {})
    store("ghcr.io", "one", "memory.Keyring")
    with pytest.raises(HelperError):
        store("ghcr.io", "two" * 100, "memory.Keyring")
    found = logins("memory.Keyring").find("ghcr.io")
    assert found is not None
    assert found.secret == "one"


def test_the_very_form_wins_also_where_the_index_does_not_know_of_it() -> None:
    store("ghcr.io", "one")
    (folder() / "index").unlink()
    store("https://ghcr.io", "two")
    assert [find("ghcr.io"), find("https://ghcr.io")] == ["one", "two"]
