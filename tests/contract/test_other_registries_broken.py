"""Logins where something is broken: damaged files, or a keyring that hangs or cannot be imported."""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

import pytest

from tests.contract.rules import check_error
from tests.support.factories import create_entry
from tests.support.hangs import HANG_TIMEOUT
from tests.support.runner import (
    HOST,
    HUB,
    NOT_FOUND,
    ORDINARY_USER,
    PROGRAM,
    ProcessResult,
    build_environment,
    parse_login,
    run_get,
    run_helper,
    run_program,
)

SECRET = "a-secret-of-somebody"
DAMAGED_LINES = ["gh\udcffcr.io\tfile", "http://\tfile", "not a host\tfile", "quay.io file", "\tfile"]
UNUSABLE_BUSES = ["tcp:host=127.0.0.1,port=9", "launchd:env=SOMETHING", "unixexec:path=/bin/false", "disabled:"]

# The program with one module replaced: keyring cannot be imported, or the keyring of pass never answers.
_RUN_SCRIPT = f"from credhelper.__main__ import run; run(['{PROGRAM}', *sys.argv[1:]])"
WITHOUT_KEYRING = f"import sys; sys.modules['keyring'] = None\n{_RUN_SCRIPT}"
HANGING_PASS = f"""
import sys, time, types
from keyring.backend import KeyringBackend
def hang(*_):
    time.sleep(600)
members = dict.fromkeys(("get_password", "set_password", "delete_password"), hang)
module = types.ModuleType("keyring_pass")
module.PasswordStoreBackend = type("PasswordStoreBackend", (KeyringBackend,), {{"priority": 1, **members}})
sys.modules["keyring_pass"] = module
{_RUN_SCRIPT}
"""


def encode_login(server: str, secret: str = SECRET) -> bytes:
    return json.dumps({"ServerURL": server, "Username": "somebody", "Secret": secret}).encode()


def store_login(server: str, **changes: str) -> None:
    assert run_helper("store", stdin=encode_login(server), **changes).status == 0


def run_script(script: str, verb: str, stdin: bytes = b"", **changes: str) -> ProcessResult:
    return run_program([sys.executable, "-I", "-c", script, verb], stdin, **changes)


@pytest.fixture
def login_directory(home: Path) -> Path:
    """Return the directory of the logins."""
    directory = home / ".local/share/credhelper"
    directory.mkdir(0o700, parents=True)
    return directory


@pytest.fixture
def login_in_pass(login_directory: Path) -> None:
    """Write an index according to which a login is stored in pass."""
    index = login_directory / "index"
    index.write_text("credhelper logins 1\npass\nwhole\nghcr.io\tpass\n")
    index.chmod(0o600)


def test_a_torn_file_of_logins_is_not_treated_as_empty(login_directory: Path) -> None:
    store_login("ghcr.io")
    logins = login_directory / "logins"
    damaged_bytes = logins.read_bytes()[:-1] + b",}"
    logins.write_bytes(damaged_bytes)
    check_error(run_get("ghcr.io"), "keyring-failed")
    check_error(run_helper("store", stdin=encode_login("quay.io")), "keyring-failed")
    assert logins.read_bytes() == damaged_bytes


def test_no_login_is_taken_from_the_working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store_login("ghcr.io", XDG_DATA_HOME=str(tmp_path))
    (tmp_path / "credhelper").rename(tmp_path / "None")
    monkeypatch.chdir(tmp_path)
    assert run_get("ghcr.io", HOME="").stdout == NOT_FOUND


@pytest.mark.parametrize("other", ["ghcr.io/team/app", "GHCR.IO"])
def test_without_an_index_the_answer_for_one_form_does_not_hide_the_login_of_another(
    login_directory: Path, other: str
) -> None:
    store_login("Ghcr.io")
    (login_directory / "index").unlink()
    run_get(other)
    assert parse_login(run_get("Ghcr.io"))["Secret"] == SECRET


def test_a_login_is_found_in_a_file_that_appeared_after_the_search(login_directory: Path, tmp_path: Path) -> None:
    assert run_get("ghcr.io").stdout == NOT_FOUND
    store_login("ghcr.io", XDG_DATA_HOME=str(tmp_path))
    (tmp_path / "credhelper/logins").rename(login_directory / "logins")
    assert parse_login(run_get("ghcr.io"))["Secret"] == SECRET


@pytest.mark.parametrize("line", DAMAGED_LINES)
def test_a_damaged_index_costs_no_ecr_token_and_no_login(login_directory: Path, line: str) -> None:
    store_login("ghcr.io")
    with (login_directory / "index").open("a", errors="surrogateescape") as index:
        index.write(f"{line}\n")
    create_entry(HOST, "token")
    result = run_helper("list")
    assert result.status == 0
    assert json.loads(result.stdout)[HOST] == "AWS"
    assert run_get("docker.io").stdout == NOT_FOUND
    assert parse_login(run_get("ghcr.io"))["Secret"] == SECRET
    assert "[logins-unreadable]" in run_get("ghcr.io").report


@pytest.mark.parametrize("address", UNUSABLE_BUSES)
def test_an_unusable_bus_is_treated_as_a_missing_keyring(address: str) -> None:
    assert run_get("ghcr.io", DBUS_SESSION_BUS_ADDRESS=address).stdout == NOT_FOUND
    check_error(run_helper("store", stdin=encode_login("ghcr.io"), DBUS_SESSION_BUS_ADDRESS=address), "keyring-missing")


@pytest.mark.parametrize(
    ("verb", "stdin"), [("get", b"ghcr.io"), ("store", encode_login("ghcr.io")), ("erase", b"ghcr.io")]
)
def test_without_the_keyring_package_the_user_is_informed(verb: str, stdin: bytes) -> None:
    store_login("ghcr.io")
    check_error(run_script(WITHOUT_KEYRING, verb, stdin), "keyring-missing")


def test_without_the_keyring_package_ecr_tokens_are_listed() -> None:
    store_login("ghcr.io")
    create_entry(HOST, "token")
    result = run_script(WITHOUT_KEYRING, "list")
    assert (result.status, json.loads(result.stdout)) == (0, {HOST: "AWS"})
    assert "[keyring-missing]" in result.report


@pytest.mark.usefixtures("login_in_pass")
def test_a_list_has_ecr_tokens_even_if_pass_hangs(home: Path) -> None:
    config_home = str(home / "elsewhere")
    create_entry(HOST, "token", XDG_CONFIG_HOME=config_home)
    result = run_script(HANGING_PASS, "list", CREDHELPER_TIMEOUT="4", XDG_CONFIG_HOME=config_home)
    assert (result.status, json.loads(result.stdout)) == (0, {HOST: "AWS"})


@pytest.mark.usefixtures("login_in_pass")
def test_a_login_is_stored_even_if_the_keyring_of_an_earlier_one_hangs() -> None:
    changes = {"PYTHON_KEYRING_BACKEND": "credhelper.logins.backends.file.Keyring", "CREDHELPER_TIMEOUT": "8"}
    result = run_script(HANGING_PASS, "store", encode_login("ghcr.io"), **changes)
    assert parse_login(run_get("ghcr.io", **changes))["Secret"] == SECRET
    assert (result.status, result.stdout) == (0, b"")
    assert "an earlier login for ghcr.io" in result.stderr_text


def test_erasing_nothing_is_a_success_even_if_the_keyring_hangs() -> None:
    changes = {"PYTHON_KEYRING_BACKEND": "keyring_pass.PasswordStoreBackend", "CREDHELPER_TIMEOUT": "8"}
    result = run_script(HANGING_PASS, "erase", b"ghcr.io", **changes)
    assert (result.status, result.stdout) == (0, b"")
    assert "[timed-out]" in result.report


def test_logins_that_cannot_be_read_are_not_reported_as_missing(login_directory: Path) -> None:
    store_login("ghcr.io")
    login_directory.chmod(0)
    try:
        result = run_program([*ORDINARY_USER, PROGRAM, "get"], b"ghcr.io")
    finally:
        login_directory.chmod(0o700)
    check_error(result, "logins-unreadable")


def test_a_failed_store_leaves_other_hosts_unchanged(login_directory: Path) -> None:
    store_login("ghcr.io")
    (login_directory / "logins").chmod(0o644)
    check_error(run_helper("store", stdin=encode_login("quay.io")), "keyring-failed")
    assert run_get("quay.io").stdout == NOT_FOUND


@pytest.fixture
def path(config: Path) -> str:
    """Return a PATH that begins with the directory of a delegate for all hosts; a test writes the delegate."""
    config.write_text('[[delegate]]\nhelper = "other"\n')
    return f"{config.parent}:{build_environment()['PATH']}"


def write_delegate(config: Path, script: str) -> None:
    program = config.parent / "docker-credential-other"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)


@pytest.mark.parametrize(("verb", "stdin"), [("store", encode_login("ghcr.io")), ("erase", b"ghcr.io")])
def test_a_change_by_a_delegate_that_hangs_is_reported_as_uncertain(
    config: Path, path: str, verb: str, stdin: bytes
) -> None:
    write_delegate(config, "exec sleep 60")
    check_error(run_helper(verb, stdin=stdin, PATH=path, CREDHELPER_TIMEOUT=HANG_TIMEOUT), "login-uncertain")


def test_the_answer_of_a_delegate_that_leaves_a_program_running_is_used(config: Path, path: str) -> None:
    answer = '{"ServerURL": "ghcr.io", "Username": "u", "Secret": "of another"}'
    write_delegate(config, f"sleep 4 &\necho '{answer}'")
    result = run_get("ghcr.io", PATH=path, CREDHELPER_TIMEOUT="3")
    assert (result.status, result.stdout) == (0, f"{answer}\n".encode())


def test_a_list_has_ecr_tokens_whatever_a_delegate_answers(config: Path, path: str) -> None:
    write_delegate(config, f"{sys.executable} -c \"print('[' * 100000)\"")
    time.sleep(0.05)  # until the kernel's file clock ticks: an entry cannot depend on a file that has just changed
    create_entry(HOST, "token", PATH=path)
    result = run_helper("list", PATH=path)
    assert (result.status, json.loads(result.stdout)) == (0, {HOST: "AWS"})
    assert "[delegate-failed]" in result.report


def test_a_list_reports_an_index_that_cannot_be_read(login_directory: Path) -> None:
    store_login("ghcr.io")
    (login_directory / "index").chmod(0o644)
    result = run_helper("list")
    assert (result.status, result.stdout) == (0, b"{}\n")
    assert "[logins-unreadable]" in result.report


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_a_login_hidden_by_another_owner_is_not_remembered_as_missing(login_directory: Path) -> None:
    store_login("ghcr.io")
    os.chown(login_directory, 1000, 1000)
    assert run_get("ghcr.io").stdout == NOT_FOUND
    os.chown(login_directory, os.geteuid(), os.getegid())
    assert parse_login(run_get("ghcr.io"))["Secret"] == SECRET


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_root_with_the_home_of_a_user_is_referred_to_its_own(login_directory: Path) -> None:
    store_login("ghcr.io")
    for path in (login_directory, login_directory / "index", login_directory / "logins"):
        os.chown(path, 1000, 1000)
    result = run_helper("store", stdin=encode_login("quay.io"))
    check_error(result, "login-unkept")
    assert "sudo -H" in result.stderr_text


@pytest.mark.parametrize(
    ("form", "missing_form", "lookup_form"),
    [
        ("docker.io", f"{HUB}refresh-token", HUB),
        (HUB, "docker.io/library/alpine", "docker.io"),
        ("ghcr.io", "ghcr.io?scope=all", "ghcr.io"),
        ("ghcr.io#part", "ghcr.io", "ghcr.io#part"),
    ],
)
def test_a_form_that_has_no_login_does_not_hide_another_of_the_same_host(
    form: str, missing_form: str, lookup_form: str
) -> None:
    store_login(form)
    assert run_get(missing_form).stdout == NOT_FOUND
    assert parse_login(run_get(lookup_form))["Secret"] == SECRET


@pytest.mark.parametrize(("verb", "status"), [("get", 1), ("erase", 0)])
def test_a_run_with_a_short_timeout_still_pulls_without_a_login(verb: str, status: int) -> None:
    changes = {"PYTHON_KEYRING_BACKEND": "keyring_pass.PasswordStoreBackend", "CREDHELPER_TIMEOUT": "2"}
    result = run_script(HANGING_PASS, verb, b"ghcr.io", **changes)
    assert (result.status, result.stdout) == (status, NOT_FOUND if verb == "get" else b"")


@pytest.mark.usefixtures("login_in_pass")
def test_a_store_with_a_short_timeout_still_succeeds() -> None:
    changes = {"PYTHON_KEYRING_BACKEND": "credhelper.logins.backends.file.Keyring", "CREDHELPER_TIMEOUT": "2"}
    assert run_script(HANGING_PASS, "store", encode_login("ghcr.io"), **changes).status == 0
