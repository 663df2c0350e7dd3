"""`docker login` and `docker logout` at registries that are not ECR's."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.e2e.clients import HOME, NO_CALL, asked, seen
from tests.e2e.logins.people import holding, logged_in, login, may_pull, stored
from tests.instance.elsewhere import BESIDE, DOCKER_HUB, REGISTRY

if TYPE_CHECKING:
    from tests.instance import Instance

ONE = f"{REGISTRY.server}/one:1"
TWO = f"{BESIDE.server}/two:1"
OF_HUB = "team/app:1"


def test_a_login_serves_pull_and_push_until_the_logout_which_leaves_nothing(server: Instance) -> None:
    logged_in(server, REGISTRY, "alice")
    assert json.loads(server.read(f"{HOME}/.docker/config.json"))["auths"] == {REGISTRY.server: {}}
    assert may_pull(server, ONE)
    server.must("name the image", ["docker", "tag", ONE, f"{REGISTRY.server}/of/alice:1"])
    server.must("push it", ["docker", "push", f"{REGISTRY.server}/of/alice:1"])

    out = server.run(["docker", "logout", REGISTRY.server])
    assert (out.returncode, out.stderr) == (0, "")
    assert holding(server, REGISTRY.people["alice"]) == []
    assert holding(server, REGISTRY.server) == []
    assert stored(server) == {}
    assert not may_pull(server, ONE)
    assert asked(server) == NO_CALL


def test_a_login_that_the_registry_refuses_leaves_what_was_kept(server: Instance) -> None:
    for kept in ({}, {REGISTRY.server: "alice"}):
        refused = login(server, REGISTRY._replace(people={"alice": "wrong"}), "alice")
        assert refused.returncode == 1
        assert "unauthorized" in refused.stderr.lower()
        assert stored(server) == kept
        logged_in(server, REGISTRY, "alice")
    assert may_pull(server, ONE)


def test_after_the_login_of_a_second_user_the_first_is_gone(server: Instance) -> None:
    logged_in(server, REGISTRY, "alice")
    logged_in(server, REGISTRY, "bob")
    assert stored(server) == {REGISTRY.server: "bob"}
    assert holding(server, REGISTRY.people["alice"]) == []
    assert may_pull(server, ONE)


def test_a_login_is_taken_up_again_without_a_password(server: Instance) -> None:
    logged_in(server, REGISTRY, "alice")
    again = server.run(["docker", "login", REGISTRY.server])
    assert "Authenticating with existing credentials" in seen(again)
    assert "Login Succeeded" in again.stdout


@pytest.mark.parametrize(
    "typed", ["https://registry.example.com/v2/", "Registry.Example.com", "registry.example.com:443"]
)
def test_a_login_serves_however_the_registry_was_typed(server: Instance, typed: str) -> None:
    logged_in(server, REGISTRY._replace(server=typed), "alice")
    assert may_pull(server, ONE)
    server.must("log out", ["docker", "logout", REGISTRY.server])
    assert stored(server) == {}


def test_registries_that_differ_in_the_port_have_logins_of_their_own(server: Instance) -> None:
    logged_in(server, REGISTRY, "alice")
    assert not may_pull(server, TWO)
    logged_in(server, BESIDE, "carol")
    assert stored(server) == {REGISTRY.server: "alice", BESIDE.server: "carol"}
    assert may_pull(server, TWO)
    server.must("log out", ["docker", "logout", REGISTRY.server])
    assert not may_pull(server, ONE)
    assert may_pull(server, TWO)


def test_a_login_to_docker_hub_is_kept_by_the_name_that_docker_gives_it(server: Instance) -> None:
    logged_in(server, DOCKER_HUB, "dave")
    assert stored(server) == {"https://index.docker.io/v1/": "dave"}
    assert may_pull(server, OF_HUB)
    server.must("log out", ["docker", "logout"])
    assert not may_pull(server, OF_HUB)
    assert stored(server) == {}
