"""A desktop: logins are in its keyring; while that is locked, ECR works, and other registries get an error."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.clients import APP, HOST, count_new_calls, output_of, pull
from tests.e2e.logins import desktop
from tests.e2e.logins.desktop import ENV, USER
from tests.e2e.logins.users import HELPER, find_files_with, list_logins, log_in, may_pull, run_login
from tests.e2e.proxy_log import parse_secret
from tests.fake_ec2.other_registries import REGISTRY, SECOND_REGISTRY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.fake_ec2 import Instance

IMAGE = f"{REGISTRY.server}/one:1"


@pytest.fixture
def session(server: Instance) -> Iterator[Instance]:
    with desktop.sign_in(server):
        yield server


def test_a_login_is_in_the_keyring_and_in_no_file(session: Instance) -> None:
    log_in(session, REGISTRY, "alice", user=USER, env=ENV)
    assert may_pull(session, IMAGE, user=USER, env=ENV)
    assert find_files_with(session, REGISTRY.passwords["alice"]) == []
    session.check_output("log out", ["docker", "logout", REGISTRY.server], user=USER, env=ENV)
    assert not may_pull(session, IMAGE, user=USER, env=ENV)


def test_a_locked_keyring_is_reported_and_costs_ecr_nothing(session: Instance) -> None:
    log_in(session, REGISTRY, "alice", user=USER, env=ENV)
    desktop.lock(session)

    pull_result = pull(session, APP, user=USER, env=ENV)
    assert pull_result.returncode == 0, output_of(pull_result)
    build_result = session.run(
        ["docker", "build", "-"], input=f"FROM {APP}\n", user=USER, env={**ENV, "DOCKER_BUILDKIT": "0"}
    )
    assert build_result.returncode == 0, output_of(build_result)
    assert "some logins are not listed" in build_result.stderr
    login_result = run_login(session, SECOND_REGISTRY, "carol", user=USER, env=ENV)
    assert login_result.returncode == 1
    assert "explain keyring-locked" in login_result.stderr
    refused_result = pull(session, IMAGE, user=USER, env=ENV)
    assert refused_result.returncode == 1
    assert "explain keyring-locked" in refused_result.stderr

    desktop.unlock(session)
    assert list_logins(session, USER, ENV)[REGISTRY.server] == "alice"
    assert may_pull(session, IMAGE, user=USER, env=ENV)


def test_over_ssh_a_login_of_the_desktop_is_reported_to_exist(session: Instance) -> None:
    log_in(session, REGISTRY, "alice", user=USER, env=ENV)
    result = pull(session, IMAGE, user=USER)
    assert result.returncode == 1
    assert "cannot reach the desktop's keyring (Secret Service)" in result.stderr
    assert "explain keyring-missing" in result.stderr


def test_a_login_of_a_server_serves_the_desktop_too(server: Instance) -> None:
    log_in(server, REGISTRY, "alice", user=USER)
    with desktop.sign_in(server):
        assert may_pull(server, IMAGE, user=USER, env=ENV)
        log_in(server, SECOND_REGISTRY, "carol", user=USER, env=ENV)
    assert list_logins(server, USER) == {REGISTRY.server: "alice", SECOND_REGISTRY.server: "carol"}


def test_an_ecr_token_is_in_the_keyring_too_where_configured(session: Instance) -> None:
    session.write("/etc/credhelper/config.toml", "[tokens]\nkeyring = true\n")
    for calls in (1, 0):
        result = pull(session, APP, user=USER, env=ENV)
        assert result.returncode == 0, output_of(result)
        assert count_new_calls(session)["ecr"] == calls
    token = parse_secret(session.run([HELPER, "get"], input=HOST, user=USER, env=ENV))
    assert find_files_with(session, token) == []
    desktop.lock(session)
    result = pull(session, APP, user=USER, env=ENV)
    assert result.returncode == 0, output_of(result)
    assert count_new_calls(session)["ecr"] == 1
