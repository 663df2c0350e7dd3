"""pass behind the installed helper. Its key has a passphrase: nothing can be read until the user has given it."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest

from tests.keyrings.client import (
    SECRET,
    SERVER,
    erase,
    get,
    get_secret,
    is_not_found,
    is_success,
    parse_error_id,
    store,
)
from tests.keyrings.programs import has_ended, wait_until
from tests.support.factories import create_entry
from tests.support.runner import HOST, build_environment, list_files, parse_error, run_helper, run_program

if TYPE_CHECKING:
    from pathlib import Path

    from tests.keyrings.pass_store import PassStore


def test_a_login_is_stored_returned_listed_and_erased(password_store: PassStore) -> None:
    assert is_not_found(get())
    assert is_success(store())
    password_store.give_passphrase()
    assert get_secret() == SECRET
    assert json.loads(run_helper("list").stdout) == {SERVER: "somebody"}
    assert is_success(erase())
    assert is_not_found(get())
    assert not password_store.has_prompted


def test_the_output_of_pass_is_hidden(password_store: PassStore) -> None:
    password_store.give_passphrase()
    assert (store().stderr, erase().stderr, get().stderr) == (b"", b"", b"")


def test_without_the_passphrase_the_store_is_reported_as_locked_and_nothing_prompts(password_store: PassStore) -> None:
    store()
    result = get()
    assert parse_error_id(result) == "keyring-locked"
    assert "passphrase" in parse_error(result)
    assert not password_store.has_prompted


def test_without_the_passphrase_a_login_can_be_changed_and_erased(password_store: PassStore) -> None:
    assert is_success(store("first"))
    assert is_success(store("second"))
    assert is_success(erase())
    assert is_not_found(get())
    assert not password_store.has_prompted


def test_a_locked_store_costs_a_list_no_token(password_store: PassStore) -> None:
    store()
    create_entry(HOST, "token")
    result = run_helper("list")
    assert json.loads(result.stdout) == {HOST: "AWS"}
    assert result.stderr_text.count("\n") == 1
    assert "[keyring-locked]" in result.report
    assert not password_store.has_prompted


def test_a_login_that_cannot_be_encrypted_leaves_the_stored_one(password_store: PassStore, home: Path) -> None:
    store()
    assert parse_error_id(store("another", GNUPGHOME=str(home))) == "keyring-failed"
    password_store.give_passphrase()
    assert get_secret() == SECRET


def test_the_gpg_options_of_a_user_are_kept(password_store: PassStore, home: Path) -> None:
    status_file = home / "status"
    store()
    password_store.give_passphrase()
    assert get_secret(PASSWORD_STORE_GPG_OPTS=f"--status-file={status_file}") == SECRET
    assert "DECRYPTION_OKAY" in status_file.read_text()


@pytest.mark.usefixtures("password_store")
def test_a_hanging_pass_is_reported_and_ended(home: Path) -> None:
    store()
    pid_file = home / "process"
    program = home / "pass"
    program.write_text(f'#!/bin/sh\n[ "$1" = ls ] && exit\necho $$ >{pid_file}\nexec sleep 60\n')
    program.chmod(0o700)
    result = get(CREDHELPER_TIMEOUT="4", PATH=f"{home}:{build_environment()['PATH']}")
    assert parse_error_id(result) == "timed-out"
    wait_until(lambda: has_ended(int(pid_file.read_text())), "the end of pass")


def test_no_program_that_keyringrc_names_is_run(
    password_store: PassStore, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    marker = home / "ran"
    program = home / "program"
    program.write_text(f"#!/bin/sh\n>{marker}\n")
    program.chmod(0o700)
    directory = home / ".config" / "python_keyring"
    directory.mkdir(parents=True)
    (directory / "keyringrc.cfg").write_text(f"[pass]\nbinary = {program}\n")
    monkeypatch.setenv("KEYRING_PROPERTY_PASS_BINARY", str(program))
    store()
    password_store.give_passphrase()
    assert get_secret() == SECRET
    assert not marker.exists()


def test_a_login_is_committed_if_the_store_is_in_git(password_store: PassStore, home: Path) -> None:
    identity = home / ".config/git/config"
    identity.parent.mkdir(parents=True)
    identity.write_text("[user]\nname = somebody\nemail = somebody@example.com\n")
    git = ["git", "-C", f"{password_store.directory}/store"]
    run_program([*git, "init", "--quiet"])
    assert is_success(store())
    assert run_program([*git, "status", "--porcelain", "--", "python-keyring"]).stdout == b""


def test_no_pass_in_the_working_directory_is_run(
    password_store: PassStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert is_success(store())
    password_store.give_passphrase()
    planted_program = tmp_path / "pass"
    planted_program.write_text("#!/bin/sh\necho $$ >>ran\n")
    planted_program.chmod(0o755)
    monkeypatch.chdir(tmp_path)
    run_helper("get", stdin=SERVER.encode(), PATH=f".:{build_environment()['PATH']}")
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("name", ["PASSWORD_STORE_DIR", "GNUPGHOME", "BASH_ENV"])
@pytest.mark.parametrize("value", ["store", "./store", "~store"])
@pytest.mark.parametrize("backend", [None, "keyring_pass.PasswordStoreBackend"])
def test_no_login_is_written_below_the_working_directory(
    password_store: PassStore,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    value: str,
    backend: str | None,
) -> None:
    shutil.copytree(f"{password_store.directory}/store", tmp_path / value)
    before = list_files(tmp_path)
    monkeypatch.chdir(tmp_path)
    result = store(**{name: value, "PYTHON_KEYRING_BACKEND": backend})
    assert f"{name} is not an absolute path: {value!r}\n" in result.report
    assert "[path-relative]" in result.report
    assert list_files(tmp_path) == before


@pytest.mark.parametrize("name", ["GNUPGHOME", "BASH_ENV", "XDG_CONFIG_HOME"])
def test_a_relative_path_for_pass_is_not_refused_if_pass_is_not_set_up(name: str) -> None:
    result = get(**{name: "here"})
    assert is_not_found(result)
    assert result.stderr_text == ""
