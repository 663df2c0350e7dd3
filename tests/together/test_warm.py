"""Processes that find a token, while others write; and processes that are killed while they write."""

from __future__ import annotations

from collections import Counter

from tests.together import warm


def test_no_process_ever_sees_half_of_a_token_while_it_is_replaced() -> None:
    assert warm.replaced(readers=40, writes=100) == Counter(token=40)


def test_a_process_that_is_killed_while_it_writes_leaves_the_old_token_or_the_new_one() -> None:
    assert warm.killed(times=15) == Counter({"whole": 15, "leftovers after a sweep": 0})
