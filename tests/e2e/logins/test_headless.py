"""A server without a desktop: logins are in a private file, each user's own."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.e2e.clients import CREDS_STORE, OTHER_HOME, output_of, pull
from tests.e2e.logins.users import DATA, FILE, find_files_with, list_logins, log_in, may_pull, run_login
from tests.fake_ec2.other_registries import REGISTRY

if TYPE_CHECKING:
    from tests.fake_ec2 import Instance

IMAGE = f"{REGISTRY.server}/one:1"
# A number that the machine knows no name of, and so no home.
AS_UNKNOWN_USER = ["setpriv", "--reuid=4242", "--regid=docker", "--clear-groups", "env", "-u", "HOME"]


@pytest.fixture
def config_option(server: Instance) -> str:
    """Docker's settings in a folder that is found without a home."""
    server.write("/srv/docker/config.json", json.dumps(CREDS_STORE))
    return "--config=/srv/docker"


def test_the_login_is_in_a_file_that_its_owner_alone_can_read_and_the_location_is_reported(server: Instance) -> None:
    result = run_login(server, REGISTRY, "alice", user="ec2-user")
    assert f"{OTHER_HOME}/{FILE}: only you and root can read it, and it is not encrypted" in result.stderr
    assert find_files_with(server, REGISTRY.passwords["alice"]) == [f"{OTHER_HOME}/{FILE}"]
    listing = server.check_output("list", ["find", f"{OTHER_HOME}/{DATA}", "-printf", "%y %m %u\n"])
    assert {*listing.splitlines()} == {"d 700 ec2-user", "f 600 ec2-user"}


def test_root_and_the_user_have_logins_of_their_own(server: Instance) -> None:
    log_in(server, REGISTRY, "alice", user="ec2-user")
    assert may_pull(server, IMAGE, user="ec2-user")
    assert not may_pull(server, IMAGE)
    server.check_output(
        "log in by sudo",
        ["sh", "-c", f"sudo docker login -u bob --password-stdin {REGISTRY.server}"],
        input=REGISTRY.passwords["bob"],
        user="ec2-user",
    )
    assert list_logins(server) == {REGISTRY.server: "bob"}
    assert list_logins(server, "ec2-user") == {REGISTRY.server: "alice"}


def test_root_with_the_home_of_a_user_neither_uses_nor_changes_the_logins(server: Instance) -> None:
    log_in(server, REGISTRY, "alice", user="ec2-user")
    root_env = {"HOME": OTHER_HOME}
    result = pull(server, IMAGE, env=root_env)
    assert result.returncode != 0
    assert f"{OTHER_HOME}/{DATA} belong to another user, and are not used" in result.stderr
    assert run_login(server, REGISTRY, "bob", env=root_env).returncode != 0
    assert server.check_output("look", ["find", f"{OTHER_HOME}/{DATA}", "-user", "root"]) == ""
    assert may_pull(server, IMAGE, user="ec2-user")


def test_without_home_the_home_of_the_user_is_found(server: Instance, config_option: str) -> None:
    log_in(server, REGISTRY, "alice")
    result = server.run(["env", "-u", "HOME", "docker", config_option, "pull", IMAGE])
    assert result.returncode == 0, output_of(result)


def test_a_user_without_a_home_sees_why_the_login_cannot_be_kept(server: Instance, config_option: str) -> None:
    command = ["docker", config_option, "login", "-u", "alice", "--password-stdin", REGISTRY.server]
    result = server.run([*AS_UNKNOWN_USER, *command], input=REGISTRY.passwords["alice"])
    assert result.returncode == 1
    assert "neither XDG_DATA_HOME nor HOME" in result.stderr
    assert "explain login-unkept" in result.stderr
