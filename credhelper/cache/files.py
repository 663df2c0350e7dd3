"""Writing into the cache's folder: private, whole or not at all; and removing entries.

A cache that cannot be written costs speed, never the answer: what failed is given back as a sentence.
"""

from __future__ import annotations

import contextlib
import json
import os
from typing import TYPE_CHECKING, Callable

from credhelper import entry
from credhelper.private_file import read_private_file
from credhelper.system import atomic, private_dir

if TYPE_CHECKING:
    from collections.abc import Iterator


def write_entry(directory: str, name: str, data: bytes, expires_at: float) -> str:
    """Write the entry `name` into `directory`, which is made where it is missing; give "" or why that failed.

    The file's time of modification is set to `expires_at` (seconds of UTC since the epoch): that is all that prune.py
    looks at, and what `ls -l` shows.
    """
    try:
        private_dir.ensure(directory)
        # Not durable: the checksum in the header detects an entry that a power failure truncated, and another exchange
        # costs less than waiting for the disk at each.
        atomic.write(f"{directory}/{name}", data, mtime=expires_at)
    except OSError as error:
        return f"the token cannot be cached in {directory}: {error.strerror or error}"
    return ""


def delete_host(directory: str, host: str, delete_body: Callable[[str], None]) -> None:
    """Remove each entry of `host`, whoever's it is, and each other one that holds the same token. `delete_body`
    is told the name of each whose answer is kept apart, beforehand.

    Raises OSError when one that is there cannot be removed.
    """
    candidates = [
        (name, _host_of(name), _token_id(data), not entry.body_of(data)) for name, data in iter_entries(directory)
    ]
    tokens = {token for _, entry_host, token, _ in candidates if entry_host == host and token}
    for name, entry_host, token, body_in_keyring in candidates:
        if entry_host == host or token in tokens:
            if body_in_keyring:
                delete_body(name)
            with contextlib.suppress(FileNotFoundError):  # another erase was quicker
                os.unlink(f"{directory}/{name}")


def iter_entries(directory: str) -> Iterator[tuple[str, bytes]]:
    """Give the name and the bytes of each entry of ours in `directory`, also of those of an earlier version."""
    for name in list_names(directory):
        data = read_private_file(f"{directory}/{name}")
        if data is not None and data.startswith(entry.FORMATS):
            yield name, data


def list_names(directory: str) -> list[str]:
    """Give the name of each file that could be an entry."""
    try:
        return [name for name in os.listdir(directory) if not name.startswith(".")]
    except OSError:
        return []


def _host_of(name: str) -> str:
    return name.rpartition("-")[0]


def _token_id(data: bytes) -> object:
    """Give what is the same in each entry of one token; None where there is no token."""
    answer = entry.body_of(data)
    try:
        return json.loads(answer)["Secret"] if answer else entry.issued_at_of(data)
    except (ValueError, KeyError, TypeError):
        return None  # the answer "anonymous"
