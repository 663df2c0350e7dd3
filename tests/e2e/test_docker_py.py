"""A Python program pulls: docker-py, with what `credhelper.credentials` gives it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.e2e.clients import APP, asked
from tests.e2e.docker_py import BESIDE, PACKAGES, PYTHON
from tests.instance import Instance
from tests.instance.engine import GREETING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.instance import Image

DOCUMENT = Path(__file__).parents[2] / "docs" / "python.md"


@pytest.fixture
def instance(image: Image) -> Iterator[Instance]:
    """A fresh instance with a role, docker-py beside the helper, and no settings of Docker at all."""
    with Instance.launch(image, binds=[PACKAGES]) as running:
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
