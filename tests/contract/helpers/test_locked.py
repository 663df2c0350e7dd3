"""A keyring that somebody has locked: what is in it is not there for now, and is not gone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.contract.process import NOT_FOUND
from tests.stores import gnome

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.contract.helpers.helper import Helper
    from tests.contract.helpers.implementations import Implementation


@pytest.fixture
def locked(implementation: Implementation, home: Path) -> Iterator[Helper]:
    """A helper with a login in a keyring that has been locked since."""
    with gnome.unlocked() as running:
        helper = implementation.on(running.environment, home)
        helper.store()
        running.lock()
        yield helper


def test_a_login_that_is_locked_away_is_not_told_as_none(locked: Helper) -> None:
    """Docker would go on without it, as nobody."""
    done = locked.get()
    assert done.status == 1
    assert done.stdout != NOT_FOUND


def test_a_list_leaves_out_what_is_locked_away(locked: Helper) -> None:
    """It must not cost a build the logins that are kept elsewhere."""
    assert locked.listed() == {}
