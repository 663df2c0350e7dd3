"""Each test of this folder, once for each helper that is here."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.contract.helpers import stores
from tests.contract.helpers.deviations import why_it_differs
from tests.contract.helpers.helper import Helper
from tests.contract.helpers.implementations import those_for

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.contract.helpers.implementations import Implementation
    from tests.contract.helpers.stores import Empty


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "helper" in metafunc.fixturenames:
        here = those_for(Path(metafunc.module.__file__).stem)
        metafunc.parametrize("implementation", here, ids=lambda each: each.name, scope="session")


@pytest.fixture(scope="session")
def store(implementation: Implementation) -> Iterator[Empty]:
    """The store behind it, which is started once and emptied before each test."""
    with stores.started(implementation.store) as empty:
        yield empty


@pytest.fixture
def helper(request: pytest.FixtureRequest, implementation: Implementation, store: Empty, home: Path) -> Helper:
    """A helper with nothing stored. Where it is known to differ, the test must fail."""
    name = request.node.name.replace(f"{implementation.name}-", "").replace(f"[{implementation.name}]", "")
    why = why_it_differs(implementation.name, name)
    if why:
        request.applymarker(pytest.mark.xfail(reason=why, raises=AssertionError, strict=True))
    settings = home / ".config" / "credhelper" / "config.toml"
    settings.parent.mkdir(parents=True)
    settings.write_text(f'[logins]\nkeyring = "{implementation.store}"\n')
    environ = {"HOME": os.environ["HOME"], **store(home)}
    return Helper(lambda words, stdin: implementation.start(words, stdin, environ))
