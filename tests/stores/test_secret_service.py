"""The desktop's keyring in each of its states, behind the installed helper: the Secret Service, by gnome-keyring."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Callable

import pytest

from tests.contract.process import HOST, ProcessResult, parse_error, run_helper
from tests.contract.seeds import create_entry
from tests.stores import bus, gnome, tap
from tests.stores.client import SECRET, SERVER, erase, failure, get, is_kept, is_nobody, secret, store

if TYPE_CHECKING:
    from tests.stores.gnome import Gnome

NO_BUS = {"DBUS_SESSION_BUS_ADDRESS": None, "XDG_RUNTIME_DIR": None}
SOON = {"CREDHELPER_TIMEOUT": "4"}  # seconds; what comes before the keyring takes one where much else runs
VERBS = [store, get, erase]


@pytest.fixture
def locked(desktop: Gnome) -> Gnome:
    """A keyring that is locked, with a login in it."""
    assert is_kept(store())
    desktop.lock()
    return desktop


@pytest.fixture
def stopped(desktop: Gnome) -> Gnome:
    """A keyring that has hung, with a login in it."""
    assert is_kept(store())
    desktop.stop()
    return desktop


def test_a_login_is_stored_and_got_and_listed_and_erased_and_nobody_is_asked(desktop: Gnome) -> None:
    assert is_nobody(get())
    assert is_kept(store())
    assert secret() == SECRET
    assert json.loads(run_helper("list").stdout) == {SERVER: "somebody"}
    assert is_kept(erase())
    assert is_nobody(get())
    assert not desktop.prompted


@pytest.mark.usefixtures("desktop")
def test_after_a_second_login_the_first_is_gone() -> None:
    store("first")
    store("second")
    erase()
    assert is_nobody(get())


@pytest.mark.parametrize("verb", VERBS)
def test_a_locked_keyring_is_said_to_be_locked_and_nobody_is_asked(
    locked: Gnome, verb: Callable[..., ProcessResult]
) -> None:
    done = verb()
    assert failure(done) == "keyring-locked"
    assert "is locked" in parse_error(done)
    assert not locked.prompted


@pytest.mark.parametrize("verb", VERBS)
def test_so_it_is_where_nobody_can_be_asked(verb: Callable[..., ProcessResult]) -> None:
    with gnome.unlocked() as running:
        store(**running.environment)
        running.lock()
        assert failure(verb(**running.environment)) == "keyring-locked"


def test_what_a_locked_keyring_holds_is_there_when_it_is_unlocked(locked: Gnome) -> None:
    store("another")
    erase()
    locked.unlock()
    assert secret() == SECRET


def test_a_locked_keyring_costs_a_list_no_token(locked: Gnome) -> None:
    create_entry(HOST, "token")
    done = run_helper("list")
    assert json.loads(done.stdout) == {HOST: "AWS"}
    assert done.stderr_text.count("\n") == 1
    assert "[keyring-locked]" in done.stderr_text
    assert not locked.prompted


def test_no_other_collection_is_used_that_the_environment_names(desktop: Gnome) -> None:
    store(KEYRING_PROPERTY_PREFERRED_COLLECTION="/org/freedesktop/secrets/collection/session")
    desktop.unlock()  # which ends the one that ran, and its session's collection
    assert secret() == SECRET


def test_a_keyring_that_was_never_set_up_is_not_set_up_by_asking_a_person() -> None:
    with gnome.never_set_up() as running:
        done = store(**running.environment)
        assert failure(done) == "keyring-locked"
        assert "not been set up" in parse_error(done)
        assert not running.prompted


def test_where_nothing_was_ever_stored_a_locked_keyring_is_no_news(desktop: Gnome) -> None:
    desktop.lock()
    done = get()
    assert is_nobody(done)
    assert "[keyring-locked]" in done.stderr_text


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.usefixtures("stopped")
def test_a_keyring_that_has_hung_is_said_to_have(verb: Callable[..., ProcessResult]) -> None:
    done = verb(**SOON)
    assert failure(done) == "timed-out"
    assert "the desktop's keyring" in parse_error(done)


def test_a_store_that_hung_may_have_landed_and_says_so(desktop: Gnome) -> None:
    with tap.before(b"CreateItem", desktop.stop, desktop.bus) as tapped:
        done = store(**tapped, **SOON)
    assert failure(done) == "login-uncertain"
    desktop.go_on()
    assert secret() == SECRET


def test_a_bus_that_ends_during_a_store_is_told(desktop: Gnome) -> None:
    store("first")
    with tap.before(b"CreateItem", desktop.bus.take_away, desktop.bus) as tapped:
        assert failure(store("second", **tapped)) == "keyring-failed"


@pytest.mark.parametrize("verb", VERBS)
def test_a_bus_that_has_ended_is_told(desktop: Gnome, verb: Callable[..., ProcessResult]) -> None:
    store()
    desktop.bus.take_away()
    assert failure(verb()) == "keyring-missing"


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.usefixtures("desktop")
def test_a_bus_that_never_answers_is_told(verb: Callable[..., ProcessResult]) -> None:
    store()
    with bus.silent() as silent:
        assert failure(verb(**silent)) == "keyring-missing"


def test_on_a_bus_that_never_answers_nothing_is_stored_anywhere_else() -> None:
    with bus.silent() as silent:
        assert failure(store(**silent)) == "keyring-missing"
    assert is_nobody(get())


@pytest.mark.usefixtures("desktop")
def test_the_user_s_bus_is_found_for_a_first_login_as_well() -> None:
    assert is_kept(store(DBUS_SESSION_BUS_ADDRESS=None))
    assert secret() == SECRET


@pytest.mark.usefixtures("desktop")
def test_over_ssh_the_login_of_the_desktop_is_found_on_the_user_s_bus() -> None:
    store()
    assert secret(DBUS_SESSION_BUS_ADDRESS=None) == SECRET


@pytest.mark.usefixtures("desktop")
def test_without_a_bus_the_message_says_where_the_login_is() -> None:
    store()
    done = get(**NO_BUS)
    assert failure(done) == "keyring-missing"
    assert "the desktop's keyring (Secret Service)" in parse_error(done)


@pytest.mark.usefixtures("desktop")
def test_a_login_stored_over_ssh_is_found_on_the_desktop() -> None:
    store(**NO_BUS)
    assert secret() == SECRET
