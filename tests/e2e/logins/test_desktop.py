"""A desktop: logins are in its keyring; while that is locked ECR is served, and the rest is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.clients import APP, HOST, asked, pull, seen
from tests.e2e.logins import desktop
from tests.e2e.logins.desktop import ENV, USER
from tests.e2e.logins.people import HELPER, holding, logged_in, login, may_pull, stored
from tests.e2e.witness import secret
from tests.instance.elsewhere import BESIDE, REGISTRY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.instance import Instance

IMAGE = f"{REGISTRY.server}/one:1"


@pytest.fixture
def session(server: Instance) -> Iterator[Instance]:
    with desktop.signed_in(server):
        yield server


def test_a_login_is_in_the_keyring_and_in_no_file(session: Instance) -> None:
    logged_in(session, REGISTRY, "alice", user=USER, env=ENV)
    assert may_pull(session, IMAGE, user=USER, env=ENV)
    assert holding(session, REGISTRY.people["alice"]) == []
    session.must("log out", ["docker", "logout", REGISTRY.server], user=USER, env=ENV)
    assert not may_pull(session, IMAGE, user=USER, env=ENV)


def test_a_locked_keyring_is_told_and_costs_ecr_nothing(session: Instance) -> None:
    logged_in(session, REGISTRY, "alice", user=USER, env=ENV)
    desktop.lock(session)

    pulled = pull(session, APP, user=USER, env=ENV)
    assert pulled.returncode == 0, seen(pulled)
    built = session.run(["docker", "build", "-"], input=f"FROM {APP}\n", user=USER, env={**ENV, "DOCKER_BUILDKIT": "0"})
    assert built.returncode == 0, seen(built)
    assert "logins are left out" in built.stderr
    locked = login(session, BESIDE, "carol", user=USER, env=ENV)
    assert locked.returncode == 1
    assert "[keyring-locked]" in locked.stderr
    refused = pull(session, IMAGE, user=USER, env=ENV)
    assert refused.returncode == 1
    assert "[keyring-locked]" in refused.stderr

    desktop.unlock(session)
    assert stored(session, USER, ENV)[REGISTRY.server] == "alice"
    assert may_pull(session, IMAGE, user=USER, env=ENV)


def test_a_login_of_the_desktop_is_told_to_be_there_whoever_comes_by_ssh(session: Instance) -> None:
    logged_in(session, REGISTRY, "alice", user=USER, env=ENV)
    by_ssh = pull(session, IMAGE, user=USER)
    assert by_ssh.returncode == 1
    assert "(Secret Service) cannot be reached" in by_ssh.stderr
    assert "[keyring-missing]" in by_ssh.stderr


def test_a_login_of_a_server_serves_the_desktop_too(server: Instance) -> None:
    logged_in(server, REGISTRY, "alice", user=USER)
    with desktop.signed_in(server):
        assert may_pull(server, IMAGE, user=USER, env=ENV)
        logged_in(server, BESIDE, "carol", user=USER, env=ENV)
    assert stored(server, USER) == {REGISTRY.server: "alice", BESIDE.server: "carol"}


def test_a_token_of_ecr_s_is_in_the_keyring_too_where_the_settings_say_so(session: Instance) -> None:
    session.write("/etc/credhelper/config.toml", "[tokens]\nkeyring = true\n")
    for calls in (1, 0):
        done = pull(session, APP, user=USER, env=ENV)
        assert done.returncode == 0, seen(done)
        assert asked(session)["ecr"] == calls
    token = secret(session.run([HELPER, "get"], input=HOST, user=USER, env=ENV))
    assert holding(session, token) == []
    desktop.lock(session)
    done = pull(session, APP, user=USER, env=ENV)
    assert done.returncode == 0, seen(done)
    assert asked(session)["ecr"] == 1
