"""pass, behind the installed helper. Its key has a passphrase: nothing can be read until a person has given it."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest

from tests.contract.process import HOST, build_environment, list_files, parse_error, run_helper, run_program
from tests.contract.seeds import create_entry
from tests.stores.client import SECRET, SERVER, erase, failure, get, is_kept, is_nobody, secret, store
from tests.stores.programs import has_ended, until

if TYPE_CHECKING:
    from pathlib import Path

    from tests.stores.passwords import Passwords


def test_a_login_is_stored_and_got_and_listed_and_erased(password_store: Passwords) -> None:
    assert is_nobody(get())
    assert is_kept(store())
    password_store.give_passphrase()
    assert secret() == SECRET
    assert json.loads(run_helper("list").stdout) == {SERVER: "somebody"}
    assert is_kept(erase())
    assert is_nobody(get())
    assert not password_store.prompted


def test_nobody_hears_pass_itself(password_store: Passwords) -> None:
    password_store.give_passphrase()
    assert (store().stderr, erase().stderr, get().stderr) == (b"", b"", b"")


def test_without_the_passphrase_the_store_is_said_to_be_locked_and_nobody_is_asked(password_store: Passwords) -> None:
    store()
    done = get()
    assert failure(done) == "keyring-locked"
    assert "passphrase" in parse_error(done)
    assert not password_store.prompted


def test_without_the_passphrase_a_login_can_be_changed_and_erased(password_store: Passwords) -> None:
    assert is_kept(store("first"))
    assert is_kept(store("second"))
    assert is_kept(erase())
    assert is_nobody(get())
    assert not password_store.prompted


def test_a_locked_store_costs_a_list_no_token(password_store: Passwords) -> None:
    store()
    create_entry(HOST, "token")
    done = run_helper("list")
    assert json.loads(done.stdout) == {HOST: "AWS"}
    assert done.stderr_text.count("\n") == 1
    assert "[keyring-locked]" in done.stderr_text
    assert not password_store.prompted


def test_a_login_that_cannot_be_encrypted_leaves_that_which_was_there(password_store: Passwords, home: Path) -> None:
    store()
    assert failure(store("another", GNUPGHOME=str(home))) == "keyring-failed"
    password_store.give_passphrase()
    assert secret() == SECRET


def test_the_options_for_gpg_of_a_person_are_kept(password_store: Passwords, home: Path) -> None:
    said = home / "status"
    store()
    password_store.give_passphrase()
    assert secret(PASSWORD_STORE_GPG_OPTS=f"--status-file={said}") == SECRET
    assert "DECRYPTION_OKAY" in said.read_text()


@pytest.mark.usefixtures("password_store")
def test_a_pass_that_hangs_is_told_and_ended(home: Path) -> None:
    store()
    process = home / "process"
    hanging = home / "pass"
    hanging.write_text(f'#!/bin/sh\n[ "$1" = ls ] && exit\necho $$ >{process}\nexec sleep 60\n')
    hanging.chmod(0o700)
    done = get(CREDHELPER_TIMEOUT="4", PATH=f"{home}:{build_environment()['PATH']}")
    assert failure(done) == "timed-out"
    until(lambda: has_ended(int(process.read_text())), "the end of pass")


def test_no_program_that_keyringrc_names_is_run(
    password_store: Passwords, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran = home / "ran"
    program = home / "program"
    program.write_text(f"#!/bin/sh\n>{ran}\n")
    program.chmod(0o700)
    folder = home / ".config" / "python_keyring"
    folder.mkdir(parents=True)
    (folder / "keyringrc.cfg").write_text(f"[pass]\nbinary = {program}\n")
    monkeypatch.setenv("KEYRING_PROPERTY_PASS_BINARY", str(program))
    store()
    password_store.give_passphrase()
    assert secret() == SECRET
    assert not ran.exists()


def test_a_login_is_committed_where_the_store_is_in_git(password_store: Passwords, home: Path) -> None:
    identity = home / ".config/git/config"
    identity.parent.mkdir(parents=True)
    identity.write_text("[user]\nname = somebody\nemail = somebody@example.com\n")
    git = ["git", "-C", f"{password_store.folder}/store"]
    run_program([*git, "init", "--quiet"])
    assert is_kept(store())
    assert run_program([*git, "status", "--porcelain", "--", "python-keyring"]).stdout == b""


def test_no_pass_of_the_working_folder_is_run(
    password_store: Passwords, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert is_kept(store())
    password_store.give_passphrase()
    stranger = tmp_path / "pass"
    stranger.write_text("#!/bin/sh\necho $$ >>ran\n")
    stranger.chmod(0o755)
    monkeypatch.chdir(tmp_path)
    run_helper("get", stdin=SERVER.encode(), PATH=f".:{build_environment()['PATH']}")
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("name", ["PASSWORD_STORE_DIR", "GNUPGHOME", "BASH_ENV"])
@pytest.mark.parametrize("value", ["store", "./store", "~store"])
@pytest.mark.parametrize("backend", [None, "keyring_pass.PasswordStoreBackend"])
def test_no_login_is_written_below_the_working_folder(
    password_store: Passwords,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    value: str,
    backend: str | None,
) -> None:
    shutil.copytree(f"{password_store.folder}/store", tmp_path / value)
    before = list_files(tmp_path)
    monkeypatch.chdir(tmp_path)
    done = store(**{name: value, "PYTHON_KEYRING_BACKEND": backend})
    assert f"{name} is not an absolute path: {value!r}" in parse_error(done)
    assert "[path-relative]" in done.stderr_text
    assert list_files(tmp_path) == before


@pytest.mark.parametrize("name", ["GNUPGHOME", "BASH_ENV", "XDG_CONFIG_HOME"])
def test_what_pass_would_read_is_not_refused_where_it_is_not_set_up(name: str) -> None:
    done = get(**{name: "here"})
    assert is_nobody(done)
    assert done.stderr_text == ""
