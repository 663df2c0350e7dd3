"""A Python program pulls: docker-py, with what `credhelper.credentials` gives it."""

from __future__ import annotations

from importlib.metadata import distribution
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.e2e.clients import APP, asked
from tests.instance import Bind, Instance
from tests.instance.engine import GREETING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.instance import Image

PYTHON = "/opt/credhelper/current/bin/python"
PACKAGES = "/opt/docker-py"
# The path comes last, so that what the helper's environment has is used from there.
BESIDE = f"import sys; sys.path.append({PACKAGES!r})\n"
DOCUMENT = Path(__file__).parents[2] / "docs" / "python.md"


@pytest.fixture
def instance(image: Image) -> Iterator[Instance]:
    """A fresh instance with a role, docker-py beside the helper, and no settings of Docker at all."""
    packages = Path(str(distribution("docker").locate_file("")))
    with Instance.launch(image, binds=[Bind(packages, PACKAGES)]) as running:
        yield running


def test_the_program_of_the_documents_pulls_a_private_image_without_a_login(instance: Instance) -> None:
    program = DOCUMENT.read_text().split("```python\n")[1].split("```")[0]
    instance.must("run the program", [PYTHON, "-c", BESIDE + program])
    assert asked(instance)["ecr"] == 1
    assert GREETING in instance.must("run what was pulled", ["docker", "run", "--rm", "--network", "none", APP])


def test_both_kinds_of_errors_that_are_no_faults_are_what_the_documents_say(instance: Instance) -> None:
    instance.control.tell(metadata="no-role")
    program = DOCUMENT.read_text().split("```python\n")[2].split("```")[0]
    for host in ("ghcr.io", "public.ecr.aws"):
        text = f"import credhelper; host = {host!r}\n{program}\nassert login is None"
        instance.must("run the program", [PYTHON, "-c", text])
