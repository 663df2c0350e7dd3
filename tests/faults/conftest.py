"""The image that each scene's instance is launched from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e import lacking
from tests.faults import stage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.instance import Image


@pytest.fixture(scope="session")
def image() -> Iterator[Image]:
    lacking.require_engine()
    with stage.prepare_image() as prepared_image:
        yield prepared_image
