"""Whether a settings file may be obeyed.

Whoever can write it chooses whose credentials are used and which hosts get a token. So it is obeyed only if it, and
each folder on the way to it, belongs to root or to us, and no stranger can write there.
"""

from __future__ import annotations

import grp
import os
import pwd
import stat

from credhelper import paths
from credhelper.errors import HelperError


def check(path: str, seen: os.stat_result) -> None:
    """Raise HelperError, "settings-untrusted", unless the open file at `path`, of which this was seen, may be obeyed;
    OSError where a folder cannot be looked at.
    """
    _trust_one(path, path, seen)
    for folder in _folders(path):
        _trust_one(path, folder, os.stat(folder))


def _folders(path: str) -> list[str]:
    """Give each folder on the way to `path`: as it is written, and as links lead."""
    found = []
    for way in (path, os.path.realpath(path)):
        folder = os.path.dirname(way)
        while folder not in found:
            found.append(folder)
            folder = os.path.dirname(folder)
    return found


def _trust_one(path: str, part: str, seen: os.stat_result) -> None:
    # Where user namespaces hide who root is, the owner of "/" stands for it.
    if seen.st_uid not in (0, os.geteuid(), os.stat("/").st_uid):
        who = "root does" if os.geteuid() == 0 else "you do"
        raise HelperError(
            "settings-untrusted",
            f"the settings in {path} are not obeyed: {part} belongs to {_name(seen.st_uid)}, and {who} not obey others",
            "with sudo: leave out -E, or use sudo -H; what is to hold for everybody belongs into\n"
            f"{paths.SYSTEM_SETTINGS}, owned by root",
        )
    writers = _strangers(seen)
    if writers:
        raise HelperError(
            "settings-untrusted",
            f"the settings in {path} are not obeyed: {part} can be written by {writers}",
            f"chmod go-w {part}",
        )


def _strangers(seen: os.stat_result) -> str:
    """Give who beside the owner can write, or "". In a folder that is sticky, as /tmp, nobody can replace what belongs
    to another.
    """
    if stat.S_ISDIR(seen.st_mode) and seen.st_mode & stat.S_ISVTX:
        return ""
    if seen.st_mode & stat.S_IWOTH:
        return "everybody"
    if seen.st_mode & stat.S_IWGRP and seen.st_gid != 0 and not _is_private(seen.st_gid, seen.st_uid):
        return f"the group {_group(seen.st_gid)}"
    return ""


def _is_private(gid: int, uid: int) -> bool:
    """Whether a group holds only its owner: the group of the user's own name that Debian and Red Hat make for each
    user, who by it may have a umask of 002.
    """
    try:
        user, group = pwd.getpwuid(uid), grp.getgrgid(gid)
    except KeyError:
        return False
    return user.pw_gid == gid and group.gr_name == user.pw_name and set(group.gr_mem) <= {user.pw_name}


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user {uid}"


def _group(gid: int) -> str:
    try:
        return grp.getgrgid(gid).gr_name
    except KeyError:
        return str(gid)
