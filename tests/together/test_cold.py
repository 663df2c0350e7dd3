"""Processes that find no token: of all that want the same one, one asks."""

from __future__ import annotations

import pytest

from tests.together import cold
from tests.together.cold import Seen

ONE, TWO = (f"arn:aws:iam::123456789012:user/AKIA{name}" for name in ("one", "two"))
SERVED, FAILED = frozenset({0}), frozenset({1})
OTHERS = 19  # that wait; the command has 49


@pytest.mark.parametrize("_", range(2))
def test_fifty_cold_processes_make_one_call_and_have_one_answer(_: int) -> None:
    assert cold.one_token() == Seen(1, 1, SERVED)


def test_twenty_accounts_of_one_region_make_one_call_and_share_its_token() -> None:
    assert cold.accounts() == Seen(1, 1, SERVED)


def test_two_regions_make_two_calls_and_have_a_token_each() -> None:
    assert cold.regions() == Seen(2, 2, SERVED)


def test_two_identities_make_two_calls_and_are_never_mixed() -> None:
    seen, owners = cold.identities()
    assert seen == Seen(2, 2, SERVED)
    assert owners == [{ONE}, {TWO}]


def test_the_denial_of_one_identity_is_not_shared_with_another() -> None:
    seen, owners = cold.identities(denied=True)
    assert seen.answers == 2
    assert owners == [{"nobody"}, {TWO}]


def test_many_share_one_denial_and_who_comes_later_asks_again() -> None:
    together, later = cold.denied(OTHERS)
    assert together == Seen(1, 1, FAILED)
    assert later == Seen(1, 1, SERVED)


def test_many_share_one_throttling_and_who_comes_then_is_held_back() -> None:
    together, later, held_back = cold.throttled(OTHERS)
    assert together == Seen(2, 1, FAILED)
    assert later == Seen(1, 1, SERVED)
    assert held_back


def test_when_the_one_that_asks_is_killed_another_takes_its_place() -> None:
    assert cold.holder_killed(OTHERS) == Seen(2, 1, SERVED)


def test_when_the_one_that_asks_is_stopped_one_goes_on_beside_it() -> None:
    assert cold.holder_stopped(OTHERS) == Seen(2, 1, SERVED)
