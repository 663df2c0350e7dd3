"""Hosts that are not ECR's, as a client sees them: stored logins, and the quick answer that no login is stored."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.factories import create_entry
from tests.support.runner import (
    HOST,
    HUB,
    NO_CALLS,
    NOT_FOUND,
    ProcessResult,
    build_environment,
    parse_login,
    run_get,
    run_helper,
)

if TYPE_CHECKING:
    from tests.fake_ec2.services import Loopback

SECRET = "a-secret-of-somebody"
CACHE_DIRECTORY = ".cache/credhelper"


def store_login(server: str, secret: str = SECRET, username: str = "somebody") -> ProcessResult:
    login = {"ServerURL": server, "Username": username, "Secret": secret}
    result = run_helper("store", stdin=json.dumps(login).encode())
    assert (result.status, result.stdout) == (0, b"")
    return result


def find_secret(server: str) -> str:
    """Return the secret in the answer, or "" if no login is stored."""
    result = run_get(server)
    return "" if result.stdout == NOT_FOUND else parse_login(result)["Secret"]


def list_negative_entries(home: Path) -> list[str]:
    return sorted(path.name.rpartition("-")[0] for path in (home / CACHE_DIRECTORY).glob("[!.]*"))


def test_a_login_is_returned_without_a_call_to_aws(cloud: Loopback) -> None:
    store_login("ghcr.io")
    assert parse_login(run_get("https://GHCR.io/v2/")) == {
        "ServerURL": "ghcr.io",
        "Username": "somebody",
        "Secret": SECRET,
    }
    assert cloud.count_calls() == NO_CALLS


def test_a_missing_login_is_remembered_until_one_is_stored(home: Path) -> None:
    assert find_secret(HUB) == ""
    assert list_negative_entries(home) == ["index.docker.io"]
    store_login(HUB)
    assert find_secret(HUB) == SECRET


def test_an_erased_login_is_gone_at_once() -> None:
    store_login("ghcr.io")
    assert find_secret("ghcr.io") == SECRET
    run_helper("erase", stdin=b"ghcr.io")
    assert [find_secret("ghcr.io") for _ in range(2)] == ["", ""]
    store_login("ghcr.io", "another")
    assert find_secret("ghcr.io") == "another"


def test_a_login_for_a_part_of_a_host_is_not_hidden_by_the_answer_for_the_host() -> None:
    store_login(f"{HUB}access-token")
    assert find_secret(HUB) == ""
    assert find_secret(f"{HUB}access-token") == SECRET


def test_a_login_is_found_even_if_the_index_is_lost(home: Path) -> None:
    store_login("https://ghcr.io")
    (home / ".local/share/credhelper/index").unlink()
    assert find_secret("ghcr.io") == SECRET


@pytest.mark.parametrize("variable", ["XDG_DATA_HOME", "PYTHON_KEYRING_BACKEND"])
def test_a_variable_that_selects_a_keyring_changes_the_answer(variable: str, tmp_path: Path) -> None:
    assert find_secret("ghcr.io") == ""
    result = run_helper(
        "store",
        stdin=json.dumps({"ServerURL": "ghcr.io", "Username": "u", "Secret": SECRET}).encode(),
        **{variable: str(tmp_path) if variable == "XDG_DATA_HOME" else "credhelper.logins.backends.file.Keyring"},
    )
    assert result.status == 0
    value = str(tmp_path) if variable == "XDG_DATA_HOME" else "credhelper.logins.backends.file.Keyring"
    assert parse_login(run_get("ghcr.io", **{variable: value}))["Secret"] == SECRET


def test_an_edit_of_the_settings_takes_effect_at_once(config: Path) -> None:
    assert find_secret("ghcr.io") == ""
    program = config.parent / "docker-credential-other"
    program.write_text(f"#!/bin/sh\necho '{json.dumps({'ServerURL': 'x', 'Username': 'u', 'Secret': 'of another'})}'\n")
    program.chmod(0o755)
    config.write_text('[[delegate]]\nhelper = "other"\n')
    path = f"{program.parent}:{build_environment()['PATH']}"
    assert parse_login(run_get("ghcr.io", PATH=path))["Secret"] == "of another"


def test_a_delegate_is_run_each_time(config: Path) -> None:
    log = config.parent / "asked"
    program = config.parent / "docker-credential-other"
    program.write_text(f'#!/bin/sh\necho "$1 $(cat)" >> {log}\necho credentials not found in native keychain\nexit 1\n')
    program.chmod(0o755)
    config.write_text('[[delegate]]\nhelper = "other"\nmatch = "ghcr.io"\n')
    path = f"{program.parent}:{build_environment()['PATH']}"
    assert [run_get("https://ghcr.io/v2/", PATH=path).stdout for _ in range(2)] == [NOT_FOUND] * 2
    assert run_get("quay.io", PATH=path).stdout == NOT_FOUND
    assert log.read_text().splitlines() == ["get https://ghcr.io/v2/"] * 2


def test_a_list_has_ecr_tokens_and_logins_in_the_form_in_which_they_were_stored() -> None:
    create_entry(HOST, "token")
    store_login("https://ghcr.io/v2/")
    store_login("quay.io", username="<token>")
    assert json.loads(run_helper("list").stdout) == {
        HOST: "AWS",
        "https://ghcr.io/v2/": "somebody",
        "quay.io": "<token>",
    }


def test_a_list_has_ecr_tokens_even_if_no_keyring_can_be_used(config: Path) -> None:
    store_login("ghcr.io")
    config.write_text('[logins]\nkeyring = "file"\nkey_file = "/nowhere/key"\n')
    store_file = config.parents[2] / ".local/share/credhelper/logins"
    store_file.write_bytes(b"credhelper logins 1, encrypted\n")
    time.sleep(0.05)  # until the kernel's file clock ticks: an entry cannot depend on a file that has just changed
    create_entry(HOST, "token")
    result = run_helper("list")
    assert (result.status, json.loads(result.stdout)) == (0, {HOST: "AWS"})
    assert result.stderr.count(b"\n") == 1
    assert "[keyring-locked]" in result.report


def test_no_login_is_searched_for_if_the_settings_are_broken(config: Path) -> None:
    config.write_text("[logins]\nkeyring = 1\n")
    assert run_get("ghcr.io").status == 1
    assert "line 2" in run_get("ghcr.io").stderr_text


def test_without_a_home_there_is_no_login_and_no_error() -> None:
    assert run_get(HUB, HOME="").stdout == NOT_FOUND
    assert run_helper("erase", stdin=HUB.encode(), HOME="").status == 0
    assert run_helper("list", HOME="").stdout == b"{}\n"
