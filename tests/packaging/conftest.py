"""The machines on which the scripts are run."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.packaging.machine import CHECKOUT, DEBIAN, Machine, create_machine

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def debian(tmp_path: Path) -> Iterator[Machine]:
    with create_machine(tmp_path) as machine:
        machine.imitate(DEBIAN)
        yield machine


@pytest.fixture(scope="module")
def installed_machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """Install the checkout, with file modes, a umask and variables that would spoil it."""
    proxies = {name: value for name, value in os.environ.items() if name.lower().endswith("_proxy")}
    hostile = {"PIP_INDEX_URL": "https://index.invalid/", "PIP_TARGET": "/lost", "SOURCE_DATE_EPOCH": "1"}
    with create_machine(tmp_path_factory.mktemp("machine")) as machine:
        result = machine.install(PYTHONPATH=CHECKOUT, **hostile, **proxies)
        assert result.returncode == 0, result.stderr
        yield machine
