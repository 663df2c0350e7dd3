"""What the contract's tests share."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def endless() -> Iterator[int]:
    """A standard input that never ends, as a terminal's."""
    reading, writing = os.pipe()
    yield reading
    os.close(reading)
    os.close(writing)
