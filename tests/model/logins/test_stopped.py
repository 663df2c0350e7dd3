"""A helper that is stopped or killed before a call of the operating system: before each, and none is left out."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest

from tests.model.logins.helpers import Helper, Nursery, all_ended
from tests.model.logins.history import Event, ways
from tests.model.logins.places import FILE, OWN, Home, home
from tests.model.logins.reference import NOTHING, Kept

_SHORT = 0.02  # seconds for one helper beside a stopped one; it may have to wait for that one
_FEWEST = 15  # calls that a helper makes; if it makes fewer, they are no longer counted

ONE, TWO, THREE, NEW = (("user", secret) for secret in ("one", "two", "three", "new"))
TWO_FORMS: Kept = (("ghcr.io", ONE), ("ghcr.io:5000", THREE), ("https://ghcr.io", TWO))
FIRST_STORE = NOTHING, Event("store", "ghcr.io", NEW)
SECOND_USER = TWO_FORMS, Event("store", "ghcr.io", NEW)
ANOTHER_FORM = TWO_FORMS, Event("store", "ghcr.io:443", NEW)
ERASE = TWO_FORMS, Event("erase", "ghcr.io")
ERASE_ALIKE = TWO_FORMS, Event("erase", "GHCR.io")
GET_IN_VAIN = NOTHING, Event("get", "ghcr.io")

STORE, GET, LIST = Event("store", "ghcr.io", ("user", "beside")), Event("get", "GHCR.io"), Event("list")

each_keyring = pytest.mark.parametrize("keyring", [FILE, OWN], ids=["file", "own"])


@each_keyring
@pytest.mark.parametrize(
    ("kept", "change"),
    [FIRST_STORE, SECOND_USER, ANOTHER_FORM, ERASE, ERASE_ALIKE],
    ids=["a first store", "a second user's", "another form's", "an erase", "an erase of a form alike"],
)
def test_a_change_that_is_killed_before_any_call_has_happened_or_not(
    nursery: Nursery, keyring: str, kept: Kept, change: Event
) -> None:
    for here, helper in _stopped_before_each_call(nursery, keyring, kept, change):
        helper.kill()
        _explained(here, kept, helper.ended())


@each_keyring
@pytest.mark.parametrize(
    ("kept", "stopped", "beside"),
    [
        pytest.param(*FIRST_STORE, LIST, id="a first store, and a list"),
        pytest.param(*SECOND_USER, GET, id="a second user's, and a get of a form alike"),
        pytest.param(*SECOND_USER, STORE, id="a second user's, and a third's"),
        pytest.param(*ANOTHER_FORM, ERASE_ALIKE[1], id="another form's, and an erase of a form alike"),
        pytest.param(*ERASE, STORE, id="an erase, and a store"),
        pytest.param(*ERASE_ALIKE, ERASE_ALIKE[1], id="two erases of a form alike"),
        pytest.param(*ERASE_ALIKE, GET, id="an erase of a form alike, and a get"),
    ],
)
def test_beside_one_that_stops_before_any_call_another_sees_what_is_there_or_waits(
    nursery: Nursery, keyring: str, kept: Kept, stopped: Event, beside: Event
) -> None:
    for here, helper in _stopped_before_each_call(nursery, keyring, kept, stopped):
        other = nursery.start(here.environ, beside)
        other.has_come_to_rest(_SHORT)
        _explained(here, kept, *all_ended([helper, other]))


@each_keyring
def test_a_get_in_vain_that_stops_before_any_call_hides_no_login_that_is_stored_meanwhile(
    nursery: Nursery, keyring: str
) -> None:
    kept, get = GET_IN_VAIN
    for here, helper in _stopped_before_each_call(nursery, keyring, kept, get):
        seen = [nursery.start(here.environ, STORE).ended(), helper.ended()]
        # Of these only a whole helper looks into the cache, where it is remembered that there was no login.
        _explained(here, kept, *seen, nursery.start(here.environ, GET).ended())


@each_keyring
def test_who_waits_for_one_that_is_killed_before_any_call_goes_on(nursery: Nursery, keyring: str) -> None:
    kept, change = SECOND_USER
    for here, helper in _stopped_before_each_call(nursery, keyring, kept, change):
        other = nursery.start(here.environ, STORE)
        other.has_come_to_rest(_SHORT)
        helper.kill()
        _explained(here, kept, *all_ended([helper, other]))


def _stopped_before_each_call(
    nursery: Nursery, keyring: str, kept: Kept, change: Event
) -> Iterator[tuple[Home, Helper]]:
    """Give a home, and a helper that has stopped there before its first call; again, before its second; and so on."""
    with home(keyring, kept) as before:
        for number in itertools.count():
            with before.copied() as here:
                helper = nursery.start(here.environ, change, stop=number)
                assert helper.has_come_to_rest()
                if not helper.is_stopped:
                    assert number >= _FEWEST
                    return
                yield here, helper


def _explained(here: Home, kept: Kept, *history: Event) -> None:
    """Expect that what was seen can be explained, with what there is then; and that the home is as good as any."""
    then = ways(kept, [*history, *here.seen(max(event.ended for event in history))])
    assert then, history
    assert here.is_tidy()
    for event in (Event("store", "ghcr.io/team", TWO), Event("erase", "ghcr.io/team")):
        here.do(event)
    assert any(ways(way, here.seen(0)) for way in then)
