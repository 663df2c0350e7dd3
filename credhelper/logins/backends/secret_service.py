"""The Secret Service, asked beforehand what keyring's backend would ask a person.

keyring calls Unlock, and makes a collection where there is none: both open a window, over SSH as well, and wait for
whoever sits at the desk.
"""

from __future__ import annotations

import os
from contextlib import closing

import secretstorage
from secretstorage.collection import DEFAULT_COLLECTION
from secretstorage.exceptions import ItemNotFoundException

from credhelper.errors import HelperError
from credhelper.logins.backends.environment import KeyringNotSetUpError

_START_HINT = "start the desktop's session, or its keyring: gnome-keyring-daemon --start --components=secrets"
FILE_HINT = 'or keep logins elsewhere: keyring = "file" in [logins] of the settings (docs/settings.md)'


def is_available() -> bool:
    """Whether the session's bus has a Secret Service, running or to be started.

    Raises HelperError, "keyring-missing", where the bus does not answer.
    """
    try:
        with closing(secretstorage.dbus_init()) as bus:
            return secretstorage.check_service_availability(bus)
    except Exception as error:  # an address may be wrong in as many ways as there are exceptions
        address = os.environ.get("DBUS_SESSION_BUS_ADDRESS")
        reason = f"D-Bus does not answer ({type(error).__name__})" if address else "no D-Bus of a session is named"
        raise _missing_error(reason) from error


def require_available() -> None:
    """Raise HelperError, "keyring-missing", unless the session's bus has a Secret Service."""
    if not is_available():
        raise _missing_error("no Secret Service is running, and D-Bus can start none")


def list_services(account: str) -> list[str]:
    """Give the service of each item of an account, be it locked or not. Raises HelperError, "keyring-failed"."""
    try:
        with closing(secretstorage.dbus_init()) as bus:
            items = secretstorage.Collection(bus, DEFAULT_COLLECTION).search_items({"username": account})
            return [item.get_attributes().get("service", "") for item in items]
    except ItemNotFoundException:
        return []  # a keyring that was never set up
    except Exception as error:
        message = f"the desktop's keyring (Secret Service) cannot be searched: {type(error).__name__}"
        raise HelperError("keyring-failed", message, _START_HINT) from error


def require_unlocked(attributes: dict[str, str]) -> None:
    """Raise HelperError where a person would have to be asked before the item with `attributes` can be had:
    "keyring-locked"; and "keyring-missing" where nobody is there to ask.
    """
    require_available()
    with closing(secretstorage.dbus_init()) as bus:
        try:
            collection = secretstorage.Collection(bus, DEFAULT_COLLECTION)
        except ItemNotFoundException as error:
            raise KeyringNotSetUpError(
                "keyring-locked",
                "the desktop's keyring has not been set up yet, which a person must do",
                f"log in at the desktop once, and give the keyring a password\n{FILE_HINT}",
            ) from error
        if collection.is_locked() or any(item.is_locked() for item in collection.search_items(attributes)):
            raise HelperError(
                "keyring-locked",
                "the desktop's keyring (Secret Service) is locked",
                "unlock it: log in at the desktop, or open Passwords and Keys (seahorse) there\n"
                'over SSH: read -rs P; printf %s "$P" | '
                "gnome-keyring-daemon --replace --unlock --daemonize --components=secrets\n"
                f"{FILE_HINT}",
            )


def _missing_error(reason: str) -> HelperError:
    return HelperError(
        "keyring-missing",
        f"the desktop's keyring (Secret Service) cannot be reached: {reason}",
        f"{_START_HINT}\nover SSH: export DBUS_SESSION_BUS_ADDRESS=unix:path=/run/user/$(id -u)/bus\n{FILE_HINT}",
    )
