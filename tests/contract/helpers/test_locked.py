"""A locked keyring: its logins are unavailable for now, but not missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.keyrings import gnome
from tests.support.runner import NOT_FOUND

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.contract.helpers.helper import Helper
    from tests.contract.helpers.implementations import Implementation


@pytest.fixture
def locked_helper(implementation: Implementation, home: Path) -> Iterator[Helper]:
    """Yield a helper with a login in a keyring that was locked afterwards."""
    with gnome.start_unlocked() as service:
        helper = implementation.create_helper(service.environment, home)
        helper.store()
        service.lock()
        yield helper


def test_a_login_in_a_locked_keyring_is_not_reported_as_missing(locked_helper: Helper) -> None:
    """Docker would continue anonymously."""
    result = locked_helper.get()
    assert result.status == 1
    assert result.stdout != NOT_FOUND


def test_a_list_omits_the_logins_in_a_locked_keyring(locked_helper: Helper) -> None:
    """A build must still get the logins that are kept elsewhere."""
    assert locked_helper.list_logins() == {}
