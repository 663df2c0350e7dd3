"""The list of deviations names only existing tests."""

from __future__ import annotations

import importlib
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from tests.contract.helpers.deviations import DEVIATIONS

if TYPE_CHECKING:
    from collections.abc import Iterator


def list_test_names() -> Iterator[str]:
    """Yield the name of each test of this directory, and of each of its cases."""
    for path in Path(__file__).parent.glob("test_*.py"):
        for name, function in vars(importlib.import_module(f"tests.contract.helpers.{path.stem}")).items():
            if name.startswith("test_"):
                yield name
                for mark in getattr(function, "pytestmark", ()):
                    yield from (f"{name}[{case}]" for case in mark.kwargs.get("ids", mark.args[1]))


def test_each_deviation_names_an_existing_test_and_case() -> None:
    listed_tests = chain.from_iterable(deviation.tests for deviation in DEVIATIONS)
    assert set(listed_tests) - set(list_test_names()) == set()
