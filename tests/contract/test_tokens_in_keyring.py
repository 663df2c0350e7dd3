"""ECR tokens in the keyring: no file of the cache contains one, and everything else works as with files."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING

import pytest

from tests.support.runner import HOST, NO_CALLS, OTHER_HOST, PROGRAM, parse_login, run_get, run_helper, run_program

if TYPE_CHECKING:
    from pathlib import Path

    from tests.fake_ec2.services import Loopback

TOKEN_SETTINGS = "[tokens]\nkeyring = true\n"
FILE_KEYRING = f'[logins]\nkeyring = "file"\n{TOKEN_SETTINGS}'
FAILING_KEYRING = f'[logins]\nkeyring = "keyring.backends.fail.Keyring"\n{TOKEN_SETTINGS}'

WITHOUT_KEYRING = f"""
import sys; sys.modules["keyring"] = None
from credhelper.__main__ import run; run(["{PROGRAM}", *sys.argv[1:]])
"""

SLOW_SCRIPT = f"""
import sys, time
from credhelper.logins.backends.file import Keyring
read = Keyring.get_password
Keyring.get_password = lambda *args: (time.sleep(1), read(*args))[1]
from credhelper.__main__ import run; run(["{PROGRAM}", *sys.argv[1:]])
"""

HANGING_SCRIPT = f"""
import sys, time
from credhelper.logins.backends.file import Keyring
Keyring.get_password = lambda *args: time.sleep(600)
from credhelper.__main__ import run; run(["{PROGRAM}", *sys.argv[1:]])
"""

REPORTING_KEYRING = f'[logins]\nkeyring = "reporting.Keyring"\n{TOKEN_SETTINGS}'
REPORTING_SCRIPT = f"""
import os, sys, types
from keyring.backend import KeyringBackend
def record_call(*args):
    open(os.environ["KEPT"], "w").close()
members = dict(priority=1, get_password=lambda *args: None, set_password=record_call, delete_password=record_call)
sys.modules["reporting"] = types.ModuleType("reporting")
sys.modules["reporting"].Keyring = type("Keyring", (KeyringBackend,), members)
from credhelper.__main__ import run; run(["{PROGRAM}", *sys.argv[1:]])
"""


def get_secret(host: str = HOST) -> str:
    result = run_get(host)
    assert result.stderr == b"", result.stderr_text
    return parse_login(result)["Secret"]


def read_cache(home: Path) -> str:
    """Return the content of all files of the cache."""
    return "".join(path.read_text() for path in (home / ".cache/credhelper").iterdir())


@pytest.fixture(autouse=True)
def keyring_settings(config: Path) -> None:
    config.write_text(FILE_KEYRING)


@pytest.mark.usefixtures("cloud")
def test_no_file_of_the_cache_has_the_token(home: Path) -> None:
    token = get_secret()
    assert HOST in read_cache(home)
    assert token not in read_cache(home)
    assert "Secret" not in read_cache(home)


def test_a_second_get_calls_nothing(cloud: Loopback) -> None:
    token = get_secret()
    calls = cloud.count_calls()
    assert get_secret() == token
    assert cloud.count_calls() == calls


def test_another_registry_shares_the_token(cloud: Loopback, home: Path) -> None:
    assert get_secret() == get_secret(OTHER_HOST)
    assert cloud.count_calls()["ecr"] == 1
    assert "Secret" not in read_cache(home)
    assert json.loads(run_helper("list").stdout) == {HOST: "AWS", OTHER_HOST: "AWS"}


def test_an_erase_removes_the_token_from_the_keyring_wherever_it_was_shared(cloud: Loopback, home: Path) -> None:
    token = get_secret()
    assert get_secret(OTHER_HOST) == token
    logins = home / ".local/share/credhelper/logins"
    assert len(json.loads(logins.read_text())) == 2
    assert run_helper("erase", stdin=HOST.encode()).status == 0
    assert json.loads(logins.read_text()) == {}
    assert get_secret(OTHER_HOST) != token
    assert cloud.count_calls()["ecr"] == 2


def test_a_refresh_replaces_the_token_in_the_keyring(cloud: Loopback, home: Path) -> None:
    first = get_secret()
    assert run_program([PROGRAM, "refresh"]).status == 0
    assert get_secret() != first
    assert cloud.count_calls()["ecr"] == 2
    assert "Secret" not in read_cache(home)


def test_without_the_setting_tokens_are_in_files_again(cloud: Loopback, config: Path) -> None:
    get_secret()
    config.write_text("")
    first = parse_login(run_get())["Secret"]
    assert get_secret() == first
    assert cloud.count_calls()["ecr"] == 2


@pytest.mark.usefixtures("cloud")
def test_a_token_in_the_keyring_is_listed_once() -> None:
    get_secret()
    assert json.loads(run_helper("list").stdout) == {HOST: "AWS"}


def test_a_keyring_that_fails_costs_a_call_and_no_pull(cloud: Loopback, config: Path, home: Path) -> None:
    config.write_text(FAILING_KEYRING)
    for _ in range(2):
        result = run_get()
        assert parse_login(result)["Username"] == "AWS"
        assert f"{HOST}: the token is not cached: " in result.stderr_text
        assert result.stderr_text.count("\n") == 1
    assert cloud.count_calls()["ecr"] == 2
    assert "Secret" not in read_cache(home)


def test_without_a_keyring_the_token_is_not_put_into_a_file_instead(cloud: Loopback, config: Path, home: Path) -> None:
    config.write_text(TOKEN_SETTINGS)
    result = run_get()
    assert parse_login(result)["Username"] == "AWS"
    assert "this machine has no keyring" in result.stderr_text
    assert not (home / ".local").exists()
    assert cloud.count_calls() != NO_CALLS


@pytest.mark.parametrize("item", ["abcde", "\u00e9", "", 5, None])
def test_an_invalid_token_in_the_keyring_costs_a_call_and_no_pull(cloud: Loopback, home: Path, item: object) -> None:
    get_secret()
    logins = home / ".local/share/credhelper/logins"
    logins.write_text(json.dumps({service: {"credhelper": item} for service in json.loads(logins.read_text())}))
    assert run_helper("list").stdout == b"{}\n"
    assert parse_login(run_get())["Username"] == "AWS"
    assert cloud.count_calls()["ecr"] == 2


@pytest.mark.usefixtures("cloud")
def test_a_failed_erase_can_be_repeated(home: Path) -> None:
    get_secret()
    logins = home / ".local/share/credhelper/logins"
    logins.chmod(0o644)
    assert run_helper("erase", stdin=HOST.encode()).status == 1
    logins.chmod(0o600)
    assert run_helper("erase", stdin=HOST.encode()).status == 0
    assert json.loads(logins.read_text()) == {}


@pytest.mark.usefixtures("cloud")
def test_a_token_leaves_the_keyring_when_its_entry_is_pruned(home: Path) -> None:
    get_secret()
    for path in (home / ".cache/credhelper").glob("[!.]*"):
        os.utime(path, (1, 1))
    get_secret(HOST.replace("us-east-1", "eu-west-1"))
    logins = json.loads((home / ".local/share/credhelper/logins").read_text())
    assert [service for service in logins if "us-east-1" in service] == []


@pytest.mark.usefixtures("cloud")
def test_without_the_keyring_package_a_token_costs_a_call_and_no_pull() -> None:
    get_secret()
    result = run_program([sys.executable, "-I", "-c", WITHOUT_KEYRING, "get"], HOST.encode())
    assert parse_login(result)["Username"] == "AWS"
    assert "[keyring-missing]" in result.report


@pytest.mark.usefixtures("cloud")
def test_a_slow_keyring_costs_a_call_and_no_pull_however_many_tokens_it_has() -> None:
    for number in range(8):
        get_secret(f"12345678900{number}.dkr.ecr.us-east-1.amazonaws.com")
    result = run_program([sys.executable, "-I", "-c", SLOW_SCRIPT, "get"], HOST.encode(), CREDHELPER_TIMEOUT="12")
    assert parse_login(result)["Username"] == "AWS"


@pytest.mark.usefixtures("cloud")
def test_no_token_from_before_the_setting_stays_in_a_file(config: Path, home: Path) -> None:
    config.write_text("")
    get_secret()
    get_secret(OTHER_HOST)
    config.write_text(FILE_KEYRING)
    get_secret()
    assert "Secret" not in read_cache(home)


@pytest.mark.usefixtures("cloud")
def test_without_the_setting_no_token_stays_in_the_keyring(config: Path, home: Path) -> None:
    get_secret()
    config.write_text("")
    get_secret()
    assert json.loads((home / ".local/share/credhelper/logins").read_text()) == {}


@pytest.mark.usefixtures("cloud")
def test_tokens_that_cannot_be_removed_from_a_keyring_cost_no_pull(config: Path, home: Path) -> None:
    for number in range(6):
        get_secret(f"12345678900{number}.dkr.ecr.us-east-1.amazonaws.com")
    for path in (home / ".cache/credhelper").glob("[!.]*"):
        os.utime(path, (1, 1))
    config.write_text("")
    variables = {"PYTHON_KEYRING_BACKEND": "credhelper.logins.backends.file.Keyring", "CREDHELPER_TIMEOUT": "10"}
    result = run_program([sys.executable, "-I", "-c", HANGING_SCRIPT, "get"], HOST.encode(), **variables)
    assert parse_login(result)["Username"] == "AWS"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
@pytest.mark.usefixtures("cloud")
def test_root_with_the_home_of_a_user_puts_no_token_into_the_keyring_of_that_user(
    config: Path, home: Path, tmp_path: Path
) -> None:
    config.unlink()
    settings = tmp_path / "config.toml"
    settings.write_text(REPORTING_KEYRING)
    os.chown(home, 1000, 1000)
    result = run_program(
        [sys.executable, "-I", "-c", REPORTING_SCRIPT, "get"],
        HOST.encode(),
        CREDHELPER_CONFIG=str(settings),
        KEPT=str(tmp_path / "kept"),
    )
    assert parse_login(result)["Username"] == "AWS"
    assert not (tmp_path / "kept").exists()
