"""The private file: a keyring for servers, where there is no desktop session to unlock another one.

It is an ordinary backend of the keyring library, but no entry point registers it: it is loaded only by its name. The
file is JSON of mode 0600 in a directory of mode 0700. One process at a time writes it, atomically. It protects logins
from other users of the machine, but not from root, from programs of the same user, or from anyone who has the disk or a
backup of it. With a key file, the disk or a backup is of no use without the key.
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
_MAX_SIZE = 1 << 26  # bytes; a login has at most 1 MiB
_MIN_KEY_SIZE, _MAX_KEY_SIZE = 32, 1 << 16  # bytes
_LOCK_TIMEOUT = 10.0  # seconds to wait for another process that changes the file

_Items = dict[str, dict[str, str]]  # {service: {account: password}}


class Keyring(KeyringBackend):
    """Passwords in the file `path`, by default credhelper/logins in $XDG_DATA_HOME or ~/.local/share.

    The file is encrypted with the key in the file `key_file`, if that is set.
    """

    priority = 0.5  # keyring never chooses it automatically, since that takes a priority of at least 1
    path: str = ""
    key_file: str = ""

    def get_password(self, service: str, username: str) -> str | None:
        """Return the password, or None if there is none. Raises KeyringError."""
        return self._read().get(service, {}).get(username)

    def get_credential(self, service: str, username: str | None) -> Credential | None:
        """Return the credential of `username`, or the first one if that is None; None if there is none."""
        accounts = self._read().get(service, {})
        name = next(iter(accounts), None) if username is None else username
        return SimpleCredential(name, accounts[name]) if name in accounts else None

    def set_password(self, service: str, username: str, password: str) -> None:
        """Store a password. Raises KeyringError."""

        def set_item(items: _Items) -> None:
            items.setdefault(service, {})[username] = password

        try:
            self._update(set_item)
        except OSError as error:
            raise PasswordSetError(f"{self._resolve_path()} cannot be written: {error.strerror or error}") from error

    def delete_password(self, service: str, username: str) -> None:
        """Delete a password. Raises PasswordDeleteError if there is none, KeyringError if the deletion fails."""

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
        from cryptography.fernet import InvalidToken  # noqa: PLC0415  (16 MB that only encryption needs)

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
    """Return the key in the file `path`, which must belong to this user or to root. Raises KeyringLocked.

    Files of root are accepted, since systemd passes LoadCredentialEncrypted= to a service that way (systemd.exec(5)).
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
    """Return whether the group's permission in the mode is the mask of an access list, as systemd sets it.

    The access list lets the service read root's file; the group itself cannot.
    """
    try:
        return not stat_result.st_mode & 0o037 and bool(os.getxattr(fd, "system.posix_acl_access"))
    except (OSError, AttributeError):  # there is no access list, or this is not Linux
        return False
