"""A keyring that is a file: for servers, where nobody's desktop is there to unlock another.

A backend of keyring's like any other, but that no entry point registers it: who wants it names it. The file is JSON of
mode 0600 in a folder of mode 0700, written one writer at a time, whole or not at all. It keeps out the other users of
the machine. It does not keep out root, what runs as the same user, nor whoever has the disk or a backup of it; with a
key file the last two get nothing, unless they get the key as well.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import stat
from typing import TYPE_CHECKING, Callable

from keyring.backend import KeyringBackend
from keyring.credentials import SimpleCredential
from keyring.errors import InitError, KeyringError, KeyringLocked, PasswordDeleteError, PasswordSetError

from credhelper import paths
from credhelper.private_file import read_private_file
from credhelper.system import atomic, private_dir

if TYPE_CHECKING:
    from cryptography.fernet import Fernet
    from keyring.credentials import Credential

_ENCRYPTED_MAGIC = b"credhelper logins 1, encrypted\n"
_MAX_SIZE = 1 << 26  # bytes; of logins of 1 MiB
_MIN_KEY_SIZE, _MAX_KEY_SIZE = 32, 1 << 16  # bytes
_LOCK_TIMEOUT = 10.0  # seconds for another process that changes the file

_Items = dict[str, dict[str, str]]  # {service: {account: password}}


class Keyring(KeyringBackend):
    """Passwords in the file `path`, else in credhelper/logins of $XDG_DATA_HOME or ~/.local/share; encrypted with the
    key in the file `key_file`, if that is set.
    """

    priority = 0.5  # it is never keyring's own choice, for which a backend has 1 at least
    path: str = ""
    key_file: str = ""

    def get_password(self, service: str, username: str) -> str | None:
        """Give the password, or None. Raises KeyringError."""
        return self._read().get(service, {}).get(username)

    def get_credential(self, service: str, username: str | None) -> Credential | None:
        """Give the user name and password of `username`, or of anybody where that is None."""
        accounts = self._read().get(service, {})
        name = next(iter(accounts), None) if username is None else username
        return SimpleCredential(name, accounts[name]) if name in accounts else None

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep a password. Raises KeyringError."""

        def set_item(items: _Items) -> None:
            items.setdefault(service, {})[username] = password

        try:
            self._update(set_item)
        except OSError as error:
            raise PasswordSetError(f"{self._resolve_path()} cannot be written: {error.strerror or error}") from error

    def delete_password(self, service: str, username: str) -> None:
        """Forget a password. Raises PasswordDeleteError where there is none, KeyringError where it cannot be done."""

        def delete_item(items: _Items) -> None:
            if username not in items.get(service, {}):
                raise PasswordDeleteError("there is no such password")
            del items[service][username]
            if not items[service]:
                del items[service]

        if username not in self._read().get(service, {}):
            raise PasswordDeleteError("there is no such password")
        try:
            self._update(delete_item)
        except OSError as error:
            raise KeyringError(f"{self._resolve_path()} cannot be written: {error.strerror or error}") from error

    def _update(self, update: Callable[[_Items], None]) -> None:
        path = self._resolve_path()
        private_dir.ensure(os.path.dirname(path), levels=3)
        with atomic.exclusive(path, _LOCK_TIMEOUT):
            items = self._read()
            update(items)
            atomic.write(path, self._serialize(items), durable=True)

    def _resolve_path(self) -> str:
        directory = paths.data_directory(os.environ)
        if not self.path and directory is None:
            raise InitError("neither XDG_DATA_HOME nor HOME is an absolute path")
        return self.path or f"{directory}/logins"

    def _read(self) -> _Items:
        path = self._resolve_path()
        try:
            if private_dir.is_missing(path):
                return {}
        except OSError as error:
            raise InitError(f"{path} cannot be read: {error.strerror}") from error
        data = read_private_file(path, _MAX_SIZE)
        if data is None:
            raise InitError(f"{path} is not a file that only you can read and write")
        if data.startswith(_ENCRYPTED_MAGIC):
            data = self._decrypt(data[len(_ENCRYPTED_MAGIC) :])
        items = _parse(data)
        if items is None:
            raise InitError(f"{path} is damaged")
        return items

    def _serialize(self, items: _Items) -> bytes:
        data = json.dumps(items).encode("ascii")
        return _ENCRYPTED_MAGIC + self._make_cipher().encrypt(data) if self.key_file else data

    def _decrypt(self, data: bytes) -> bytes:
        from cryptography.fernet import InvalidToken  # noqa: PLC0415  (16 MB that only who encrypts needs)

        if not self.key_file:
            raise KeyringLocked(f"{self._resolve_path()} is encrypted, and no key_file is set")
        try:
            return self._make_cipher().decrypt(data)
        except InvalidToken:
            raise KeyringLocked(
                f"{self._resolve_path()} is damaged, or encrypted with another key than that in {self.key_file}"
            ) from None

    def _make_cipher(self) -> Fernet:
        from cryptography.fernet import Fernet  # noqa: PLC0415

        return Fernet(base64.urlsafe_b64encode(hashlib.sha256(_read_key(self.key_file)).digest()))


def _parse(data: bytes) -> _Items | None:
    try:
        items: _Items = json.loads(data)
        passwords = [password for accounts in items.values() for password in accounts.values()]
    except (ValueError, AttributeError, RecursionError):
        return None
    return items if all(isinstance(password, str) for password in passwords) else None


def _read_key(path: str) -> bytes:
    """Read the key. Root's will do as well: systemd gives a service the credentials of LoadCredentialEncrypted= that
    way (systemd.exec(5)).
    """
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)  # a pipe of that name would block
        with open(fd, "rb") as file:
            stat_result = os.fstat(fd)
            key = file.read(_MAX_KEY_SIZE) if stat.S_ISREG(stat_result.st_mode) else b""
            is_exposed = bool(stat_result.st_mode & 0o077) and not (
                stat_result.st_uid == 0 and _is_acl_mask(fd, stat_result)
            )
    except OSError as error:
        raise KeyringLocked(f"the key in {path} cannot be read: {error.strerror}") from error
    if stat_result.st_uid not in (0, os.geteuid()) or is_exposed:
        raise KeyringLocked(f"the key in {path} can be read by other users")
    if len(key.strip()) < _MIN_KEY_SIZE:
        raise KeyringLocked(f"the key in {path} is shorter than {_MIN_KEY_SIZE} bytes")
    return key.strip()


def _is_acl_mask(fd: int, stat_result: os.stat_result) -> bool:
    """Whether what looks like the group's right is the service's, by an access list of root's: so systemd does it."""
    try:
        return not stat_result.st_mode & 0o037 and bool(os.getxattr(fd, "system.posix_acl_access"))
    except (OSError, AttributeError):  # it has none; or this is not Linux
        return False
