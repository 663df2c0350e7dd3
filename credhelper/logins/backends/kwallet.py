"""KWallet, asked beforehand what keyring's backend would ask a person: opening a wallet that is closed opens a
window.
"""

from __future__ import annotations

from typing import Any

from credhelper.error_catalog.logins import KWALLET_CLOSED

_BUS_NAME, _OBJECT_PATH, _INTERFACE = "org.kde.kwalletd5", "/modules/kwalletd5", "org.kde.KWallet"


def is_available() -> bool:
    """Whether KWallet runs; keyring's backend speaks to it by dbus-python, which is no dependency of keyring's."""
    try:
        import dbus  # noqa: PLC0415  (KDE's users have it)

        return bool(dbus.SessionBus().name_has_owner(_BUS_NAME))
    except Exception:  # noqa: BLE001  (its errors are its own, and a desktop without KDE has no KWallet)
        return False


def require_unlocked() -> None:
    """Raise HelperError, "keyring-locked", unless the wallet is open."""
    import dbus  # noqa: PLC0415

    wallet: Any = dbus.Interface(dbus.SessionBus().get_object(_BUS_NAME, _OBJECT_PATH, introspect=False), _INTERFACE)
    if not wallet.isOpen(wallet.networkWallet()):
        raise KWALLET_CLOSED.error()
