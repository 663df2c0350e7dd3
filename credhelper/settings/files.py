"""Settings files: which there are, and what they hold, if they may be trusted (trust.py)."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from credhelper import paths
from credhelper.error_catalog.kind import UNKNOWN_ERROR
from credhelper.error_catalog.settings import (
    DANGLING_LINK,
    NOT_REGULAR,
    NUL_IN_NAME,
    SETTINGS_MISSING,
    SETTINGS_UNREADABLE,
)
from credhelper.system import path_variables

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MAX_SIZE = 1 << 18  # bytes; a rule has some 150

# A pipe of that name would block whoever opens it.
_OPEN_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)


def read(environ: Mapping[str, str]) -> Iterator[tuple[str, bytes]]:
    """Give (path, what it holds) of each settings file that is there, the one that is obeyed first of all.

    CREDHELPER_CONFIG names the only one; else it is the user's, and then the machine's.

    Raises HelperError: "path-relative", "settings-missing", "settings-unreadable", "settings-untrusted".
    """
    explicit_path = environ.get("CREDHELPER_CONFIG")
    path_variables.check_variables("settings", environ)
    for path in paths.settings_files(environ):
        data = _read_trusted(path)
        if data is not None:
            yield path, data
        elif explicit_path:
            raise SETTINGS_MISSING.error(path=path)


def _read_trusted(path: str) -> bytes | None:
    """Read a file of at most LARGEST bytes, and one more to tell that it is longer; None if it is not there."""
    try:
        fd = os.open(path, _OPEN_FLAGS)
    except (FileNotFoundError, NotADirectoryError):
        if os.path.islink(
            path
        ):  # somebody has settings, which are out of reach: to do without would be another identity
            raise SETTINGS_UNREADABLE.error(path=path, reason=DANGLING_LINK) from None
        return None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or NUL_IN_NAME
        raise SETTINGS_UNREADABLE.error(path=path, reason=reason) from error
    try:
        stat_result = os.fstat(fd)
        if not stat.S_ISREG(stat_result.st_mode):
            raise SETTINGS_UNREADABLE.error(path=path, reason=NOT_REGULAR)
        # Only where there is a file: users and groups are POSIX's.
        from credhelper.settings import trust  # noqa: PLC0415

        trust.check(path, stat_result)
        return _read_bytes(fd)
    except OSError as error:
        raise SETTINGS_UNREADABLE.error(path=path, reason=error.strerror or UNKNOWN_ERROR) from error
    finally:
        os.close(fd)


def _read_bytes(fd: int) -> bytes:
    data = b""
    while len(data) <= MAX_SIZE:
        chunk = os.read(fd, MAX_SIZE + 1 - len(data))
        if not chunk:
            break
        data += chunk
    return data
