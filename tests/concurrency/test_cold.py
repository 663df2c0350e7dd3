"""Processes that find no token: of all that want the same one, one asks."""

from __future__ import annotations

import pytest

from tests.concurrency import cold
from tests.concurrency.cold import CrowdResult

ONE, TWO = (f"arn:aws:iam::123456789012:user/AKIA{name}" for name in ("one", "two"))
SERVED, FAILED = frozenset({0}), frozenset({1})
OTHERS = 19  # that wait; the command has 49


@pytest.mark.parametrize("_", range(2))
def test_fifty_cold_processes_make_one_call_and_have_one_answer(_: int) -> None:
    assert cold.request_one_token() == CrowdResult(1, 1, SERVED)


def test_twenty_accounts_of_one_region_make_one_call_and_share_its_token() -> None:
    assert cold.request_accounts() == CrowdResult(1, 1, SERVED)


def test_two_regions_make_two_calls_and_have_a_token_each() -> None:
    assert cold.request_regions() == CrowdResult(2, 2, SERVED)


def test_two_identities_make_two_calls_and_are_never_mixed() -> None:
    result, owners = cold.request_identities()
    assert result == CrowdResult(2, 2, SERVED)
    assert owners == [{ONE}, {TWO}]


def test_the_denial_of_one_identity_is_not_shared_with_another() -> None:
    result, owners = cold.request_identities(is_denied=True)
    assert result.answers == 2
    assert owners == [{"nobody"}, {TWO}]


def test_many_share_one_denial_and_a_later_process_asks_again() -> None:
    crowd_result, later_result = cold.share_denial(OTHERS)
    assert crowd_result == CrowdResult(1, 1, FAILED)
    assert later_result == CrowdResult(1, 1, SERVED)


def test_many_share_one_throttling_and_later_processes_are_held_back() -> None:
    crowd_result, later_result, is_held_back = cold.share_throttling(OTHERS)
    assert crowd_result == CrowdResult(2, 1, FAILED)
    assert later_result == CrowdResult(1, 1, SERVED)
    assert is_held_back


def test_when_the_one_that_asks_is_killed_another_takes_its_place() -> None:
    assert cold.kill_leader(OTHERS) == CrowdResult(2, 1, SERVED)


def test_when_the_one_that_asks_is_stopped_another_proceeds_without_the_lock() -> None:
    assert cold.stop_leader(OTHERS) == CrowdResult(2, 1, SERVED)
