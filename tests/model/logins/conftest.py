"""A nursery of helpers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.model.logins import helpers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.model.logins.helpers import Nursery


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    with helpers.nursery() as running:
        yield running
