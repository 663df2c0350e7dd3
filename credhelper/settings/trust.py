"""Whether a settings file may be obeyed.

Whoever can write it chooses whose credentials are used and which hosts get a token. So it is obeyed only if it, and
each folder and link on the way to it, belongs to root or to us, and no stranger can write there.
"""

from __future__ import annotations

import errno
import grp
import os
import pwd
import shlex
import stat
from typing import TYPE_CHECKING

from credhelper import paths
from credhelper.errors import HelperError

if TYPE_CHECKING:
    from collections.abc import Iterator

_MOST_LINKS = 40  # the kernel's own limit


def check(path: str, seen: os.stat_result) -> None:
    """Raise HelperError, "settings-untrusted", unless the open file at `path`, of which this was seen, may be obeyed;
    OSError where the way to it cannot be looked at, or leads elsewhere by now.
    """
    found = seen
    for part, found in _way(path):
        _trust_one(path, part, found)
    if not os.path.samestat(found, seen):
        raise OSError(errno.ESTALE, "it was replaced while it was looked at; try again")


def _way(path: str) -> Iterator[tuple[str, os.stat_result]]:
    """Give what the kernel passes on the way to `path`, an absolute one: each folder, each link, at last the file."""
    at, left, links = "/", path.split("/"), 0
    yield at, os.lstat(at)
    while left:
        name = left.pop(0)
        if name in ("", ".", ".."):
            at = os.path.dirname(at) if name == ".." else at
            continue
        part = os.path.join(at, name)
        found = os.lstat(part)
        yield part, found
        if not stat.S_ISLNK(found.st_mode):
            at = part
            continue
        links += 1
        if links > _MOST_LINKS:
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
        target = os.readlink(part)
        left = [*target.split("/"), *left]
        at = "/" if target.startswith("/") else at


def _trust_one(path: str, part: str, seen: os.stat_result) -> None:
    # Where user namespaces hide who root is, the owner of "/" stands for it.
    user = os.geteuid()
    if seen.st_uid not in (0, user, os.stat("/").st_uid):
        who, mend = ("you do", f"; else: chown {_name(user)} {part}") if user else ("root does", "")
        raise HelperError(
            "settings-untrusted",
            f"the settings in {path} are not obeyed: {part} belongs to {_name(seen.st_uid)}, and {who} not obey others",
            f"with sudo: leave out -E, or use sudo -H{mend}\n"
            f"what is to hold for everybody belongs into {paths.SYSTEM_SETTINGS}, owned by root",
        )
    writers = _strangers(part, seen)
    if writers:
        raise HelperError(
            "settings-untrusted",
            f"the settings in {path} are not obeyed: {part} can be written by {writers}",
            f"chmod go-w {shlex.quote(part)}",
        )


def _strangers(part: str, seen: os.stat_result) -> str:
    """Give who beside the owner can write, or "". A link cannot be written, and in a folder that is sticky, as /tmp,
    nobody can replace what belongs to another. Nor can anybody write what root has mounted read-only: as Kubernetes
    does with a ConfigMap, whose folder has the mode 0777.
    """
    if stat.S_ISLNK(seen.st_mode) or (stat.S_ISDIR(seen.st_mode) and seen.st_mode & stat.S_ISVTX):
        return ""
    if seen.st_uid == 0 and os.statvfs(part).f_flag & os.ST_RDONLY:
        return ""
    if seen.st_mode & stat.S_IWOTH:
        return "everybody"
    if not seen.st_mode & stat.S_IWGRP or seen.st_gid == 0:
        return ""
    if not _is_private(seen.st_gid, seen.st_uid):
        return f"the group {_group(seen.st_gid)}"
    return "those of its access list (getfacl)" if _has_access_list(part) else ""


def _is_private(gid: int, uid: int) -> bool:
    """Whether a group holds only its owner: the group of the user's own name that Debian and Red Hat make for each
    user, who by it may have a umask of 002.
    """
    try:
        user, group = pwd.getpwuid(uid), grp.getgrgid(gid)
    except KeyError:
        return False
    return user.pw_gid == gid and group.gr_name == user.pw_name and set(group.gr_mem) <= {user.pw_name}


def _has_access_list(part: str) -> bool:
    """Whether others are named, whose rights the mode shows as the group's (acl(5))."""
    try:
        return bool(os.getxattr(part, "system.posix_acl_access"))
    except (OSError, AttributeError):  # it has none; or this is not Linux
        return False


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
