"""A helper that is stopped, or killed, before any call of the operating system, one after the other: none is left out."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest

from tests.model.logins.helpers import Helper, Nursery
from tests.model.logins.history import Event, ways
from tests.model.logins.places import FILE, OWN, Home, home
from tests.model.logins.reference import NOTHING, Kept

_SHORT = 0.05  # seconds for one helper beside a stopped one; it may have to wait for that one

ONE, TWO, THREE, NEW = (("user", secret) for secret in ("one", "two", "three", "new"))
TWO_FORMS: Kept = (("ghcr.io", ONE), ("ghcr.io:5000", THREE), ("https://ghcr.io", TWO))
FIRST_STORE = NOTHING, Event("store", "ghcr.io", NEW)
SECOND_USER = TWO_FORMS, Event("store", "ghcr.io", NEW)
ANOTHER_FORM = TWO_FORMS, Event("store", "ghcr.io:443", NEW)
ERASE = TWO_FORMS, Event("erase", "ghcr.io")
ERASE_ALIKE = TWO_FORMS, Event("erase", "GHCR.io")
CHANGES = [FIRST_STORE, SECOND_USER, ANOTHER_FORM, ERASE, ERASE_ALIKE]

both_keyrings = pytest.mark.parametrize("keyring", [FILE, OWN], ids=["file", "own"])
each_change = pytest.mark.parametrize(
    ("kept", "change"), CHANGES, ids=["first store", "second user", "another form", "erase", "erase of a form alike"]
)


@both_keyrings
@each_change
def test_a_change_that_is_killed_before_any_call_has_happened_or_not(
    nursery: Nursery, keyring: str, kept: Kept, change: Event
) -> None:
    for here, helper in _stopped_before_each_call(nursery, keyring, kept, change):
        helper.kill()
        _explained(here, kept, helper.ended())


@both_keyrings
@each_change
@pytest.mark.parametrize(
    "other",
    [Event("store", "ghcr.io", TWO), Event("erase", "ghcr.io"), Event("get", "GHCR.io"), Event("list")],
    ids=["store", "erase", "get", "list"],
)
def test_another_one_beside_a_change_that_stops_before_any_call_sees_it_whole_or_not_at_all(
    nursery: Nursery, keyring: str, kept: Kept, change: Event, other: Event
) -> None:
    for here, helper in _stopped_before_each_call(nursery, keyring, kept, change):
        beside = nursery.start(here.environ, other)
        beside.has_come_to_rest(_SHORT)
        helper.go_on()
        _explained(here, kept, helper.ended(), beside.ended())


def _stopped_before_each_call(
    nursery: Nursery, keyring: str, kept: Kept, change: Event
) -> Iterator[tuple[Home, Helper]]:
    """Give a home, and a helper that has stopped there before its first call; again, before its second; and so on."""
    for number in itertools.count():
        with home(keyring, kept) as here:
            helper = nursery.start(here.environ, change, stop=number)
            assert helper.has_come_to_rest()
            if not helper.is_stopped:
                assert number > 20, "it makes more calls than that"
                return
            yield here, helper


def _explained(here: Home, kept: Kept, *history: Event) -> None:
    """Expect that what was seen can be explained, and that the home is as good as any."""
    after = max(event.ended for event in history)
    then = ways(kept, [*history, *here.seen(after)])
    assert then, history
    here.do(Event("store", "ghcr.io/team", TWO))
    here.do(Event("erase", "ghcr.io/team"))
    assert ways(then.pop(), here.seen(after))
