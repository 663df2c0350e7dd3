"""A home that takes no cache: the pull works all the same, and one line says what the cache could not do."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pytest

from tests.e2e.clients import APP, HOME, NO_CALL, configure_docker, count_new_calls, output_of, pull

if TYPE_CHECKING:
    from subprocess import CompletedProcess

    from tests.fake_ec2 import Instance

SETTINGS = "/srv/docker"


class Home(NamedTuple):
    """A HOME: how root makes it, and what the person reads of it."""

    script: str
    message: str


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
AS_UNKNOWN_USER = ["setpriv", "--reuid=4242", "--regid=docker", "--clear-groups"]


@pytest.fixture(autouse=True)
def shared_config(instance: Instance) -> None:
    """Put Docker's settings where no home is needed to find them."""
    instance.check_output("share the settings", ["cp", "-r", f"{HOME}/.docker", SETTINGS])
    instance.check_output("let everybody read them", ["chmod", "-R", "a+rX", SETTINGS])


def pull_with(instance: Instance, *prefix: str) -> CompletedProcess[str]:
    return instance.run([*prefix, "docker", f"--config={SETTINGS}", "pull", APP])


@pytest.mark.parametrize("kind", HOMES)
def test_a_pull_works_with_any_home_and_one_line_reports_what_the_cache_could_not_do(
    instance: Instance, kind: str
) -> None:
    instance.check_output("make the home", ["sh", "-e", "-c", HOMES[kind].script], env={"HOME": "/mnt/home"})
    result = pull_with(instance, "env", "HOME=/mnt/home")
    assert result.returncode == 0, output_of(result)
    (line,) = result.stderr.splitlines()
    assert "the token cannot be cached in /mnt/home/.cache/credhelper" in line
    assert HOMES[kind].message in line


def test_a_pull_works_where_no_home_is_known(instance: Instance) -> None:
    result = pull_with(instance, *AS_UNKNOWN_USER, "env", "-u", "HOME")
    assert result.returncode == 0, output_of(result)
    (line,) = result.stderr.splitlines()
    assert "the token is not cached: neither AWS_ECR_CACHE_DIR nor HOME" in line


def test_without_home_the_home_of_the_user_is_found(instance: Instance) -> None:
    pull_with(instance, "env", "-u", "HOME")
    count_new_calls(instance)
    result = pull_with(instance, "env", "-u", "HOME")
    assert (result.returncode, result.stderr) == (0, "")
    assert count_new_calls(instance) == NO_CALL


def test_root_with_the_home_of_a_user_leaves_nothing_of_its_own_there(instance: Instance) -> None:
    configure_docker(instance, user="ec2-user")
    for _ in ("before the user has a cache", "after"):
        result = pull(instance, env={"HOME": "/home/ec2-user"})
        assert result.returncode == 0, output_of(result)
        assert "belongs to another user" in result.stderr
        assert instance.check_output("look", ["find", "/home/ec2-user", "-user", "root"]) == ""
        assert pull(instance, user="ec2-user").returncode == 0


def test_root_is_not_answered_from_the_entry_of_a_user(instance: Instance) -> None:
    configure_docker(instance, user="ec2-user")
    pull(instance, user="ec2-user")
    count_new_calls(instance)
    assert pull(instance, env={"HOME": "/home/ec2-user"}).returncode == 0
    assert count_new_calls(instance)["ecr"] == 1
