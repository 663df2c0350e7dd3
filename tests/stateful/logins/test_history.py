"""The judge of histories: what it accepts and what it does not."""

from __future__ import annotations

from tests.stateful.logins.history import Event, possible_states
from tests.stateful.logins.reference import EMPTY

ONE, TWO = ("one", "1"), ("two", "2")


def test_events_one_after_the_other_follow_the_dictionary() -> None:
    history = [
        Event("store", "ghcr.io", ONE, started_at=1, ended_at=2),
        Event("store", "https://ghcr.io", TWO, started_at=3, ended_at=4),
        Event("get", "GHCR.io", result=TWO, started_at=5, ended_at=6),
        Event("erase", "GHCR.io", started_at=7, ended_at=8),
        Event("list", result={"ghcr.io": "one"}, started_at=9, ended_at=10),
    ]
    assert possible_states(EMPTY, history) == {(("ghcr.io", ONE),)}


def test_a_late_get_with_an_old_login_is_detected() -> None:
    history = [
        Event("store", "ghcr.io", ONE, started_at=1, ended_at=2),
        Event("store", "ghcr.io", TWO, started_at=3, ended_at=4),
        Event("get", "ghcr.io", result=ONE, started_at=5, ended_at=6),
    ]
    assert not possible_states(EMPTY, history)


def test_a_get_beside_a_store_may_see_it_or_not() -> None:
    store = Event("store", "ghcr.io", ONE, started_at=1, ended_at=4)
    for result in (None, ONE):
        assert possible_states(EMPTY, [store, Event("get", "ghcr.io", result=result, started_at=2, ended_at=3)]) == {
            (("ghcr.io", ONE),)
        }


def test_two_gets_beside_a_store_do_not_see_it_come_and_go() -> None:
    history = [
        Event("store", "ghcr.io", ONE, started_at=1, ended_at=6),
        Event("get", "ghcr.io", result=ONE, started_at=2, ended_at=3),
        Event("get", "ghcr.io", result=None, started_at=4, ended_at=5),
    ]
    assert not possible_states(EMPTY, history)


def test_a_killed_store_has_happened_or_not_and_nothing_else() -> None:
    killed_event = Event("store", "ghcr.io", TWO, started_at=1, ended_at=2, is_confirmed=False)
    state = (("ghcr.io", ONE),)
    assert possible_states(state, [killed_event]) == {(("ghcr.io", ONE),), (("ghcr.io", TWO),)}
    assert not possible_states(state, [killed_event, Event("get", "ghcr.io", result=None, started_at=3, ended_at=4)])


def test_a_killed_store_over_the_same_form_may_leave_it_where_it_was_in_the_order_and_nothing_worse() -> None:
    state = (("ghcr.io", ONE), ("https://ghcr.io", TWO))
    killed_event = Event("store", "ghcr.io", ("three", "3"), started_at=1, ended_at=2, is_confirmed=False)
    get_event = Event("get", "ghcr.io", result=("three", "3"), started_at=3, ended_at=4)
    assert possible_states(
        state, [killed_event, get_event, Event("get", "GHCR.io", result=TWO, started_at=5, ended_at=6)]
    )
    assert not possible_states(state, [killed_event, Event("get", "GHCR.io", result=ONE, started_at=5, ended_at=6)])


def test_a_killed_erase_harms_no_other_login() -> None:
    state = (("ghcr.io", ONE), ("ghcr.io:5000", TWO))
    killed_event = Event("erase", "ghcr.io", started_at=1, ended_at=2, is_confirmed=False)
    assert not possible_states(
        state, [killed_event, Event("get", "ghcr.io:5000", result=None, started_at=3, ended_at=4)]
    )
