"""A keyring backend of an unrelated distribution, which keeps passwords where every user can read them."""

from __future__ import annotations

import json
import os
from pathlib import Path

from keyring.backend import KeyringBackend


class Keyring(KeyringBackend):
    """A keyring that keeps passwords in the file ~/other_helper."""

    priority = 99

    def get_password(self, service: str, username: str) -> str | None:
        return self._read().get(f"{service} {username}")

    def set_password(self, service: str, username: str, password: str) -> None:
        self._write({**self._read(), f"{service} {username}": password})

    def delete_password(self, service: str, username: str) -> None:
        items = self._read()
        del items[f"{service} {username}"]
        self._write(items)

    def _read(self) -> dict[str, str]:
        items: dict[str, str] = json.loads(self._items_file().read_text()) if self._items_file().exists() else {}
        return items

    def _write(self, items: dict[str, str]) -> None:
        self._items_file().write_text(json.dumps(items))

    @staticmethod
    def _items_file() -> Path:
        return Path(os.environ["HOME"], "other_helper")
