"""Fixtures that run each test of this directory once for each available helper."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.contract.helpers import stores
from tests.contract.helpers.deviations import find_deviation_reason
from tests.contract.helpers.implementations import select_implementations

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.contract.helpers.helper import Helper
    from tests.contract.helpers.implementations import Implementation
    from tests.contract.helpers.stores import PrepareStore


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "implementation" in metafunc.fixturenames:
        implementations = select_implementations(Path(metafunc.module.__file__).stem)
        metafunc.parametrize(
            "implementation", implementations, ids=lambda implementation: implementation.name, scope="session"
        )


@pytest.fixture(autouse=True)
def expected_deviation(request: pytest.FixtureRequest) -> None:
    """Require a test to fail if the helper is known to deviate from the contract."""
    if "implementation" not in request.fixturenames:
        return
    helper = request.getfixturevalue("implementation").name
    test_name = request.node.name.replace(f"{helper}-", "").replace(f"[{helper}]", "")
    reason = find_deviation_reason(helper, test_name)
    if reason:
        request.applymarker(pytest.mark.xfail(reason=reason, raises=AssertionError, strict=True))


@pytest.fixture(scope="session")
def store(implementation: Implementation) -> Iterator[PrepareStore]:
    """Yield the function that prepares an empty store for a test; the store itself is started once."""
    with stores.start_store(implementation.store) as prepare_store:
        yield prepare_store


@pytest.fixture
def helper(implementation: Implementation, store: PrepareStore, home: Path) -> Helper:
    """Return a helper with nothing stored."""
    return implementation.create_helper(store(home), home)
