"""Processes that find no token: of all that want the same one, one asks."""

from __future__ import annotations

from tests.together import cold


def test_fifty_cold_processes_make_one_call_and_have_one_answer() -> None:
    assert cold.fifty() == (1, 1, {0})


def test_twenty_accounts_of_one_region_make_one_call() -> None:
    assert cold.twenty_accounts() == (1, {0})


def test_two_regions_make_two_calls() -> None:
    assert cold.two_regions() == 2


def test_two_identities_make_two_calls_and_are_never_mixed() -> None:
    assert cold.two_identities() == (2, [1, 1])


def test_fifty_share_one_denial_and_who_comes_later_asks_again() -> None:
    assert cold.denied() == (1, 1, {1}, 2)


def test_when_the_one_that_asks_is_killed_another_takes_its_place() -> None:
    assert cold.killed() == (2, {0})


def test_when_the_one_that_asks_is_stopped_one_goes_on_beside_it() -> None:
    assert cold.stopped_holder() == (2, {0})
