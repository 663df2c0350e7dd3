"""`docker login` and `docker logout` at registries that are not ECR's."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.e2e.clients import HOME, NO_CALL, count_new_calls, output_of
from tests.e2e.logins.users import find_files_with, list_logins, log_in, may_pull, run_login
from tests.fake_ec2.other_registries import DOCKER_HUB, REGISTRY, SECOND_REGISTRY

if TYPE_CHECKING:
    from tests.fake_ec2 import Instance

IMAGE = f"{REGISTRY.server}/one:1"
SECOND_IMAGE = f"{SECOND_REGISTRY.server}/two:1"
HUB_IMAGE = "team/app:1"


def test_a_login_serves_pull_and_push_until_the_logout_which_leaves_nothing(server: Instance) -> None:
    log_in(server, REGISTRY, "alice")
    assert json.loads(server.read(f"{HOME}/.docker/config.json"))["auths"] == {REGISTRY.server: {}}
    assert may_pull(server, IMAGE)
    server.check_output("name the image", ["docker", "tag", IMAGE, f"{REGISTRY.server}/of/alice:1"])
    server.check_output("push it", ["docker", "push", f"{REGISTRY.server}/of/alice:1"])

    logout = server.run(["docker", "logout", REGISTRY.server])
    assert (logout.returncode, logout.stderr) == (0, "")
    assert find_files_with(server, REGISTRY.passwords["alice"]) == []
    assert find_files_with(server, REGISTRY.server) == []
    assert list_logins(server) == {}
    assert not may_pull(server, IMAGE)
    assert count_new_calls(server) == NO_CALL


def test_a_login_that_the_registry_refuses_leaves_what_was_kept(server: Instance) -> None:
    for logins in ({}, {REGISTRY.server: "alice"}):
        result = run_login(server, REGISTRY._replace(passwords={"alice": "wrong"}), "alice")
        assert result.returncode == 1
        assert "unauthorized" in result.stderr.lower()
        assert list_logins(server) == logins
        log_in(server, REGISTRY, "alice")
    assert may_pull(server, IMAGE)


def test_after_the_login_of_a_second_user_the_first_is_gone(server: Instance) -> None:
    log_in(server, REGISTRY, "alice")
    log_in(server, REGISTRY, "bob")
    assert list_logins(server) == {REGISTRY.server: "bob"}
    assert find_files_with(server, REGISTRY.passwords["alice"]) == []
    assert may_pull(server, IMAGE)


def test_a_login_is_taken_up_again_without_a_password(server: Instance) -> None:
    log_in(server, REGISTRY, "alice")
    result = server.run(["docker", "login", REGISTRY.server])
    assert "Authenticating with existing credentials" in output_of(result)
    assert "Login Succeeded" in result.stdout


@pytest.mark.parametrize(
    "typed_server", ["https://registry.example.com/v2/", "Registry.Example.com", "registry.example.com:443"]
)
def test_a_login_serves_however_the_registry_was_typed(server: Instance, typed_server: str) -> None:
    log_in(server, REGISTRY._replace(server=typed_server), "alice")
    assert may_pull(server, IMAGE)
    server.check_output("log out", ["docker", "logout", REGISTRY.server])
    assert list_logins(server) == {}


def test_registries_that_differ_in_the_port_have_logins_of_their_own(server: Instance) -> None:
    log_in(server, REGISTRY, "alice")
    assert not may_pull(server, SECOND_IMAGE)
    log_in(server, SECOND_REGISTRY, "carol")
    assert list_logins(server) == {REGISTRY.server: "alice", SECOND_REGISTRY.server: "carol"}
    assert may_pull(server, SECOND_IMAGE)
    server.check_output("log out", ["docker", "logout", REGISTRY.server])
    assert not may_pull(server, IMAGE)
    assert may_pull(server, SECOND_IMAGE)


def test_a_login_to_docker_hub_is_kept_by_the_name_that_docker_gives_it(server: Instance) -> None:
    log_in(server, DOCKER_HUB, "dave")
    assert list_logins(server) == {"https://index.docker.io/v1/": "dave"}
    assert may_pull(server, HUB_IMAGE)
    server.check_output("log out", ["docker", "logout"])
    assert not may_pull(server, HUB_IMAGE)
    assert list_logins(server) == {}
