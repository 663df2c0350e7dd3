"""A Python program pulls: docker-py, with what `credhelper.credentials` gives it."""

from __future__ import annotations

from importlib.metadata import distribution
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.e2e.clients import HOST, asked
from tests.instance import Bind, Instance
from tests.instance.engine import GREETING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.instance import Image

PYTHON = "/opt/credhelper/current/bin/python"
PACKAGES = "/opt/docker-py"
# The path comes last, so that what the helper's environment has is used from there.
PROGRAM = f"""
import sys
sys.path.append("{PACKAGES}")

import credhelper
import docker

login = credhelper.credentials("{HOST}")
client = docker.from_env()
auth = {{"username": login.username, "password": login.secret}}
image = client.images.pull("{HOST}/team/app", tag="1", auth_config=auth)
print(client.containers.run(image, network_mode="none", remove=True).decode())
"""


@pytest.fixture
def instance(image: Image) -> Iterator[Instance]:
    """A fresh instance with a role, docker-py beside the helper, and no settings of Docker at all."""
    packages = Path(str(distribution("docker").locate_file("")))
    with Instance.launch(image, binds=[Bind(packages, PACKAGES)]) as running:
        yield running


def test_a_program_pulls_and_runs_a_private_image_without_a_login(instance: Instance) -> None:
    printed = instance.must("run the program", [PYTHON, "-c", PROGRAM])
    assert GREETING in printed
    assert asked(instance)["ecr"] == 1
