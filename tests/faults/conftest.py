"""The image that each scene's instance is launched from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e import skips
from tests.faults import fault_setup

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.fake_ec2 import Image


@pytest.fixture(scope="session")
def image() -> Iterator[Image]:
    skips.require_engine()
    with fault_setup.prepare_image() as prepared_image:
        yield prepared_image
