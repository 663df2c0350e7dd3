"""The private file as a keyring backend: it passes keyring's conformance tests for backends."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from keyring.core import load_keyring
from keyring.testing.backend import BackendBasicTests

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

NAME = "credhelper.logins.backends.file.Keyring"


class TestPlain(BackendBasicTests):
    """The file without encryption."""

    def init_keyring(self) -> KeyringBackend:
        return load_keyring(NAME)


class TestEncrypted(BackendBasicTests):
    """The file, encrypted with a key from another file."""

    def init_keyring(self) -> KeyringBackend:
        key = Path(os.environ["HOME"], "key")
        key.write_text("k" * 32)
        key.chmod(0o600)
        return load_keyring(NAME).with_properties(key_file=str(key))
