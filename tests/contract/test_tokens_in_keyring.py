"""ECR's tokens in the keyring: no file of the cache has one, and everything else is as with files."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING

import pytest

from tests.contract.process import HOST, NOBODY_CALLED, OTHER, PROGRAM, get, helper, login, run

if TYPE_CHECKING:
    from pathlib import Path

    from tests.instance.services import Loopback

TOKENS = "[tokens]\nkeyring = true\n"
IN_A_FILE = f'[logins]\nkeyring = "file"\n{TOKENS}'
NOWHERE = f'[logins]\nkeyring = "keyring.backends.fail.Keyring"\n{TOKENS}'

WITHOUT_KEYRING = f"""
import sys; sys.modules["keyring"] = None
from credhelper.__main__ import run; run(["{PROGRAM}", *sys.argv[1:]])
"""

SLOW = f"""
import sys, time
from credhelper.logins.file import Keyring
read = Keyring.get_password
Keyring.get_password = lambda *asked: (time.sleep(1), read(*asked))[1]
from credhelper.__main__ import run; run(["{PROGRAM}", *sys.argv[1:]])
"""

HANGING = f"""
import sys, time
from credhelper.logins.file import Keyring
Keyring.get_password = lambda *asked: time.sleep(600)
from credhelper.__main__ import run; run(["{PROGRAM}", *sys.argv[1:]])
"""

IN_A_KEYRING_OF_OURS = f'[logins]\nkeyring = "telling.Keyring"\n{TOKENS}'
TELLING = f"""
import os, sys, types
from keyring.backend import KeyringBackend
def keep(*asked):
    open(os.environ["KEPT"], "w").close()
members = dict(priority=1, get_password=lambda *asked: None, set_password=keep, delete_password=keep)
sys.modules["telling"] = types.ModuleType("telling")
sys.modules["telling"].Keyring = type("Keyring", (KeyringBackend,), members)
from credhelper.__main__ import run; run(["{PROGRAM}", *sys.argv[1:]])
"""


def secret(host: str = HOST) -> str:
    done = get(host)
    assert done.stderr == b"", done.said
    return login(done)["Secret"]


def kept(home: Path) -> str:
    """Give what the cache has, all of it."""
    return "".join(path.read_text() for path in (home / ".cache/credhelper").iterdir())


@pytest.fixture(autouse=True)
def _settings(config: Path) -> None:
    config.write_text(IN_A_FILE)


@pytest.mark.usefixtures("cloud")
def test_no_file_of_the_cache_has_the_token(home: Path) -> None:
    token = secret()
    assert HOST in kept(home)
    assert token not in kept(home)
    assert "Secret" not in kept(home)


def test_a_second_get_asks_nobody(cloud: Loopback) -> None:
    token = secret()
    calls = cloud.calls()
    assert secret() == token
    assert cloud.calls() == calls


def test_another_registry_is_lent_it(cloud: Loopback, home: Path) -> None:
    assert secret() == secret(OTHER)
    assert cloud.calls()["ecr"] == 1
    assert "Secret" not in kept(home)
    assert json.loads(helper("list").stdout) == {HOST: "AWS", OTHER: "AWS"}


def test_an_erase_takes_it_out_of_the_keyring_wherever_it_was_lent(cloud: Loopback, home: Path) -> None:
    token = secret()
    assert secret(OTHER) == token
    logins = home / ".local/share/credhelper/logins"
    assert len(json.loads(logins.read_text())) == 2
    assert helper("erase", stdin=HOST.encode()).status == 0
    assert json.loads(logins.read_text()) == {}
    assert secret(OTHER) != token
    assert cloud.calls()["ecr"] == 2


def test_a_refresh_renews_it_there(cloud: Loopback, home: Path) -> None:
    first = secret()
    assert run([PROGRAM, "refresh"]).status == 0
    assert secret() != first
    assert cloud.calls()["ecr"] == 2
    assert "Secret" not in kept(home)


def test_whoever_takes_the_setting_back_has_files_again(cloud: Loopback, config: Path) -> None:
    secret()
    config.write_text("")
    first = login(get())["Secret"]
    assert secret() == first
    assert cloud.calls()["ecr"] == 2


def test_it_is_not_among_the_logins() -> None:
    assert helper("list").stdout == b"{}\n"


def test_a_keyring_that_fails_costs_a_call_and_no_pull(cloud: Loopback, config: Path, home: Path) -> None:
    config.write_text(NOWHERE)
    for _ in range(2):
        done = get()
        assert login(done)["Username"] == "AWS"
        assert f"{HOST}: the token is not kept: " in done.said
        assert done.said.count("\n") == 1
    assert cloud.calls()["ecr"] == 2
    assert "Secret" not in kept(home)


def test_where_there_is_no_keyring_it_is_not_put_into_a_file_instead(cloud: Loopback, config: Path, home: Path) -> None:
    config.write_text(TOKENS)
    done = get()
    assert login(done)["Username"] == "AWS"
    assert "this machine has no keyring" in done.said
    assert not (home / ".local").exists()
    assert cloud.calls() != NOBODY_CALLED


@pytest.mark.parametrize("item", ["abcde", "\u00e9", "", 5, None])
def test_what_is_no_token_costs_a_call_and_no_pull(cloud: Loopback, home: Path, item: object) -> None:
    secret()
    logins = home / ".local/share/credhelper/logins"
    logins.write_text(json.dumps({service: {"credhelper": item} for service in json.loads(logins.read_text())}))
    assert helper("list").stdout == b"{}\n"
    assert login(get())["Username"] == "AWS"
    assert cloud.calls()["ecr"] == 2


@pytest.mark.usefixtures("cloud")
def test_an_erase_that_failed_can_be_done_again(home: Path) -> None:
    secret()
    logins = home / ".local/share/credhelper/logins"
    logins.chmod(0o644)
    assert helper("erase", stdin=HOST.encode()).status == 1
    logins.chmod(0o600)
    assert helper("erase", stdin=HOST.encode()).status == 0
    assert json.loads(logins.read_text()) == {}


@pytest.mark.usefixtures("cloud")
def test_a_token_leaves_the_keyring_when_its_entry_is_swept(home: Path) -> None:
    secret()
    for entry in (home / ".cache/credhelper").glob("[!.]*"):
        os.utime(entry, (1, 1))
    secret(HOST.replace("us-east-1", "eu-west-1"))
    logins = json.loads((home / ".local/share/credhelper/logins").read_text())
    assert [service for service in logins if "us-east-1" in service] == []


@pytest.mark.usefixtures("cloud")
def test_without_python_s_keyring_a_token_costs_a_call_and_no_pull() -> None:
    secret()
    done = run([sys.executable, "-I", "-c", WITHOUT_KEYRING, "get"], HOST.encode())
    assert login(done)["Username"] == "AWS"
    assert "[keyring-missing]" in done.said


@pytest.mark.usefixtures("cloud")
def test_a_slow_keyring_costs_a_call_and_no_pull_however_many_tokens_it_has() -> None:
    for number in range(8):
        secret(f"12345678900{number}.dkr.ecr.us-east-1.amazonaws.com")
    done = run([sys.executable, "-I", "-c", SLOW, "get"], HOST.encode(), CREDHELPER_TIMEOUT="12")
    assert login(done)["Username"] == "AWS"


@pytest.mark.usefixtures("cloud")
def test_no_token_of_before_the_setting_stays_in_a_file(config: Path, home: Path) -> None:
    config.write_text("")
    secret()
    secret(OTHER)
    config.write_text(IN_A_FILE)
    secret()
    assert "Secret" not in kept(home)


@pytest.mark.usefixtures("cloud")
def test_whoever_takes_the_setting_back_leaves_no_token_in_the_keyring(config: Path, home: Path) -> None:
    secret()
    config.write_text("")
    secret()
    assert json.loads((home / ".local/share/credhelper/logins").read_text()) == {}


@pytest.mark.usefixtures("cloud")
def test_tokens_that_a_keyring_does_not_give_up_cost_no_pull(config: Path, home: Path) -> None:
    for number in range(6):
        secret(f"12345678900{number}.dkr.ecr.us-east-1.amazonaws.com")
    for entry in (home / ".cache/credhelper").glob("[!.]*"):
        os.utime(entry, (1, 1))
    config.write_text("")
    hanging = {"PYTHON_KEYRING_BACKEND": "credhelper.logins.file.Keyring", "CREDHELPER_TIMEOUT": "10"}
    done = run([sys.executable, "-I", "-c", HANGING, "get"], HOST.encode(), **hanging)
    assert login(done)["Username"] == "AWS"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
@pytest.mark.usefixtures("cloud")
def test_root_with_a_user_s_home_puts_no_token_into_the_user_s_keyring(
    config: Path, home: Path, tmp_path: Path
) -> None:
    config.unlink()
    settings = tmp_path / "config.toml"
    settings.write_text(IN_A_KEYRING_OF_OURS)
    os.chown(home, 1000, 1000)
    done = run(
        [sys.executable, "-I", "-c", TELLING, "get"],
        HOST.encode(),
        CREDHELPER_CONFIG=str(settings),
        KEPT=str(tmp_path / "kept"),
    )
    assert login(done)["Username"] == "AWS"
    assert not (tmp_path / "kept").exists()
