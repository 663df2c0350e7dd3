"""Fixtures: the stand-in's services on the loopback, with a clock that stands still."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.fake_ec2.cloud.requests import NOW
from tests.fake_ec2.services import serve

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.fake_ec2.services import Loopback


@pytest.fixture
def clock() -> list[float]:
    return [NOW]


@pytest.fixture
def cloud(clock: list[float], monkeypatch: pytest.MonkeyPatch) -> Iterator[Loopback]:
    with serve(lambda: clock[0]) as cloud:
        for name, value in cloud.environment().items():
            monkeypatch.setenv(name, value)
        yield cloud
