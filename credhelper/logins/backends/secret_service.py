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

from credhelper.error_catalog.logins import (
    NO_BUS,
    NOT_RUNNING,
    SECRET_SERVICE_FAILED,
    SECRET_SERVICE_LOCKED,
    SECRET_SERVICE_UNREACHABLE,
    SILENT_BUS,
)
from credhelper.error_catalog.quoting import describe_type


def is_available() -> bool:
    """Whether the session's bus has a Secret Service, running or to be started.

    Raises HelperError, "keyring-missing", where the bus does not answer.
    """
    try:
        with closing(secretstorage.dbus_init()) as bus:
            return secretstorage.check_service_availability(bus)
    except Exception as error:  # an address may be wrong in as many ways as there are exceptions
        address = os.environ.get("DBUS_SESSION_BUS_ADDRESS")
        reason = SILENT_BUS.format(error=describe_type(error)) if address else NO_BUS
        raise SECRET_SERVICE_UNREACHABLE.error(reason=reason) from error


def require_available() -> None:
    """Raise HelperError, "keyring-missing", unless the session's bus has a Secret Service."""
    if not is_available():
        raise SECRET_SERVICE_UNREACHABLE.error(reason=NOT_RUNNING)


def list_services(account: str) -> list[str]:
    """Give the service of each item of an account, be it locked or not. Raises HelperError, "keyring-failed"."""
    try:
        with closing(secretstorage.dbus_init()) as bus:
            items = secretstorage.Collection(bus, DEFAULT_COLLECTION).search_items({"username": account})
            return [item.get_attributes().get("service", "") for item in items]
    except ItemNotFoundException:
        return []  # a keyring that was never set up
    except Exception as error:
        raise SECRET_SERVICE_FAILED.error(error=describe_type(error)) from error


def is_set_up(attributes: dict[str, str]) -> bool:
    """Return whether a person has set the keyring up; until then nothing is in it.

    Raises HelperError where a person would have to be asked before the item with `attributes` can be had:
    "keyring-locked"; and "keyring-missing" where nobody is there to ask.
    """
    require_available()
    with closing(secretstorage.dbus_init()) as bus:
        try:
            collection = secretstorage.Collection(bus, DEFAULT_COLLECTION)
        except ItemNotFoundException:
            return False
        if collection.is_locked() or any(item.is_locked() for item in collection.search_items(attributes)):
            raise SECRET_SERVICE_LOCKED.error()
    return True
