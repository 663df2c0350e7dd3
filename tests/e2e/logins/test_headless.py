"""A server without a desktop: logins are in a private file, each user's own."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.e2e.clients import CREDS_STORE, OTHER_HOME, pull, seen
from tests.e2e.logins.people import DATA, FILE, holding, logged_in, login, may_pull, stored
from tests.instance.elsewhere import REGISTRY

if TYPE_CHECKING:
    from tests.instance import Instance

IMAGE = f"{REGISTRY.server}/one:1"
# A number that the machine knows no name of, and so no home.
NOBODY = ["setpriv", "--reuid=4242", "--regid=docker", "--clear-groups", "env", "-u", "HOME"]


@pytest.fixture
def settings(server: Instance) -> str:
    """Docker's settings in a folder that is found without a home."""
    server.write("/srv/docker/config.json", json.dumps(CREDS_STORE))
    return "--config=/srv/docker"


def test_the_login_is_in_a_file_that_its_owner_alone_can_read_and_the_person_is_told(server: Instance) -> None:
    done = login(server, REGISTRY, "alice", user="ec2-user")
    assert f"{OTHER_HOME}/{FILE}: only you and root can read it, and it is not encrypted" in done.stderr
    assert holding(server, REGISTRY.people["alice"]) == [f"{OTHER_HOME}/{FILE}"]
    listed = server.must("list", ["find", f"{OTHER_HOME}/{DATA}", "-printf", "%y %m %u\n"])
    assert {*listed.splitlines()} == {"d 700 ec2-user", "f 600 ec2-user"}


def test_root_and_the_user_have_logins_of_their_own(server: Instance) -> None:
    logged_in(server, REGISTRY, "alice", user="ec2-user")
    assert may_pull(server, IMAGE, user="ec2-user")
    assert not may_pull(server, IMAGE)
    server.must(
        "log in by sudo",
        ["sh", "-c", f"sudo docker login -u bob --password-stdin {REGISTRY.server}"],
        input=REGISTRY.people["bob"],
        user="ec2-user",
    )
    assert stored(server) == {REGISTRY.server: "bob"}
    assert stored(server, "ec2-user") == {REGISTRY.server: "alice"}


def test_root_with_a_user_s_home_neither_takes_nor_changes_his_logins(server: Instance) -> None:
    logged_in(server, REGISTRY, "alice", user="ec2-user")
    as_root = {"HOME": OTHER_HOME}
    done = pull(server, IMAGE, env=as_root)
    assert done.returncode != 0
    assert f"{OTHER_HOME}/{DATA} are another user's, and not used" in done.stderr
    assert login(server, REGISTRY, "bob", env=as_root).returncode != 0
    assert server.must("look", ["find", f"{OTHER_HOME}/{DATA}", "-user", "root"]) == ""
    assert may_pull(server, IMAGE, user="ec2-user")


def test_without_home_the_user_s_own_is_found(server: Instance, settings: str) -> None:
    logged_in(server, REGISTRY, "alice")
    done = server.run(["env", "-u", "HOME", "docker", settings, "pull", IMAGE])
    assert done.returncode == 0, seen(done)


def test_who_has_no_home_is_told_why_the_login_cannot_be_kept(server: Instance, settings: str) -> None:
    command = ["docker", settings, "login", "-u", "alice", "--password-stdin", REGISTRY.server]
    done = server.run([*NOBODY, *command], input=REGISTRY.people["alice"])
    assert done.returncode == 1
    assert "neither XDG_DATA_HOME nor HOME" in done.stderr
    assert "[login-unkept]" in done.stderr
