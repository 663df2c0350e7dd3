"""A helper that is stopped or killed before a call of the operating system: before each, and none is left out."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest

from tests.stateful.logins.helpers import ForkServer, Helper, finish_all
from tests.stateful.logins.history import Event, possible_states
from tests.stateful.logins.homes import FILE_KEYRING, OWN_KEYRING, Home, create_home
from tests.stateful.logins.reference import EMPTY, State

_WAIT = 0.02  # seconds for one helper beside a stopped one; it may have to wait for that one
_MIN_CALLS = 15  # calls that a helper makes; if it makes fewer, they are no longer counted

ONE, TWO, THREE, NEW = (("user", secret) for secret in ("one", "two", "three", "new"))
TWO_FORMS: State = (("ghcr.io", ONE), ("ghcr.io:5000", THREE), ("https://ghcr.io", TWO))
FIRST_STORE = EMPTY, Event("store", "ghcr.io", NEW)
SECOND_USER = TWO_FORMS, Event("store", "ghcr.io", NEW)
ANOTHER_FORM = TWO_FORMS, Event("store", "ghcr.io:443", NEW)
ERASE = TWO_FORMS, Event("erase", "ghcr.io")
ERASE_EQUIVALENT = TWO_FORMS, Event("erase", "GHCR.io")
GET_MISSING = EMPTY, Event("get", "ghcr.io")

STORE, GET, LIST = Event("store", "ghcr.io", ("user", "beside")), Event("get", "GHCR.io"), Event("list")

with_each_keyring = pytest.mark.parametrize("keyring", [FILE_KEYRING, OWN_KEYRING], ids=["file", "own"])


@with_each_keyring
@pytest.mark.parametrize(
    ("state", "change"),
    [FIRST_STORE, SECOND_USER, ANOTHER_FORM, ERASE, ERASE_EQUIVALENT],
    ids=["a first store", "a second user's", "another form's", "an erase", "an erase of a form alike"],
)
def test_a_change_that_is_killed_before_any_call_has_happened_or_not(
    fork_server: ForkServer, keyring: str, state: State, change: Event
) -> None:
    for home, helper in _stop_before_each_call(fork_server, keyring, state, change):
        helper.kill()
        _check_explained(home, state, helper.finish())


@with_each_keyring
@pytest.mark.parametrize(
    ("state", "stopped_event", "concurrent_event"),
    [
        pytest.param(*FIRST_STORE, LIST, id="a first store, and a list"),
        pytest.param(*SECOND_USER, GET, id="a second user's, and a get of a form alike"),
        pytest.param(*SECOND_USER, STORE, id="a second user's, and a third's"),
        pytest.param(*ANOTHER_FORM, ERASE_EQUIVALENT[1], id="another form's, and an erase of a form alike"),
        pytest.param(*ERASE, STORE, id="an erase, and a store"),
        pytest.param(*ERASE_EQUIVALENT, ERASE_EQUIVALENT[1], id="two erases of a form alike"),
        pytest.param(*ERASE_EQUIVALENT, GET, id="an erase of a form alike, and a get"),
    ],
)
def test_beside_one_that_stops_before_any_call_another_sees_what_is_there_or_waits(
    fork_server: ForkServer, keyring: str, state: State, stopped_event: Event, concurrent_event: Event
) -> None:
    for home, helper in _stop_before_each_call(fork_server, keyring, state, stopped_event):
        other_helper = fork_server.start(home.environ, concurrent_event)
        other_helper.wait_until_idle(_WAIT)
        _check_explained(home, state, *finish_all([helper, other_helper]))


@with_each_keyring
def test_a_get_in_vain_that_stops_before_any_call_hides_no_login_that_is_stored_meanwhile(
    fork_server: ForkServer, keyring: str
) -> None:
    state, get_event = GET_MISSING
    for home, helper in _stop_before_each_call(fork_server, keyring, state, get_event):
        events = [fork_server.start(home.environ, STORE).finish(), helper.finish()]
        # Of these only a whole helper looks into the cache, where it is remembered that there was no login.
        _check_explained(home, state, *events, fork_server.start(home.environ, GET).finish())


@with_each_keyring
def test_a_helper_that_waits_for_one_killed_before_any_call_continues(fork_server: ForkServer, keyring: str) -> None:
    state, change = SECOND_USER
    for home, helper in _stop_before_each_call(fork_server, keyring, state, change):
        other_helper = fork_server.start(home.environ, STORE)
        other_helper.wait_until_idle(_WAIT)
        helper.kill()
        _check_explained(home, state, *finish_all([helper, other_helper]))


def _stop_before_each_call(
    fork_server: ForkServer, keyring: str, state: State, change: Event
) -> Iterator[tuple[Home, Helper]]:
    """Give a home, and a helper that has stopped there before its first call; again, before its second; and so on."""
    with create_home(keyring, state) as original:
        for number in itertools.count():
            with original.copy() as home:
                helper = fork_server.start(home.environ, change, stop_before=number)
                assert helper.wait_until_idle()
                if not helper.is_stopped:
                    assert number >= _MIN_CALLS
                    return
                yield home, helper


def _check_explained(home: Home, state: State, *history: Event) -> None:
    """Expect that what was seen can be explained, with what there is then; and that the home is as good as any."""
    final_states = possible_states(state, [*history, *home.observe(max(event.ended_at for event in history))])
    assert final_states, history
    assert home.is_consistent()
    for event in (Event("store", "ghcr.io/team", TWO), Event("erase", "ghcr.io/team")):
        home.execute(event)
    assert any(possible_states(final_state, home.observe(0)) for final_state in final_states)
