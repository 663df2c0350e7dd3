"""Checking the Secret Service before keyring's backend prompts.

keyring calls Unlock, and creates a collection if there is none. Both open a window, even if this process runs in an SSH
session, and wait for a user at the desktop.
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
    """Return whether the session bus has a Secret Service that is running or can be started.

    Raises HelperError, "keyring-missing", if the bus does not answer.
    """
    try:
        with closing(secretstorage.dbus_init()) as bus:
            return secretstorage.check_service_availability(bus)
    except Exception as error:  # a wrong address can raise almost any exception
        address = os.environ.get("DBUS_SESSION_BUS_ADDRESS")
        reason = SILENT_BUS.format(error=describe_type(error)) if address else NO_BUS
        raise SECRET_SERVICE_UNREACHABLE.error(reason=reason) from error


def require_available() -> None:
    """Raise HelperError, "keyring-missing", unless the session bus has a Secret Service."""
    if not is_available():
        raise SECRET_SERVICE_UNREACHABLE.error(reason=NOT_RUNNING)


def list_services(account: str) -> list[str]:
    """Return the service of each item of an account, locked or not. Raises HelperError, "keyring-failed"."""
    try:
        with closing(secretstorage.dbus_init()) as bus:
            items = secretstorage.Collection(bus, DEFAULT_COLLECTION).search_items({"username": account})
            return [item.get_attributes().get("service", "") for item in items]
    except ItemNotFoundException:
        return []  # a keyring that was never set up
    except Exception as error:
        raise SECRET_SERVICE_FAILED.error(error=describe_type(error)) from error


def is_set_up(attributes: dict[str, str]) -> bool:
    """Return whether the user has set up the keyring, which is empty until then.

    Raises HelperError: "keyring-locked" if reading the item with `attributes` would prompt, "keyring-missing" if there
    is no Secret Service.
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
