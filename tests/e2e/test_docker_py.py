"""A Python program pulls: docker-py, with what `credhelper.credentials` gives it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.e2e.clients import APP, count_new_calls
from tests.e2e.docker_py import EXTEND_PATH, PACKAGES, PYTHON
from tests.fake_ec2 import Instance
from tests.fake_ec2.engine import GREETING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.fake_ec2 import Image

DOCUMENT = Path(__file__).parents[2] / "docs" / "python.md"


@pytest.fixture
def instance(image: Image) -> Iterator[Instance]:
    """Yield a fresh instance with a role and docker-py beside the helper, without a Docker configuration."""
    with Instance.launch(image, binds=[PACKAGES]) as machine:
        yield machine


def test_the_program_of_the_documents_pulls_a_private_image_without_a_login(instance: Instance) -> None:
    program = DOCUMENT.read_text().split("```python\n")[1].split("```")[0]
    instance.check_output("run the program", [PYTHON, "-c", EXTEND_PATH + program])
    assert count_new_calls(instance)["ecr"] == 1
    assert GREETING in instance.check_output("run what was pulled", ["docker", "run", "--rm", "--network", "none", APP])


def test_both_kinds_of_expected_errors_are_as_documented(instance: Instance) -> None:
    instance.control.configure(metadata="no-role")
    program = DOCUMENT.read_text().split("```python\n")[2].split("```")[0]
    for host in ("ghcr.io", "public.ecr.aws"):
        text = f"import credhelper; host = {host!r}\n{program}\nassert login is None"
        instance.check_output("run the program", [PYTHON, "-c", text])
