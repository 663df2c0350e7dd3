"""The main job: a private image is pulled and run on a fresh instance, and nobody logs in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.clients import APP, CACHE, HOST, NO_CALL, asked, configure, pull, seen
from tests.instance.engine import GREETING

if TYPE_CHECKING:
    from tests.instance import Instance

CLIENTS = {
    "docker": ["docker", "pull", APP],
    "podman": ["podman", "pull", APP],
    "buildah": ["buildah", "pull", APP],
    "skopeo": ["skopeo", "copy", f"docker://{APP}", "dir:/tmp/copied"],
}


def test_a_private_image_runs_on_a_fresh_instance_where_nobody_logged_in(instance: Instance) -> None:
    done = instance.run(["docker", "run", "--rm", APP])
    assert done.returncode == 0, seen(done)
    assert GREETING in done.stdout


def test_a_first_pull_costs_one_call_to_ecr_and_at_most_six_to_metadata(instance: Instance) -> None:
    assert pull(instance).returncode == 0
    calls = asked(instance)
    assert calls["metadata"] <= 6
    assert calls == {**NO_CALL, "metadata": calls["metadata"], "ecr": 1}


def test_a_second_pull_asks_aws_nothing(instance: Instance) -> None:
    pull(instance)
    asked(instance)
    assert pull(instance).returncode == 0
    assert asked(instance) == NO_CALL


def test_a_pull_that_works_says_nothing_of_the_helper(instance: Instance) -> None:
    assert pull(instance).stderr == ""


@pytest.mark.parametrize("client", CLIENTS)
def test_every_client_pulls_with_the_same_settings_and_one_call(instance: Instance, client: str) -> None:
    done = instance.run(CLIENTS[client])
    assert done.returncode == 0, seen(done)
    assert asked(instance)["ecr"] == 1


def test_a_token_that_one_client_bought_serves_the_others(instance: Instance) -> None:
    pull(instance)
    asked(instance)
    for command in CLIENTS.values():
        assert instance.run(command).returncode == 0, command
    assert asked(instance) == NO_CALL


def test_an_ordinary_user_pulls_too(instance: Instance) -> None:
    configure(instance, user="ec2-user")
    done = pull(instance, user="ec2-user")
    assert done.returncode == 0, seen(done)
    pull(instance, user="ec2-user")
    assert asked(instance)["ecr"] == 1


def test_one_user_is_not_answered_from_another_s_entry(instance: Instance) -> None:
    pull(instance)
    asked(instance)
    configure(instance, user="ec2-user")
    assert pull(instance, user="ec2-user").returncode == 0
    assert asked(instance)["ecr"] == 1


def test_what_a_pull_leaves_can_be_read_by_its_owner_alone(instance: Instance) -> None:
    pull(instance)
    listed = instance.must("list", ["find", CACHE, "-printf", "%y %m %u\n"])
    assert sorted(listed.splitlines()) == ["d 700 root", "f 600 root"]


def test_an_expired_token_is_not_used(instance: Instance) -> None:
    instance.control.tell(token_life=1)
    instance.must("buy a token", ["docker-credential-ecr", "get"], input=HOST)
    instance.must("outlive it", ["sleep", "1"])
    instance.control.reset()
    asked(instance)
    done = pull(instance)
    assert done.returncode == 0, seen(done)
    assert asked(instance)["ecr"] == 1
