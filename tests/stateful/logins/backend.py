"""A keyring of the tests' own, which processes share: an item is a file below the home, whole or not there at all.

What makes it of use is what happens around it: a helper can be stopped before any call of the operating system
(fork_server.py), and so between the index and the keyring, wherever a call is made.
"""

from __future__ import annotations

import os
from pathlib import Path

from keyring.backend import KeyringBackend
from keyring.errors import PasswordDeleteError

NAME = f"{__name__}.Keyring"


class Keyring(KeyringBackend):
    """Items in $HOME/items."""

    priority = 1.0

    def get_password(self, service: str, username: str) -> str | None:
        try:
            return self._item(service, username).read_text()
        except FileNotFoundError:
            return None

    def set_password(self, service: str, username: str, password: str) -> None:
        item = self._item(service, username)
        item.parent.mkdir(exist_ok=True)
        new = item.with_name(f"new-{os.getpid()}")
        new.write_text(password)
        new.replace(item)

    def delete_password(self, service: str, username: str) -> None:
        try:
            self._item(service, username).unlink()
        except FileNotFoundError:
            raise PasswordDeleteError(service) from None

    def _item(self, service: str, username: str) -> Path:
        return Path(os.environ["HOME"], "items", f"{service} of {username}")
