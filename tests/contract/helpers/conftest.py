"""Each test of this folder, once for each helper that is here."""

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
    """Where a helper is known to differ, the test must fail."""
    if "implementation" not in request.fixturenames:
        return
    helper = request.getfixturevalue("implementation").name
    test_name = request.node.name.replace(f"{helper}-", "").replace(f"[{helper}]", "")
    reason = find_deviation_reason(helper, test_name)
    if reason:
        request.applymarker(pytest.mark.xfail(reason=reason, raises=AssertionError, strict=True))


@pytest.fixture(scope="session")
def store(implementation: Implementation) -> Iterator[PrepareStore]:
    """The store behind it, which is started once and emptied before each test."""
    with stores.start_store(implementation.store) as prepare_store:
        yield prepare_store


@pytest.fixture
def helper(implementation: Implementation, store: PrepareStore, home: Path) -> Helper:
    """A helper with nothing stored."""
    return implementation.create_helper(store(home), home)
