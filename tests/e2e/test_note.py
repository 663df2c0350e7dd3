"""The note that people kept for a new instance, line by line in its order, with our command in place of `aws ecr`; and
beside it what the helper leaves of it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.e2e.clients import APP, CRED_HELPERS, HOME, HOST, configure, seen
from tests.instance import Instance, engine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.instance import Image

GET_LOGIN = ["docker-credential-ecr", "get-login", "--region", "us-east-1"]
POLICY = "AmazonEC2ContainerRegistryReadOnly"


@pytest.fixture
def blank(image: Image) -> Iterator[Instance]:
    """An instance as a spot request gives it: no Docker is running, and no role is attached."""
    with Instance.launch(image, docker=False) as instance:
        instance.control.tell(metadata="no-role")
        yield instance


def install_docker(instance: Instance) -> None:
    """Its packages are in the image already, since an instance has no network to fetch them by."""
    engine.start_docker(instance)


def attach_role(instance: Instance, *, with_policy: bool) -> None:
    instance.control.tell(metadata="on", policies={"app-role": with_policy})


def pull_and_run(instance: Instance) -> None:
    pulled = instance.run(["docker", "pull", APP])
    assert pulled.returncode == 0, seen(pulled)
    ran = instance.run(["docker", "run", "--rm", "--network", "none", APP])
    assert engine.GREETING in ran.stdout, seen(ran)


def test_the_old_note_works_as_it_was_written(blank: Instance) -> None:
    install_docker(blank)
    attach_role(blank, with_policy=False)

    denied = blank.run(GET_LOGIN)
    assert (denied.returncode, denied.stdout) == (1, "")
    assert POLICY in denied.stderr
    assert "app-role" in denied.stderr

    attach_role(blank, with_policy=True)
    printed = blank.must("get the line", GET_LOGIN)
    assert printed.startswith("docker login -u AWS -p ")
    assert printed.endswith(f" https://{HOST}\n")

    login = blank.run(["sh", "-c", printed])
    assert "Login Succeeded" in login.stdout, login.stderr
    pull_and_run(blank)


def test_the_line_may_be_evaluated_at_once(blank: Instance) -> None:
    install_docker(blank)
    attach_role(blank, with_policy=True)
    blank.must("log in", ["sh", "-c", f'eval "$({" ".join(GET_LOGIN)})"'])
    pull_and_run(blank)


def test_a_password_may_be_piped_into_docker_login(blank: Instance) -> None:
    install_docker(blank)
    attach_role(blank, with_policy=True)
    pipe = "docker-credential-ecr get-login-password | docker login -u AWS --password-stdin https://"
    blank.must("log in", ["sh", "-c", pipe + HOST])
    pull_and_run(blank)


def test_the_region_may_be_left_to_the_instance(blank: Instance) -> None:
    attach_role(blank, with_policy=True)
    assert HOST in blank.must("get the line", GET_LOGIN[:2])


def test_by_the_helper_nothing_is_left_of_its_middle(blank: Instance) -> None:
    install_docker(blank)
    attach_role(blank, with_policy=True)
    configure(blank)
    pull_and_run(blank)
    assert json.loads(blank.read(f"{HOME}/.docker/config.json")) == CRED_HELPERS
