"""Directories that only this user can access."""

from __future__ import annotations

import contextlib
import os


def is_missing(path: str) -> bool:
    """Return whether there is no file at `path`.

    Raises OSError if that is unknown (a directory that may not be searched, a file system error): treating such a file
    as missing would lose its content.
    """
    try:
        os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return True
    return False


def ensure(directory: str, *, levels: int = 2) -> None:
    """Create `directory` with mode 0700 if it is missing; up to `levels` directories in all, never a home directory.

    Raises OSError if it exists and belongs to another user, or if other users may write to it.
    """
    parent = os.path.dirname(directory)
    if levels > 2 and not os.path.isdir(parent):
        ensure(parent, levels=levels - 1)
    for path, path_parent in ((parent, os.path.dirname(parent)), (directory, parent)):
        if not os.path.isdir(path):
            _check_owner(path_parent, only_root=True)
            with contextlib.suppress(FileExistsError):  # another process has just created it
                os.mkdir(path, 0o700)
                os.chmod(path, 0o700)  # independent of the umask
    _check_owner(directory)
    if os.stat(directory).st_mode & 0o022:
        raise PermissionError(None, "other users can write to it")


def _check_owner(directory: str, *, only_root: bool = False) -> None:
    """Raise PermissionError for another user's directory: root with a user's HOME (sudo) must not write to it."""
    uid = os.geteuid()
    if os.stat(directory).st_uid != uid and not (only_root and uid):
        raise PermissionError(None, f"{directory} belongs to another user")
