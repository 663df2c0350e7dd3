"""The judge of histories: what it accepts and what it does not."""

from __future__ import annotations

from tests.model.logins.history import Event, ways
from tests.model.logins.reference import NOTHING

ONE, TWO = ("one", "1"), ("two", "2")


def test_what_follows_one_upon_the_other_is_the_dictionary_s() -> None:
    history = [
        Event("store", "ghcr.io", ONE, began=1, ended=2),
        Event("store", "https://ghcr.io", TWO, began=3, ended=4),
        Event("get", "GHCR.io", saw=TWO, began=5, ended=6),
        Event("erase", "GHCR.io", began=7, ended=8),
        Event("list", saw={"ghcr.io": "one"}, began=9, ended=10),
    ]
    assert ways(NOTHING, history) == {(("ghcr.io", ONE),)}


def test_a_get_that_is_late_with_an_old_login_is_found_out() -> None:
    history = [
        Event("store", "ghcr.io", ONE, began=1, ended=2),
        Event("store", "ghcr.io", TWO, began=3, ended=4),
        Event("get", "ghcr.io", saw=ONE, began=5, ended=6),
    ]
    assert not ways(NOTHING, history)


def test_a_get_beside_a_store_may_see_it_or_not() -> None:
    store = Event("store", "ghcr.io", ONE, began=1, ended=4)
    for saw in (None, ONE):
        assert ways(NOTHING, [store, Event("get", "ghcr.io", saw=saw, began=2, ended=3)]) == {(("ghcr.io", ONE),)}


def test_two_gets_beside_a_store_do_not_see_it_come_and_go() -> None:
    history = [
        Event("store", "ghcr.io", ONE, began=1, ended=6),
        Event("get", "ghcr.io", saw=ONE, began=2, ended=3),
        Event("get", "ghcr.io", saw=None, began=4, ended=5),
    ]
    assert not ways(NOTHING, history)


def test_a_killed_store_has_happened_or_not_and_nothing_else() -> None:
    killed = Event("store", "ghcr.io", TWO, began=1, ended=2, answered=False)
    kept = (("ghcr.io", ONE),)
    assert ways(kept, [killed]) == {(("ghcr.io", ONE),), (("ghcr.io", TWO),)}
    assert not ways(kept, [killed, Event("get", "ghcr.io", saw=None, began=3, ended=4)])


def test_a_killed_store_over_the_same_form_may_leave_it_where_it_was_in_the_order_and_nothing_worse() -> None:
    kept = (("ghcr.io", ONE), ("https://ghcr.io", TWO))
    killed = Event("store", "ghcr.io", ("three", "3"), began=1, ended=2, answered=False)
    now = Event("get", "ghcr.io", saw=("three", "3"), began=3, ended=4)
    assert ways(kept, [killed, now, Event("get", "GHCR.io", saw=TWO, began=5, ended=6)])
    assert not ways(kept, [killed, Event("get", "GHCR.io", saw=ONE, began=5, ended=6)])


def test_a_killed_erase_harms_no_other_login() -> None:
    kept = (("ghcr.io", ONE), ("ghcr.io:5000", TWO))
    killed = Event("erase", "ghcr.io", began=1, ended=2, answered=False)
    assert not ways(kept, [killed, Event("get", "ghcr.io:5000", saw=None, began=3, ended=4)])
