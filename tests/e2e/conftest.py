"""A fresh instance for each test: the stand-in, with the helper put in by packaging/install.sh as on a real one."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.e2e import lacking
from tests.e2e.clients import HOME, OTHER_HOME, configure
from tests.e2e.docker_py import PACKAGES
from tests.instance import Bind, Image, Instance
from tests.instance.instance import CHECKOUT, HOSTS

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
INSTALL = ["sh", f"{CHECKOUT}/packaging/install.sh"]
LEFT = (
    *(f"{home}/.{name}" for home in (HOME, OTHER_HOME) for name in ("aws", "cache", "config", "docker", "local")),
    "/etc/credhelper",
    "/run/containers/0",
)  # by one test for the next
WIPE = 'rm -rf "$@" && docker system prune --all --force'


@pytest.fixture(scope="session")
def images() -> Iterator[Path]:
    """The folder of the images: CREDHELPER_TEST_IMAGE, which is kept so that a later run need not bake again."""
    lacking.need_an_engine()
    kept = os.environ.get("CREDHELPER_TEST_IMAGE")
    if kept:
        yield Path(kept)
        return
    with tempfile.TemporaryDirectory(prefix="credhelper-test-image-") as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def image(images: Path) -> Iterator[Image]:
    """The image that instances are launched from. The helper in it is this checkout's, so it is put in anew."""
    baked = Image.bake(images)
    folder = Path(tempfile.mkdtemp(prefix="with-helper-", dir=images))
    try:
        yield baked.provision(folder / "image", [INSTALL], [Bind(ROOT, CHECKOUT)])
    finally:
        shutil.rmtree(folder)


@pytest.fixture
def instance(image: Image) -> Iterator[Instance]:
    """A fresh instance with a role, nobody logged in; root's Docker asks the helper for the registry's host."""
    with Instance.launch(image) as running:
        configure(running)
        yield running


@pytest.fixture(scope="session")
def lasting(image: Image) -> Iterator[Instance]:
    """One instance for many tests, with docker-py beside."""
    with Instance.launch(image, binds=[PACKAGES]) as running:
        yield running


@pytest.fixture
def wiped(lasting: Instance) -> Instance:
    """The lasting instance as it was at first: what AWS does, where its names are, the files, and the images."""
    return wipe(lasting)


def wipe(instance: Instance) -> Instance:
    """Make an instance again what it was at first."""
    instance.control.reset()
    instance.must("remove what is left", ["sh", "-c", WIPE, "sh", *LEFT])
    instance.write("/etc/hosts", HOSTS)
    configure(instance)
    instance.control.forget()
    return instance
