"""Processes that are killed while they write: the entry is the old one or the new one, and the next one writes it."""

from __future__ import annotations

from collections import Counter

from tests.together import killed


def test_a_renewal_that_is_killed_between_any_two_calls_leaves_the_old_token_or_the_new_one() -> None:
    found = killed.renewals_at_each_call()
    assert set(found) == {"old", "new"}


def test_a_first_write_that_is_killed_between_any_two_calls_leaves_nothing_or_the_token() -> None:
    found = killed.first_writes_at_each_call()
    assert set(found) == {"none", "new"}


def test_a_process_that_is_killed_at_any_moment_leaves_a_whole_token_and_nothing_for_good() -> None:
    assert killed.at_random(40) == Counter({"whole": 40, "leftovers after a sweep": 0})
