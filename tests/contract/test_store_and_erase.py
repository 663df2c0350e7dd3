"""`store` and `erase`, which `docker login` and `docker logout` run."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.support.factories import create_entry, list_cache_files
from tests.support.runner import (
    HOST,
    NO_CALLS,
    NO_SERVER,
    NO_USERNAME,
    OTHER_HOST,
    PUBLIC,
    ProcessResult,
    list_files,
    parse_login,
    run_get,
    run_helper,
)

if TYPE_CHECKING:
    from pathlib import Path

    from tests.fake_ec2.services import Loopback

SECRET = "a-secret-of-somebody"


def run_store(**fields: object) -> ProcessResult:
    return run_helper("store", stdin=json.dumps(fields).encode() + b"\n")


def list_tokens() -> dict[str, str]:
    tokens: dict[str, str] = json.loads(run_helper("list").stdout)
    return tokens


@pytest.mark.parametrize("server", [HOST, f"https://{HOST}", f"{HOST}:443", PUBLIC])
def test_a_login_to_ecr_succeeds_and_is_not_kept(cloud: Loopback, home: Path, server: str) -> None:
    result = run_store(ServerURL=server, Username="AWS", Secret=SECRET)
    assert (result.status, result.stdout) == (0, b"")
    assert result.stderr.count(b"\n") == 1
    assert "the login was not stored" in result.stderr_text
    assert list_files(home) == set()
    assert cloud.count_calls() == NO_CALLS


def test_a_login_leaves_the_cached_token() -> None:
    create_entry(HOST, "token")
    run_store(ServerURL=HOST, Username="AWS", Secret=SECRET)
    assert parse_login(run_get())["Secret"] == "token"


@pytest.mark.parametrize("secret", [{"Secret": ""}, {}])
def test_a_login_may_have_no_secret(secret: dict[str, str]) -> None:
    assert run_store(ServerURL=HOST, Username="AWS", **secret).status == 0


@pytest.mark.parametrize("fields", [{"ServerURL": ""}, {}])
def test_a_login_without_a_server_is_a_protocol_error(fields: dict[str, str]) -> None:
    result = run_store(**fields, Username="AWS", Secret=SECRET)
    assert (result.status, result.stdout) == (1, NO_SERVER)


@pytest.mark.parametrize("fields", [{"Username": ""}, {}])
def test_a_login_without_a_user_is_a_protocol_error(fields: dict[str, str]) -> None:
    result = run_store(**fields, ServerURL=HOST, Secret=SECRET)
    assert (result.status, result.stdout) == (1, NO_USERNAME)


@pytest.mark.parametrize("server", [HOST, PUBLIC, f"http://{HOST}", "ghcr.io", "https://index.docker.io/v1/"])
def test_erasing_nothing_is_a_success(cloud: Loopback, home: Path, server: str) -> None:
    result = run_helper("erase", stdin=server.encode())
    assert (result.status, result.stdout, result.stderr) == (0, b"", b"")
    assert list_files(home) == set()
    assert cloud.count_calls() == NO_CALLS


def test_the_next_get_after_an_erase_exchanges(cloud: Loopback) -> None:
    first = parse_login(run_get())
    assert run_helper("erase", stdin=HOST.encode()).status == 0
    second = parse_login(run_get())
    assert first["Secret"] != second["Secret"]
    assert cloud.count_calls()["ecr"] == 2


@pytest.mark.parametrize("form", [f"https://{HOST}", f"{HOST}:443/v2/", f"{HOST}\n"])
def test_an_erase_understands_each_form_of_a_host(form: str) -> None:
    create_entry(HOST, "token")
    run_helper("erase", stdin=form.encode())
    assert list_tokens() == {}


def test_an_erase_deletes_the_token_wherever_it_is_cached_and_no_other() -> None:
    eu_host = HOST.replace("us-east-1", "eu-west-1")
    create_entry(HOST, "shared")
    create_entry(OTHER_HOST, "shared")
    create_entry(eu_host, "own")
    assert set(list_tokens()) == {HOST, OTHER_HOST, eu_host}
    run_helper("erase", stdin=HOST.encode())
    assert set(list_tokens()) == {eu_host}


def test_an_erase_deletes_the_token_of_the_host_for_every_identity(home: Path) -> None:
    create_entry(HOST, "one", AWS_PROFILE="one")
    create_entry(HOST, "two", AWS_PROFILE="two")
    assert len(list_cache_files(home)) == 2
    run_helper("erase", stdin=HOST.encode())
    assert list_cache_files(home) == []


def test_erasing_twice_is_a_success() -> None:
    create_entry(HOST, "token")
    assert [run_helper("erase", stdin=HOST.encode()).status for _ in range(2)] == [0, 0]


def test_an_erase_without_a_host_is_a_protocol_error() -> None:
    result = run_helper("erase")
    assert (result.status, result.stdout) == (1, NO_SERVER)
