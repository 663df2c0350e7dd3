"""What the contract's tests share."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from collections.abc import Iterator

# No test asserts a time: the machine may be busy.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")


@pytest.fixture
def endless() -> Iterator[int]:
    """A standard input that never ends, as a terminal's."""
    reading, writing = os.pipe()
    yield reading
    os.close(reading)
    os.close(writing)
