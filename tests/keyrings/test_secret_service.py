"""The desktop's keyring (Secret Service, by gnome-keyring) in each of its states, behind the installed helper."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Callable

import pytest

from tests.keyrings import bus, dbus_monitor, gnome
from tests.keyrings.client import (
    SECRET,
    SERVER,
    erase,
    get,
    get_secret,
    is_not_found,
    is_success,
    parse_error_id,
    store,
)
from tests.support.factories import create_entry
from tests.support.runner import HOST, ProcessResult, parse_error, run_helper

if TYPE_CHECKING:
    from tests.keyrings.gnome import GnomeKeyring

NO_BUS = {"DBUS_SESSION_BUS_ADDRESS": None, "XDG_RUNTIME_DIR": None}
SHORT_TIMEOUT = {"CREDHELPER_TIMEOUT": "4"}  # seconds; on a busy machine, one passes before the keyring is reached
VERBS = [store, get, erase]


@pytest.fixture
def locked_keyring(desktop: GnomeKeyring) -> GnomeKeyring:
    """Return a locked keyring with a login in it."""
    assert is_success(store())
    desktop.lock()
    return desktop


@pytest.fixture
def suspended_keyring(desktop: GnomeKeyring) -> GnomeKeyring:
    """Return a keyring that hangs, with a login in it."""
    assert is_success(store())
    desktop.suspend()
    return desktop


def test_a_login_is_stored_returned_listed_and_erased_and_nothing_prompts(desktop: GnomeKeyring) -> None:
    assert is_not_found(get())
    assert is_success(store())
    assert get_secret() == SECRET
    assert json.loads(run_helper("list").stdout) == {SERVER: "somebody"}
    assert is_success(erase())
    assert is_not_found(get())
    assert not desktop.has_prompted


@pytest.mark.usefixtures("desktop")
def test_after_a_second_login_the_first_is_gone() -> None:
    store("first")
    store("second")
    erase()
    assert is_not_found(get())


@pytest.mark.parametrize("verb", VERBS)
def test_a_locked_keyring_is_reported_as_locked_and_nothing_prompts(
    locked_keyring: GnomeKeyring, verb: Callable[..., ProcessResult]
) -> None:
    result = verb()
    assert parse_error_id(result) == "keyring-locked"
    assert "is locked" in parse_error(result)
    assert not locked_keyring.has_prompted


@pytest.mark.parametrize("verb", VERBS)
def test_a_locked_keyring_is_reported_as_locked_if_no_prompter_runs(verb: Callable[..., ProcessResult]) -> None:
    with gnome.start_unlocked() as keyring:
        store(**keyring.environment)
        keyring.lock()
        assert parse_error_id(verb(**keyring.environment)) == "keyring-locked"


def test_the_login_in_a_locked_keyring_is_there_after_it_is_unlocked(locked_keyring: GnomeKeyring) -> None:
    store("another")
    erase()
    locked_keyring.unlock()
    assert get_secret() == SECRET


def test_a_locked_keyring_costs_a_list_no_token(locked_keyring: GnomeKeyring) -> None:
    create_entry(HOST, "token")
    result = run_helper("list")
    assert json.loads(result.stdout) == {HOST: "AWS"}
    assert result.stderr_text.count("\n") == 1
    assert "[keyring-locked]" in result.report
    assert not locked_keyring.has_prompted


def test_a_collection_that_the_environment_names_is_not_used(desktop: GnomeKeyring) -> None:
    store(KEYRING_PROPERTY_PREFERRED_COLLECTION="/org/freedesktop/secrets/collection/session")
    desktop.unlock()  # this ends the running program, and with it the collection of its session
    assert get_secret() == SECRET


def test_a_keyring_that_was_never_set_up_is_not_set_up_by_a_prompt() -> None:
    with gnome.start_uninitialized() as keyring:
        result = store(**keyring.environment)
        assert parse_error_id(result) == "keyring-locked"
        assert "not been set up" in parse_error(result)
        assert not keyring.has_prompted


def test_a_locked_keyring_is_only_a_note_if_nothing_was_ever_stored(desktop: GnomeKeyring) -> None:
    desktop.lock()
    result = get()
    assert is_not_found(result)
    assert "[keyring-locked]" in result.report


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.usefixtures("suspended_keyring")
def test_a_hanging_keyring_is_reported(verb: Callable[..., ProcessResult]) -> None:
    result = verb(**SHORT_TIMEOUT)
    assert parse_error_id(result) == "timed-out"
    assert "the desktop's keyring" in parse_error(result)


def test_a_store_that_hung_is_reported_as_uncertain(desktop: GnomeKeyring) -> None:
    with dbus_monitor.intercept(b"CreateItem", desktop.suspend, desktop.bus) as bus_variables:
        result = store(**bus_variables, **SHORT_TIMEOUT)
    assert parse_error_id(result) == "login-uncertain"
    desktop.resume()
    assert get_secret() == SECRET


def test_a_bus_that_ends_during_a_store_is_reported(desktop: GnomeKeyring) -> None:
    store("first")
    with dbus_monitor.intercept(b"CreateItem", desktop.bus.stop, desktop.bus) as bus_variables:
        assert parse_error_id(store("second", **bus_variables)) == "keyring-failed"


@pytest.mark.parametrize("verb", VERBS)
def test_a_bus_that_has_ended_is_reported(desktop: GnomeKeyring, verb: Callable[..., ProcessResult]) -> None:
    store()
    desktop.bus.stop()
    assert parse_error_id(verb()) == "keyring-missing"


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.usefixtures("desktop")
def test_a_bus_that_never_answers_is_reported(verb: Callable[..., ProcessResult]) -> None:
    store()
    with bus.start_silent() as bus_variables:
        assert parse_error_id(verb(**bus_variables)) == "keyring-missing"


def test_with_a_bus_that_never_answers_nothing_is_stored_elsewhere() -> None:
    with bus.start_silent() as bus_variables:
        assert parse_error_id(store(**bus_variables)) == "keyring-missing"
    assert is_not_found(get())


@pytest.mark.usefixtures("desktop")
def test_the_bus_of_the_user_is_found_for_a_first_login_as_well() -> None:
    assert is_success(store(DBUS_SESSION_BUS_ADDRESS=None))
    assert get_secret() == SECRET


@pytest.mark.usefixtures("desktop")
def test_over_ssh_the_login_of_the_desktop_is_found_on_the_bus_of_the_user() -> None:
    store()
    assert get_secret(DBUS_SESSION_BUS_ADDRESS=None) == SECRET


@pytest.mark.usefixtures("desktop")
def test_without_a_bus_the_message_names_the_location_of_the_login() -> None:
    store()
    result = get(**NO_BUS)
    assert parse_error_id(result) == "keyring-missing"
    assert "the desktop's keyring (Secret Service)" in parse_error(result)


@pytest.mark.usefixtures("desktop")
def test_a_login_stored_over_ssh_is_found_on_the_desktop() -> None:
    store(**NO_BUS)
    assert get_secret() == SECRET
