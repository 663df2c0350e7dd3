"""A home that takes no cache: the pull works all the same, and one line says what the cache could not do."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pytest

from tests.e2e.clients import APP, HOME, NO_CALL, asked, configure, pull, seen

if TYPE_CHECKING:
    from subprocess import CompletedProcess

    from tests.instance import Instance

SETTINGS = "/srv/docker"


class Home(NamedTuple):
    """A HOME: how root makes it, and what the person reads of it."""

    made_by: str
    read: str


HOMES = {
    "missing": Home(":", "No such file or directory"),
    "a file": Home("touch $HOME", "Not a directory"),
    "read-only": Home("mkdir $HOME; mount -t tmpfs -o ro none $HOME", "Read-only file system"),
    "full": Home(
        "mkdir $HOME; mount -t tmpfs -o size=4k none $HOME; head -c 4096 /dev/zero > $HOME/mail",
        "No space left on device",
    ),
    "out of inodes": Home("mkdir $HOME; mount -t tmpfs -o nr_inodes=1 none $HOME", "No space left on device"),
    "another user's": Home("mkdir $HOME; chown ec2-user $HOME", "belongs to another user"),
}
# A number that the machine knows no name of, and so no home.
NOBODY = ["setpriv", "--reuid=4242", "--regid=docker", "--clear-groups"]


@pytest.fixture(autouse=True)
def settings(instance: Instance) -> None:
    """Put Docker's settings where no home is needed to find them."""
    instance.must("share the settings", ["cp", "-r", f"{HOME}/.docker", SETTINGS])
    instance.must("let everybody read them", ["chmod", "-R", "a+rX", SETTINGS])


def docker_pull(instance: Instance, *with_home: str) -> CompletedProcess[str]:
    return instance.run([*with_home, "docker", f"--config={SETTINGS}", "pull", APP])


@pytest.mark.parametrize("kind", HOMES)
def test_a_pull_works_whatever_the_home_and_one_line_says_what_the_cache_could_not_do(
    instance: Instance, kind: str
) -> None:
    instance.must("make the home", ["sh", "-e", "-c", HOMES[kind].made_by], env={"HOME": "/mnt/home"})
    done = docker_pull(instance, "env", "HOME=/mnt/home")
    assert done.returncode == 0, seen(done)
    (line,) = done.stderr.splitlines()
    assert "the token cannot be cached in /mnt/home/.cache/credhelper" in line
    assert HOMES[kind].read in line


def test_a_pull_works_where_no_home_is_known(instance: Instance) -> None:
    done = docker_pull(instance, *NOBODY, "env", "-u", "HOME")
    assert done.returncode == 0, seen(done)
    (line,) = done.stderr.splitlines()
    assert "the token is not cached: neither AWS_ECR_CACHE_DIR nor HOME" in line


def test_without_home_the_user_s_own_is_found(instance: Instance) -> None:
    docker_pull(instance, "env", "-u", "HOME")
    asked(instance)
    done = docker_pull(instance, "env", "-u", "HOME")
    assert (done.returncode, done.stderr) == (0, "")
    assert asked(instance) == NO_CALL


def test_root_with_a_user_s_home_leaves_nothing_of_its_own_there(instance: Instance) -> None:
    configure(instance, user="ec2-user")
    for _ in ("before the user has a cache", "after"):
        done = pull(instance, env={"HOME": "/home/ec2-user"})
        assert done.returncode == 0, seen(done)
        assert "belongs to another user" in done.stderr
        assert instance.must("look", ["find", "/home/ec2-user", "-user", "root"]) == ""
        assert pull(instance, user="ec2-user").returncode == 0


def test_root_is_not_answered_from_a_user_s_entry(instance: Instance) -> None:
    configure(instance, user="ec2-user")
    pull(instance, user="ec2-user")
    asked(instance)
    assert pull(instance, env={"HOME": "/home/ec2-user"}).returncode == 0
    assert asked(instance)["ecr"] == 1
