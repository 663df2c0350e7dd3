"""Writing and removing entries in the cache directory, atomically and with private modes.

A cache that cannot be written costs time, but never the answer: the reason is returned as a note for the user.
"""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING, Callable

from credhelper import entry
from credhelper.private_file import read_private_file
from credhelper.system import atomic, private_dir

if TYPE_CHECKING:
    from collections.abc import Iterator


def write_entry(directory: str, name: str, data: bytes, expires_at: float) -> str:
    """Write the entry `name` into `directory`, which is created if it is missing; return "" or a note about a failure.

    The modification time of the file is set to `expires_at` (seconds of UTC since the epoch), which prune.py reads and
    `ls -l` shows.
    """
    try:
        private_dir.ensure(directory)
        # Not durable: the checksum in the header detects an entry that a power failure truncated, and repeating one
        # exchange costs less than waiting for the disk after each.
        atomic.write(f"{directory}/{name}", data, mtime=expires_at)
    except OSError as error:
        return f"the token cannot be cached in {directory}: {error.strerror or error}"
    return ""


def delete_host(directory: str, host: str, delete_body: Callable[[str], None]) -> None:
    """Remove all entries of `host`, of any identity, and those of other hosts that contain the same token.

    `delete_body` is called first with the name of each entry whose body is in the keyring. Raises OSError if an entry
    cannot be removed.
    """
    candidates = [
        (name, _host_in(name), _token_id(data), not entry.body_of(data)) for name, data in iter_entries(directory)
    ]
    tokens = {token for _, entry_host, token, _ in candidates if entry_host == host and token}
    for name, entry_host, token, body_in_keyring in candidates:
        if entry_host == host or token in tokens:
            if body_in_keyring:
                delete_body(name)
            with contextlib.suppress(FileNotFoundError):  # another process erased it first
                os.unlink(f"{directory}/{name}")


def iter_entries(directory: str) -> Iterator[tuple[str, bytes]]:
    """Yield the name and the bytes of each of our entries in `directory`, including those of earlier versions."""
    for name in list_names(directory):
        data = read_private_file(f"{directory}/{name}")
        if data is not None and data.startswith(entry.FORMATS):
            yield name, data


def list_names(directory: str) -> list[str]:
    """Return the names of the files that may be entries."""
    try:
        return [name for name in os.listdir(directory) if not name.startswith(".")]
    except OSError:
        return []


def _host_in(name: str) -> str:
    return name.rpartition("-")[0]


def _token_id(data: bytes) -> object:
    """Return a value that identifies the token of an entry; None if the entry has no token."""
    import json  # noqa: PLC0415  (entries are parsed only to erase a host)

    answer = entry.body_of(data)
    try:
        return json.loads(answer)["Secret"] if answer else entry.issued_at_of(data)
    except (ValueError, KeyError, TypeError):
        return None  # a cached "not found"
