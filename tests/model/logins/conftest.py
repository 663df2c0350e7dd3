"""A nursery of helpers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.model.logins import helpers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.model.logins.helpers import Nursery


@pytest.fixture(scope="session")
def running() -> Iterator[Nursery]:
    with helpers.nursery() as nursery:
        yield nursery


@pytest.fixture
def nursery(running: Nursery) -> Iterator[Nursery]:
    yield running
    running.clear()
