"""Each test of this folder, once for each helper that is here."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.contract.helpers import stores
from tests.contract.helpers.deviations import why_it_differs
from tests.contract.helpers.implementations import those_for

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.contract.helpers.helper import Helper
    from tests.contract.helpers.implementations import Implementation
    from tests.contract.helpers.stores import Empty


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "implementation" in metafunc.fixturenames:
        here = those_for(Path(metafunc.module.__file__).stem)
        metafunc.parametrize("implementation", here, ids=lambda each: each.name, scope="session")


@pytest.fixture(autouse=True)
def deviation(request: pytest.FixtureRequest) -> None:
    """Where a helper is known to differ, the test must fail."""
    if "implementation" not in request.fixturenames:
        return
    helper = request.getfixturevalue("implementation").name
    test = request.node.name.replace(f"{helper}-", "").replace(f"[{helper}]", "")
    why = why_it_differs(helper, test)
    if why:
        request.applymarker(pytest.mark.xfail(reason=why, raises=AssertionError, strict=True))


@pytest.fixture(scope="session")
def store(implementation: Implementation) -> Iterator[Empty]:
    """The store behind it, which is started once and emptied before each test."""
    with stores.started(implementation.store) as empty:
        yield empty


@pytest.fixture
def helper(implementation: Implementation, store: Empty, home: Path) -> Helper:
    """A helper with nothing stored."""
    return implementation.on(store(home), home)
