"""Checking KWallet before keyring's backend prompts: opening a closed wallet opens a window."""

from __future__ import annotations

from typing import Any

from credhelper.error_catalog.logins import KWALLET_CLOSED

_BUS_NAME, _OBJECT_PATH, _INTERFACE = "org.kde.kwalletd5", "/modules/kwalletd5", "org.kde.KWallet"


def is_available() -> bool:
    """Return whether KWallet is running. keyring's backend uses dbus-python, which keyring does not depend on."""
    try:
        import dbus  # noqa: PLC0415  (users of KDE have it)

        return bool(dbus.SessionBus().name_has_owner(_BUS_NAME))
    except Exception:  # noqa: BLE001  (dbus has its own errors; a desktop without KDE has no KWallet)
        return False


def require_unlocked() -> None:
    """Raise HelperError, "keyring-locked", unless the wallet is open."""
    import dbus  # noqa: PLC0415

    wallet: Any = dbus.Interface(dbus.SessionBus().get_object(_BUS_NAME, _OBJECT_PATH, introspect=False), _INTERFACE)
    if not wallet.isOpen(wallet.networkWallet()):
        raise KWALLET_CLOSED.error()
