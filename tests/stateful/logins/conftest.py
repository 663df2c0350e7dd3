"""A nursery of helpers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.stateful.logins import helpers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.stateful.logins.helpers import ForkServer


@pytest.fixture(scope="session")
def shared_fork_server() -> Iterator[ForkServer]:
    with helpers.start_fork_server() as fork_server:
        yield fork_server


@pytest.fixture
def fork_server(shared_fork_server: ForkServer) -> Iterator[ForkServer]:
    yield shared_fork_server
    shared_fork_server.kill_all()
