"""The main job: a private image is pulled and run on a fresh instance, without a login."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.clients import APP, CACHE, HOST, NO_CALL, configure_docker, count_new_calls, output_of, pull
from tests.fake_ec2.engine import GREETING

if TYPE_CHECKING:
    from tests.fake_ec2 import Instance

CLIENTS = {
    "docker": ["docker", "pull", APP],
    "podman": ["podman", "pull", APP],
    "buildah": ["buildah", "pull", APP],
    "skopeo": ["skopeo", "copy", f"docker://{APP}", "dir:/tmp/copied"],
}


def test_a_private_image_runs_on_a_fresh_instance_without_a_login(instance: Instance) -> None:
    result = instance.run(["docker", "run", "--rm", APP])
    assert result.returncode == 0, output_of(result)
    assert GREETING in result.stdout


def test_a_first_pull_costs_one_call_to_ecr_and_at_most_six_to_metadata(instance: Instance) -> None:
    assert pull(instance).returncode == 0
    calls = count_new_calls(instance)
    assert calls["metadata"] <= 6
    assert calls == {**NO_CALL, "metadata": calls["metadata"], "ecr": 1}


def test_a_second_pull_asks_aws_nothing(instance: Instance) -> None:
    pull(instance)
    count_new_calls(instance)
    assert pull(instance).returncode == 0
    assert count_new_calls(instance) == NO_CALL


def test_a_pull_that_works_prints_nothing_of_the_helper(instance: Instance) -> None:
    assert pull(instance).stderr == ""


@pytest.mark.parametrize("client", CLIENTS)
def test_every_client_pulls_with_the_same_settings_and_one_call(instance: Instance, client: str) -> None:
    result = instance.run(CLIENTS[client])
    assert result.returncode == 0, output_of(result)
    assert count_new_calls(instance)["ecr"] == 1


def test_a_token_that_one_client_fetched_serves_the_others(instance: Instance) -> None:
    pull(instance)
    count_new_calls(instance)
    for command in CLIENTS.values():
        assert instance.run(command).returncode == 0, command
    assert count_new_calls(instance) == NO_CALL


def test_an_ordinary_user_pulls_too(instance: Instance) -> None:
    configure_docker(instance, user="ec2-user")
    result = pull(instance, user="ec2-user")
    assert result.returncode == 0, output_of(result)
    pull(instance, user="ec2-user")
    assert count_new_calls(instance)["ecr"] == 1


def test_one_user_is_not_answered_from_the_entry_of_another(instance: Instance) -> None:
    pull(instance)
    count_new_calls(instance)
    configure_docker(instance, user="ec2-user")
    assert pull(instance, user="ec2-user").returncode == 0
    assert count_new_calls(instance)["ecr"] == 1


def test_what_a_pull_leaves_can_be_read_by_its_owner_alone(instance: Instance) -> None:
    pull(instance)
    listing = instance.check_output("list", ["find", CACHE, "-printf", "%y %m %u\n"])
    assert sorted(listing.splitlines()) == ["d 700 root", "f 600 root"]


def test_an_expired_token_is_not_used(instance: Instance) -> None:
    instance.control.configure(token_life=1)
    instance.check_output("buy a token", ["docker-credential-ecr", "get"], input=HOST)
    instance.check_output("outlive it", ["sleep", "1"])
    instance.control.reset()
    count_new_calls(instance)
    result = pull(instance)
    assert result.returncode == 0, output_of(result)
    assert count_new_calls(instance)["ecr"] == 1
