"""Settings files: which there are, and what they hold, if they may be trusted (trust.py)."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from credhelper import paths
from credhelper.errors import HelperError
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
            raise HelperError(
                "settings-missing",
                f"CREDHELPER_CONFIG names {path}, and there is no such file",
                "make it, or unset CREDHELPER_CONFIG",
            )


def _read_trusted(path: str) -> bytes | None:
    """Read a file of at most LARGEST bytes, and one more to tell that it is longer; None if it is not there."""
    try:
        fd = os.open(path, _OPEN_FLAGS)
    except (FileNotFoundError, NotADirectoryError):
        if os.path.islink(
            path
        ):  # somebody has settings, which are out of reach: to do without would be another identity
            raise _unreadable_error(path, "it is a link to a file that is not there") from None
        return None
    except (OSError, ValueError) as error:
        raise _unreadable_error(path, getattr(error, "strerror", None) or "its name holds a NUL") from error
    try:
        stat_result = os.fstat(fd)
        if not stat.S_ISREG(stat_result.st_mode):
            raise _unreadable_error(path, "it is not a regular file")
        # Only where there is a file: users and groups are POSIX's.
        from credhelper.settings import trust  # noqa: PLC0415

        trust.check(path, stat_result)
        return _read_bytes(fd)
    except OSError as error:
        raise _unreadable_error(path, error.strerror or type(error).__name__) from error
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


def _unreadable_error(path: str, reason: str) -> HelperError:
    return HelperError(
        "settings-unreadable",
        f"the settings in {path} cannot be read: {reason}",
        "make it a file that you can read, or remove it; if HOME is another user's, set it to your own\n"
        "no token is given by a part of the settings",
    )
