"""Logins where something is broken: files that somebody has damaged, a keyring that hangs or cannot be imported."""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

import pytest

from tests.contract.process import (
    HOST,
    HUB,
    NOT_FOUND,
    ORDINARY_USER,
    PROGRAM,
    Done,
    environment,
    get,
    helper,
    login,
    run,
)
from tests.contract.rules import told
from tests.contract.seeds import seed

SECRET = "a-secret-of-somebody"
STRANGE_LINES = ["gh\udcffcr.io\tfile", "http://\tfile", "not a host\tfile", "quay.io file", "\tfile"]
OTHER_BUSES = ["tcp:host=127.0.0.1,port=9", "launchd:env=SOMETHING", "unixexec:path=/bin/false", "disabled:"]

# The program, where two modules are others: one cannot be imported; the keyring of pass answers nobody, ever.
_RUN = f"from credhelper.__main__ import run; run(['{PROGRAM}', *sys.argv[1:]])"
WITHOUT_KEYRING = f"import sys; sys.modules['keyring'] = None\n{_RUN}"
PASS_HANGS = f"""
import sys, time, types
from keyring.backend import KeyringBackend
def hang(*_):
    time.sleep(600)
members = dict.fromkeys(("get_password", "set_password", "delete_password"), hang)
module = types.ModuleType("keyring_pass")
module.PasswordStoreBackend = type("PasswordStoreBackend", (KeyringBackend,), {{"priority": 1, **members}})
sys.modules["keyring_pass"] = module
{_RUN}
"""


def sent(server: str, secret: str = SECRET) -> bytes:
    return json.dumps({"ServerURL": server, "Username": "somebody", "Secret": secret}).encode()


def store(server: str, **changes: str) -> None:
    assert helper("store", stdin=sent(server), **changes).status == 0


def python(program: str, verb: str, stdin: bytes = b"", **changes: str) -> Done:
    return run([sys.executable, "-I", "-c", program, verb], stdin, **changes)


@pytest.fixture
def folder(home: Path) -> Path:
    """The folder of the logins."""
    made = home / ".local/share/credhelper"
    made.mkdir(0o700, parents=True)
    return made


@pytest.fixture
def in_pass(folder: Path) -> None:
    """A login that was stored in pass."""
    index = folder / "index"
    index.write_text("credhelper logins 1\npass\nwhole\nghcr.io\tpass\n")
    index.chmod(0o600)


def test_a_torn_file_of_logins_is_no_empty_one(folder: Path) -> None:
    store("ghcr.io")
    logins = folder / "logins"
    torn = logins.read_bytes()[:-1] + b",}"
    logins.write_bytes(torn)
    told(get("ghcr.io"), "keyring-failed")
    told(helper("store", stdin=sent("quay.io")), "keyring-failed")
    assert logins.read_bytes() == torn


def test_no_login_is_taken_from_the_working_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store("ghcr.io", XDG_DATA_HOME=str(tmp_path))
    (tmp_path / "credhelper").rename(tmp_path / "None")
    monkeypatch.chdir(tmp_path)
    assert get("ghcr.io", HOME="").stdout == NOT_FOUND


@pytest.mark.parametrize("other", ["ghcr.io/team/app", "GHCR.IO"])
def test_without_an_index_the_answer_for_one_form_does_not_hide_another_s_login(folder: Path, other: str) -> None:
    store("Ghcr.io")
    (folder / "index").unlink()
    get(other)
    assert login(get("Ghcr.io"))["Secret"] == SECRET


def test_a_login_is_found_in_a_file_that_came_after_it_was_looked_for(folder: Path, tmp_path: Path) -> None:
    assert get("ghcr.io").stdout == NOT_FOUND
    store("ghcr.io", XDG_DATA_HOME=str(tmp_path))
    (tmp_path / "credhelper/logins").rename(folder / "logins")
    assert login(get("ghcr.io"))["Secret"] == SECRET


@pytest.mark.parametrize("line", STRANGE_LINES)
def test_a_damaged_index_costs_no_token_of_ecr_s_and_no_login(folder: Path, line: str) -> None:
    store("ghcr.io")
    with (folder / "index").open("a", errors="surrogateescape") as index:
        index.write(f"{line}\n")
    seed(HOST, "token")
    listed = helper("list")
    assert listed.status == 0
    assert json.loads(listed.stdout)[HOST] == "AWS"
    assert get("docker.io").stdout == NOT_FOUND
    assert login(get("ghcr.io"))["Secret"] == SECRET
    assert "[logins-unreadable]" in get("ghcr.io").said


@pytest.mark.parametrize("address", OTHER_BUSES)
def test_a_bus_that_cannot_be_spoken_to_is_no_keyring_and_no_fault(address: str) -> None:
    assert get("ghcr.io", DBUS_SESSION_BUS_ADDRESS=address).stdout == NOT_FOUND
    told(helper("store", stdin=sent("ghcr.io"), DBUS_SESSION_BUS_ADDRESS=address), "keyring-missing")


@pytest.mark.parametrize(("verb", "stdin"), [("get", b"ghcr.io"), ("store", sent("ghcr.io")), ("erase", b"ghcr.io")])
def test_without_python_s_keyring_the_person_is_told(verb: str, stdin: bytes) -> None:
    store("ghcr.io")
    told(python(WITHOUT_KEYRING, verb, stdin), "keyring-missing")


def test_without_python_s_keyring_ecr_s_tokens_are_listed() -> None:
    store("ghcr.io")
    seed(HOST, "token")
    done = python(WITHOUT_KEYRING, "list")
    assert (done.status, json.loads(done.stdout)) == (0, {HOST: "AWS"})
    assert "[keyring-missing]" in done.said


@pytest.mark.usefixtures("in_pass")
def test_a_list_has_ecr_s_tokens_though_pass_hangs(home: Path) -> None:
    elsewhere = str(home / "elsewhere")
    seed(HOST, "token", XDG_CONFIG_HOME=elsewhere)
    done = python(PASS_HANGS, "list", CREDHELPER_TIMEOUT="4", XDG_CONFIG_HOME=elsewhere)
    assert (done.status, json.loads(done.stdout)) == (0, {HOST: "AWS"})


@pytest.mark.usefixtures("in_pass")
def test_a_login_is_stored_though_the_keyring_of_an_earlier_one_hangs() -> None:
    changes = {"PYTHON_KEYRING_BACKEND": "credhelper.logins.file.Keyring", "CREDHELPER_TIMEOUT": "8"}
    done = python(PASS_HANGS, "store", sent("ghcr.io"), **changes)
    assert login(get("ghcr.io", **changes))["Secret"] == SECRET
    assert (done.status, done.stdout) == (0, b"")
    assert "an earlier login of ghcr.io" in done.said


def test_there_is_nothing_to_erase_where_nobody_ever_logged_in_and_the_keyring_hangs() -> None:
    changes = {"PYTHON_KEYRING_BACKEND": "keyring_pass.PasswordStoreBackend", "CREDHELPER_TIMEOUT": "8"}
    done = python(PASS_HANGS, "erase", b"ghcr.io", **changes)
    assert (done.status, done.stdout) == (0, b"")
    assert "[timed-out]" in done.said


def test_logins_that_cannot_be_looked_at_are_not_said_to_be_none(folder: Path) -> None:
    store("ghcr.io")
    folder.chmod(0)
    try:
        done = run([*ORDINARY_USER, PROGRAM, "get"], b"ghcr.io")
    finally:
        folder.chmod(0o700)
    told(done, "logins-unreadable")


def test_a_store_that_failed_leaves_other_hosts_as_they_were(folder: Path) -> None:
    store("ghcr.io")
    (folder / "logins").chmod(0o644)
    told(helper("store", stdin=sent("quay.io")), "keyring-failed")
    assert get("quay.io").stdout == NOT_FOUND


@pytest.fixture
def path(config: Path) -> str:
    """A PATH on which a delegate is first, for all hosts; a test writes it."""
    config.write_text('[[delegate]]\nhelper = "other"\n')
    return f"{config.parent}:{environment()['PATH']}"


def delegate(config: Path, script: str) -> None:
    program = config.parent / "docker-credential-other"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)


@pytest.mark.parametrize(("verb", "stdin"), [("store", sent("ghcr.io")), ("erase", b"ghcr.io")])
def test_what_a_delegate_was_to_change_when_it_hung_is_uncertain(
    config: Path, path: str, verb: str, stdin: bytes
) -> None:
    delegate(config, "exec sleep 60")
    told(helper(verb, stdin=stdin, PATH=path, CREDHELPER_TIMEOUT="1"), "login-uncertain")


def test_a_delegate_that_leaves_a_program_behind_has_answered(config: Path, path: str) -> None:
    answer = '{"ServerURL": "ghcr.io", "Username": "u", "Secret": "of another"}'
    delegate(config, f"sleep 4 &\necho '{answer}'")
    done = get("ghcr.io", PATH=path, CREDHELPER_TIMEOUT="2")
    assert (done.status, done.stdout) == (0, f"{answer}\n".encode())


def test_a_list_has_ecr_s_tokens_whatever_a_delegate_says(config: Path, path: str) -> None:
    delegate(config, f"{sys.executable} -c \"print('[' * 100000)\"")
    time.sleep(0.05)  # the kernel's clock for files ticks: what has just changed is no evidence
    seed(HOST, "token", PATH=path)
    done = helper("list", PATH=path)
    assert (done.status, json.loads(done.stdout)) == (0, {HOST: "AWS"})
    assert "[delegate-failed]" in done.said


def test_a_list_says_so_where_the_index_cannot_be_read(folder: Path) -> None:
    store("ghcr.io")
    (folder / "index").chmod(0o644)
    done = helper("list")
    assert (done.status, done.stdout) == (0, b"{}\n")
    assert "[logins-unreadable]" in done.said


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_that_logins_were_another_user_s_is_not_remembered(folder: Path) -> None:
    store("ghcr.io")
    os.chown(folder, 1000, 1000)
    assert get("ghcr.io").stdout == NOT_FOUND
    os.chown(folder, os.geteuid(), os.getegid())
    assert login(get("ghcr.io"))["Secret"] == SECRET


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_root_with_a_user_s_home_is_told_to_use_its_own(folder: Path) -> None:
    store("ghcr.io")
    for path in (folder, folder / "index", folder / "logins"):
        os.chown(path, 1000, 1000)
    done = helper("store", stdin=sent("quay.io"))
    told(done, "login-unkept")
    assert "sudo -H" in done.said


@pytest.mark.parametrize(
    ("form", "of_a_path", "asked"),
    [
        ("docker.io", f"{HUB}refresh-token", HUB),
        (HUB, "docker.io/library/alpine", "docker.io"),
        ("ghcr.io", "ghcr.io?scope=all", "ghcr.io"),
        ("ghcr.io#part", "ghcr.io", "ghcr.io#part"),
    ],
)
def test_a_form_that_has_no_login_does_not_hide_another_of_the_same_host(form: str, of_a_path: str, asked: str) -> None:
    store(form)
    assert get(of_a_path).stdout == NOT_FOUND
    assert login(get(asked))["Secret"] == SECRET


@pytest.mark.parametrize(("verb", "status"), [("get", 1), ("erase", 0)])
def test_whoever_has_little_time_pulls_without_a_login_all_the_same(verb: str, status: int) -> None:
    changes = {"PYTHON_KEYRING_BACKEND": "keyring_pass.PasswordStoreBackend", "CREDHELPER_TIMEOUT": "2"}
    done = python(PASS_HANGS, verb, b"ghcr.io", **changes)
    assert (done.status, done.stdout) == (status, NOT_FOUND if verb == "get" else b"")


@pytest.mark.usefixtures("in_pass")
def test_a_login_that_was_stored_in_little_time_was_stored() -> None:
    changes = {"PYTHON_KEYRING_BACKEND": "credhelper.logins.file.Keyring", "CREDHELPER_TIMEOUT": "2"}
    assert python(PASS_HANGS, "store", sent("ghcr.io"), **changes).status == 0
