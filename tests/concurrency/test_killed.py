"""Processes that are killed while they write: the entry is the old one or the new one, and the next one writes it."""

from __future__ import annotations

from collections import Counter

from tests.concurrency import killed


def test_a_refresh_that_is_killed_between_any_two_calls_leaves_the_old_token_or_the_new_one() -> None:
    counts = killed.kill_refreshes_at_each_call()
    assert set(counts) == {"old", "new"}


def test_a_first_write_that_is_killed_between_any_two_calls_leaves_nothing_or_the_token() -> None:
    counts = killed.kill_first_writes_at_each_call()
    assert set(counts) == {"none", "new"}


def test_a_process_that_is_killed_at_any_moment_leaves_a_whole_token_and_nothing_for_good() -> None:
    assert killed.kill_at_random(40) == Counter({"whole": 40, "leftovers after a sweep": 0})
