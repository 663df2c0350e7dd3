"""Writing into the cache's folder: private, whole or not at all; and removing entries.

A cache that cannot be written costs speed, never the answer: what failed is given back as a sentence.
"""

from __future__ import annotations

import contextlib
import json
import os
import time
from typing import TYPE_CHECKING, Callable

from credhelper import entry, private

if TYPE_CHECKING:
    from collections.abc import Iterator


def keep(folder: str, name: str, data: bytes, expires: float) -> str:
    """Write the entry `name` into `folder`, which is made where it is missing; give "" or why that failed.

    The file's time of modification is set to `expires` (seconds of UTC since the epoch): that is all that sweep.py
    looks at, and what `ls -l` shows.
    """
    try:
        private.make(folder)
        replace(f"{folder}/{name}", data, expires)
    except OSError as error:
        return f"the token cannot be cached in {folder}: {error.strerror or error}"
    return ""


def drop(folder: str, host: str, forget: Callable[[str], None]) -> None:
    """Remove each entry of `host`, whoever's it is, and each other one that holds the same token. `forget` is told the
    name of each whose answer is kept apart, beforehand.

    Raises OSError when one that is there cannot be removed.
    """
    held = [(name, _host(name), _token(data), not entry.answer_bytes(data)) for name, data in entries(folder)]
    tokens = {token for _, of, token, _ in held if of == host and token}
    for name, of, token, apart in held:
        if of == host or token in tokens:
            if apart:
                forget(name)
            with contextlib.suppress(FileNotFoundError):  # another erase was quicker
                os.unlink(f"{folder}/{name}")


def entries(folder: str) -> Iterator[tuple[str, bytes]]:
    """Give the name and the bytes of each entry of ours in `folder`, also of those of an earlier version."""
    for name in names(folder):
        data = entry.load(f"{folder}/{name}")
        if data is not None and data.startswith(entry.VERSIONS):
            yield name, data


def names(folder: str) -> list[str]:
    """Give the name of each file that could be an entry."""
    try:
        return [name for name in os.listdir(folder) if not name.startswith(".")]
    except OSError:
        return []


def _host(name: str) -> str:
    return name.rpartition("-")[0]


def _token(data: bytes) -> object:
    """Give what is the same in each entry of one token; None where there is no token."""
    answer = entry.answer_bytes(data)
    try:
        return json.loads(answer)["Secret"] if answer else entry.bought(data)
    except (ValueError, KeyError, TypeError):
        return None  # the answer "anonymous"


def replace(path: str, data: bytes, modified: float | None = None) -> None:
    """Write `data` beside `path` and rename it there: a reader sees the old file or the new one, whole.

    Not synced to the disk: after a power cut the sum in an entry's head tells a torn one, and another exchange is
    cheaper than a wait for the disk at each. Raises OSError, and leaves nothing.
    """
    temporary = f"{os.path.dirname(path)}/.tmp-{os.getpid()}-{time.time_ns()}"
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
    handle = os.open(temporary, flags, 0o600)
    try:
        try:
            os.fchmod(handle, 0o600)  # whatever the umask is
            while data:
                data = data[os.write(handle, data) :]
            if modified is not None:
                os.utime(handle, (modified, modified))
        finally:
            os.close(handle)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise
