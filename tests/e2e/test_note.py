"""The checklist for a new instance, line by line, with our command in place of `aws ecr`.

A second test shows the steps that remain with the helper.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.e2e.clients import APP, CRED_HELPERS, HOME, HOST, configure_docker, output_of
from tests.fake_ec2 import Instance, engine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.fake_ec2 import Image

GET_LOGIN = ["docker-credential-ecr", "get-login", "--region", "us-east-1"]
POLICY = "AmazonEC2ContainerRegistryReadOnly"


@pytest.fixture
def blank_instance(image: Image) -> Iterator[Instance]:
    """Yield an instance as after a spot request: Docker is not running, and no role is attached."""
    with Instance.launch(image, docker=False) as instance:
        instance.control.configure(metadata="no-role")
        yield instance


def install_docker(instance: Instance) -> None:
    """Its packages are in the image already, since an instance has no network to fetch them by."""
    engine.start_docker(instance)


def attach_role(instance: Instance, *, with_policy: bool) -> None:
    instance.control.configure(metadata="on", policies={"app-role": with_policy})


def pull_and_run(instance: Instance) -> None:
    pull_result = instance.run(["docker", "pull", APP])
    assert pull_result.returncode == 0, output_of(pull_result)
    run_result = instance.run(["docker", "run", "--rm", "--network", "none", APP])
    assert engine.GREETING in run_result.stdout, output_of(run_result)


def test_the_old_note_works_as_it_was_written(blank_instance: Instance) -> None:
    install_docker(blank_instance)
    attach_role(blank_instance, with_policy=False)

    result = blank_instance.run(GET_LOGIN)
    assert (result.returncode, result.stdout) == (1, "")
    assert POLICY in result.stderr
    assert "app-role" in result.stderr

    attach_role(blank_instance, with_policy=True)
    command_line = blank_instance.check_output("get the line", GET_LOGIN)
    assert command_line.startswith("docker login -u AWS -p ")
    assert command_line.endswith(f" https://{HOST}\n")

    login = blank_instance.run(["sh", "-c", command_line])
    assert "Login Succeeded" in login.stdout, login.stderr
    pull_and_run(blank_instance)


def test_the_line_may_be_evaluated_at_once(blank_instance: Instance) -> None:
    install_docker(blank_instance)
    attach_role(blank_instance, with_policy=True)
    blank_instance.check_output("log in", ["sh", "-c", f'eval "$({" ".join(GET_LOGIN)})"'])
    pull_and_run(blank_instance)


def test_a_password_may_be_piped_into_docker_login(blank_instance: Instance) -> None:
    install_docker(blank_instance)
    attach_role(blank_instance, with_policy=True)
    pipe = "docker-credential-ecr get-login-password | docker login -u AWS --password-stdin https://"
    blank_instance.check_output("log in", ["sh", "-c", pipe + HOST])
    pull_and_run(blank_instance)


def test_the_region_may_be_left_to_the_instance(blank_instance: Instance) -> None:
    attach_role(blank_instance, with_policy=True)
    assert HOST in blank_instance.check_output("get the line", GET_LOGIN[:2])


def test_by_the_helper_nothing_is_left_of_its_middle(blank_instance: Instance) -> None:
    install_docker(blank_instance)
    attach_role(blank_instance, with_policy=True)
    configure_docker(blank_instance)
    pull_and_run(blank_instance)
    assert json.loads(blank_instance.read(f"{HOME}/.docker/config.json")) == CRED_HELPERS
