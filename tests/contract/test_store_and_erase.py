"""`store` and `erase`: what docker login and docker logout come to."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.contract.process import (
    HOST,
    NO_SERVER,
    NO_USERNAME,
    NOBODY_CALLED,
    OTHER,
    PUBLIC,
    Done,
    files,
    get,
    helper,
    login,
)
from tests.contract.seeds import entries, seed

if TYPE_CHECKING:
    from pathlib import Path

    from tests.instance.services import Loopback

SECRET = "a-secret-of-somebody"


def stored(**fields: object) -> Done:
    return helper("store", stdin=json.dumps(fields).encode() + b"\n")


def at_hand() -> dict[str, str]:
    listed: dict[str, str] = json.loads(helper("list").stdout)
    return listed


@pytest.mark.parametrize("server", [HOST, f"https://{HOST}", f"{HOST}:443", PUBLIC])
def test_a_login_to_ecr_succeeds_and_is_not_kept(cloud: Loopback, home: Path, server: str) -> None:
    done = stored(ServerURL=server, Username="AWS", Secret=SECRET)
    assert (done.status, done.stdout) == (0, b"")
    assert done.stderr.count(b"\n") == 1
    assert "role" in done.said
    assert "not kept" in done.said
    assert files(home) == set()
    assert cloud.calls() == NOBODY_CALLED


def test_a_login_leaves_the_token_that_is_at_hand() -> None:
    seed(HOST, "token")
    stored(ServerURL=HOST, Username="AWS", Secret=SECRET)
    assert login(get())["Secret"] == "token"


@pytest.mark.parametrize("secret", [{"Secret": ""}, {}])
def test_a_login_may_have_no_secret(secret: dict[str, str]) -> None:
    assert stored(ServerURL=HOST, Username="AWS", **secret).status == 0


@pytest.mark.parametrize("fields", [{"ServerURL": ""}, {}])
def test_a_login_without_a_server_is_the_protocol_s_own_error(fields: dict[str, str]) -> None:
    done = stored(**fields, Username="AWS", Secret=SECRET)
    assert (done.status, done.stdout) == (1, NO_SERVER)


@pytest.mark.parametrize("fields", [{"Username": ""}, {}])
def test_a_login_without_a_user_is_the_protocol_s_own_error(fields: dict[str, str]) -> None:
    done = stored(**fields, ServerURL=HOST, Secret=SECRET)
    assert (done.status, done.stdout) == (1, NO_USERNAME)


@pytest.mark.parametrize("server", [HOST, PUBLIC, f"http://{HOST}", "ghcr.io", "https://index.docker.io/v1/"])
def test_nothing_to_erase_is_a_success(cloud: Loopback, home: Path, server: str) -> None:
    done = helper("erase", stdin=server.encode())
    assert (done.status, done.stdout, done.stderr) == (0, b"", b"")
    assert files(home) == set()
    assert cloud.calls() == NOBODY_CALLED


def test_after_an_erase_the_next_get_exchanges(cloud: Loopback) -> None:
    first = login(get())
    assert helper("erase", stdin=HOST.encode()).status == 0
    second = login(get())
    assert first["Secret"] != second["Secret"]
    assert cloud.calls()["ecr"] == 2


@pytest.mark.parametrize("form", [f"https://{HOST}", f"{HOST}:443/v2/", f"{HOST}\n"])
def test_an_erase_understands_each_form_of_a_host(form: str) -> None:
    seed(HOST, "token")
    helper("erase", stdin=form.encode())
    assert at_hand() == {}


def test_an_erase_drops_the_token_wherever_it_is_held_and_no_other() -> None:
    elsewhere = HOST.replace("us-east-1", "eu-west-1")
    seed(HOST, "shared")
    seed(OTHER, "shared")
    seed(elsewhere, "own")
    assert set(at_hand()) == {HOST, OTHER, elsewhere}
    helper("erase", stdin=HOST.encode())
    assert set(at_hand()) == {elsewhere}


def test_an_erase_drops_the_host_s_token_of_every_identity(home: Path) -> None:
    seed(HOST, "one", AWS_PROFILE="one")
    seed(HOST, "two", AWS_PROFILE="two")
    assert len(entries(home)) == 2
    helper("erase", stdin=HOST.encode())
    assert entries(home) == []


def test_erasing_twice_is_a_success() -> None:
    seed(HOST, "token")
    assert [helper("erase", stdin=HOST.encode()).status for _ in range(2)] == [0, 0]


def test_no_host_to_erase_is_the_protocol_s_own_error() -> None:
    done = helper("erase")
    assert (done.status, done.stdout) == (1, NO_SERVER)
