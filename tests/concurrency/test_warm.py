"""Processes that find a token, while it is replaced."""

from __future__ import annotations

from collections import Counter

from tests.concurrency import warm


def test_no_process_ever_sees_half_of_a_token_while_it_is_replaced() -> None:
    assert warm.read_while_replacing(readers=40, writes=100) == Counter(whole=40 + 50 * 40)
