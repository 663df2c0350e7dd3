"""Logins that many processes store, get and erase at once."""

from __future__ import annotations

from collections import Counter

from tests.concurrency import logins


def test_of_fifty_logins_that_are_stored_at_once_none_is_lost() -> None:
    assert logins.store_at_once() == Counter({"its own": 50, "listed": 50})


def test_no_process_ever_sees_half_of_a_login_while_it_is_replaced() -> None:
    assert logins.read_while_storing(readers=20, writers=5) == Counter(whole=20)  # the command has 50


def test_of_a_store_and_an_erase_at_once_one_is_the_last_and_nothing_else_is_lost() -> None:
    counts = logins.race_store_and_erase(3)
    assert counts["stored"] + counts["erased"] == counts["the other one"] == 3
