"""A fresh instance for each test: the stand-in, with the helper put in by packaging/install.sh as on a real one."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.e2e import skips
from tests.e2e.clients import HOME, OTHER_HOME, configure_docker
from tests.e2e.docker_py import PACKAGES
from tests.fake_ec2 import Bind, Image, Instance
from tests.fake_ec2.instance import CHECKOUT, HOSTS

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
INSTALL_COMMAND = ["sh", f"{CHECKOUT}/packaging/install.sh"]
LEFTOVERS = (
    *(f"{home}/.{name}" for home in (HOME, OTHER_HOME) for name in ("aws", "cache", "config", "docker", "local")),
    "/etc/credhelper",
    "/run/containers/0",
)  # by one test for the next
WIPE_SCRIPT = 'rm -rf "$@" && docker system prune --all --force'


@pytest.fixture(scope="session")
def images_directory() -> Iterator[Path]:
    """Yield the directory of the images: CREDHELPER_TEST_IMAGE, which is kept for later runs, or a temporary one."""
    skips.require_engine()
    image_path = os.environ.get("CREDHELPER_TEST_IMAGE")
    if image_path:
        yield Path(image_path)
        return
    with tempfile.TemporaryDirectory(prefix="credhelper-test-image-") as directory:
        yield Path(directory)


@pytest.fixture(scope="session")
def image(images_directory: Path) -> Iterator[Image]:
    """Yield the image from which instances are launched, with the helper of this checkout."""
    base_image = Image.bake(images_directory)
    directory = Path(tempfile.mkdtemp(prefix="with-helper-", dir=images_directory))
    try:
        yield base_image.provision(directory / "image", [INSTALL_COMMAND], [Bind(ROOT, CHECKOUT)])
    finally:
        shutil.rmtree(directory)


@pytest.fixture
def instance(image: Image) -> Iterator[Instance]:
    """Yield a fresh instance with a role and without logins; root's Docker calls the helper for the registry's host."""
    with Instance.launch(image) as machine:
        configure_docker(machine)
        yield machine


@pytest.fixture(scope="session")
def shared_instance(image: Image) -> Iterator[Instance]:
    """One instance for many tests, with docker-py beside."""
    with Instance.launch(image, binds=[PACKAGES]) as machine:
        yield machine


@pytest.fixture
def clean_instance(shared_instance: Instance) -> Instance:
    """Return the shared instance in its initial state: the behavior of AWS, its names, the files, and the images."""
    return wipe(shared_instance)


def wipe(instance: Instance) -> Instance:
    """Make an instance again what it was at first."""
    instance.control.reset()
    instance.check_output("remove what is left", ["sh", "-c", WIPE_SCRIPT, "sh", *LEFTOVERS])
    instance.write("/etc/hosts", HOSTS)
    configure_docker(instance)
    instance.control.forget()
    return instance
