"""Settings files: which ones exist, and their content if they can be trusted (trust.py)."""

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

MAX_SIZE = 1 << 18  # bytes; a rule has about 150

# O_NONBLOCK: opening a pipe would block otherwise.
_OPEN_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)


def read(environ: Mapping[str, str]) -> Iterator[tuple[str, bytes]]:
    """Yield (path, content) of each settings file that exists, in order of precedence.

    CREDHELPER_CONFIG names the only one; if it is not set, the user's file comes first, and then the machine's.

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
    """Return the content of a file, or MAX_SIZE + 1 bytes of it if it is longer; None if it is missing."""
    try:
        fd = os.open(path, _OPEN_FLAGS)
    except (FileNotFoundError, NotADirectoryError):
        # A link to a missing file: ignoring the settings that the user has could select another identity.
        if os.path.islink(path):
            raise SETTINGS_UNREADABLE.error(path=path, reason=DANGLING_LINK) from None
        return None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or NUL_IN_NAME
        raise SETTINGS_UNREADABLE.error(path=path, reason=reason) from error
    try:
        stat_result = os.fstat(fd)
        if not stat.S_ISREG(stat_result.st_mode):
            raise SETTINGS_UNREADABLE.error(path=path, reason=NOT_REGULAR)
        # Imported only if there is a file: users and groups exist only on POSIX.
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
