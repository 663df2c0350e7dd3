"""A keyring that somebody has locked: what is in it is not there for now, and is not gone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.contract.runner import NOT_FOUND
from tests.keyrings import gnome

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.contract.helpers.helper import Helper
    from tests.contract.helpers.implementations import Implementation


@pytest.fixture
def locked_helper(implementation: Implementation, home: Path) -> Iterator[Helper]:
    """A helper with a login in a keyring that has been locked since."""
    with gnome.start_unlocked() as service:
        helper = implementation.create_helper(service.environment, home)
        helper.store()
        service.lock()
        yield helper


def test_a_login_that_is_locked_away_is_not_reported_as_missing(locked_helper: Helper) -> None:
    """Docker would go on without it, as nobody."""
    result = locked_helper.get()
    assert result.status == 1
    assert result.stdout != NOT_FOUND


def test_a_list_leaves_out_what_is_locked_away(locked_helper: Helper) -> None:
    """It must not cost a build the logins that are kept elsewhere."""
    assert locked_helper.list_logins() == {}
