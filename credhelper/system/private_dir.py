"""Folders that are ours alone, for what nobody else may read."""

from __future__ import annotations

import contextlib
import os


def is_missing(path: str) -> bool:
    """Whether nothing is at `path`. Raises OSError where that cannot be told (a folder that may not be entered, a file
    system that fails): to take that for absent would lose what is there.
    """
    try:
        os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return True
    return False


def ensure(directory: str, *, levels: int = 2) -> None:
    """Create `directory` with mode 0700, if it is missing, and with it so many `levels` of directories in all; never a
    home. What exists must belong to us, and no one else may write in it.

    Raises OSError where that is not so.
    """
    parent = os.path.dirname(directory)
    if levels > 2 and not os.path.isdir(parent):
        ensure(parent, levels=levels - 1)
    for path, path_parent in ((parent, os.path.dirname(parent)), (directory, parent)):
        if not os.path.isdir(path):
            _check_owner(path_parent, only_root=True)
            with contextlib.suppress(FileExistsError):  # another process was quicker
                os.mkdir(path, 0o700)
                os.chmod(path, 0o700)  # whatever the umask is
    _check_owner(directory)
    if os.stat(directory).st_mode & 0o022:
        raise PermissionError(None, "others may write in it")


def _check_owner(directory: str, *, only_root: bool = False) -> None:
    """Root, running with a user's HOME (sudo), leaves nothing in it; a user is stopped by the modes of the folders."""
    uid = os.geteuid()
    if os.stat(directory).st_uid != uid and not (only_root and uid):
        raise PermissionError(None, f"{directory} belongs to another user")
