"""Whether a settings file may be obeyed.

Whoever can write it chooses whose credentials are used and which hosts get a token. So it is obeyed only if it, and
each folder and link on the way to it, belongs to root or to us, and no stranger can write there.
"""

from __future__ import annotations

import errno
import grp
import os
import pwd
import stat
from typing import TYPE_CHECKING

from credhelper.error_catalog.settings import (
    ACCESS_LIST,
    EVERYBODY,
    GROUP,
    REPLACED,
    SETTINGS_OWNED_BY_OTHER,
    SETTINGS_OWNED_BY_OTHER_THAN_ROOT,
    SETTINGS_WRITABLE_BY_OTHERS,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

_MAX_LINKS = 40  # the kernel's own limit


def check(path: str, stat_result: os.stat_result) -> None:
    """Raise HelperError, "settings-untrusted", unless the open file at `path`, of which this was seen, may be obeyed;
    OSError where the way to it cannot be looked at, or leads elsewhere by now.
    """
    component_stat = stat_result
    for component, component_stat in _walk(path):
        _check_component(path, component, component_stat)
    if not os.path.samestat(component_stat, stat_result):
        raise OSError(errno.ESTALE, REPLACED)


def _walk(path: str) -> Iterator[tuple[str, os.stat_result]]:
    """Give what the kernel passes on the way to `path`, an absolute one: each folder, each link, at last the file."""
    directory, remaining_names, link_count = "/", path.split("/"), 0
    yield directory, os.lstat(directory)
    while remaining_names:
        name = remaining_names.pop(0)
        if name in ("", ".", ".."):
            directory = os.path.dirname(directory) if name == ".." else directory
            continue
        component = os.path.join(directory, name)
        stat_result = os.lstat(component)
        yield component, stat_result
        if not stat.S_ISLNK(stat_result.st_mode):
            directory = component
            continue
        link_count += 1
        if link_count > _MAX_LINKS:
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
        link_target = os.readlink(component)
        remaining_names = [*link_target.split("/"), *remaining_names]
        directory = "/" if link_target.startswith("/") else directory


def _check_component(path: str, component: str, stat_result: os.stat_result) -> None:
    # Where user namespaces hide who root is, the owner of "/" stands for it.
    euid = os.geteuid()
    if stat_result.st_uid not in (0, euid, os.stat("/").st_uid):
        kind = SETTINGS_OWNED_BY_OTHER if euid else SETTINGS_OWNED_BY_OTHER_THAN_ROOT
        raise kind.error(path=path, component=component, owner=_user_name(stat_result.st_uid), user=_user_name(euid))
    writers = _describe_writers(component, stat_result)
    if writers:
        raise SETTINGS_WRITABLE_BY_OTHERS.error(path=path, component=component, writers=writers)


def _describe_writers(component: str, stat_result: os.stat_result) -> str:
    """Give who beside the owner can write, or "". A link cannot be written, and in a folder that is sticky, as /tmp,
    nobody can replace what belongs to another. Nor can anybody write what root has mounted read-only: as Kubernetes
    does with a ConfigMap, whose folder has the mode 0777.
    """
    if stat.S_ISLNK(stat_result.st_mode) or (stat.S_ISDIR(stat_result.st_mode) and stat_result.st_mode & stat.S_ISVTX):
        return ""
    if stat_result.st_uid == 0 and os.statvfs(component).f_flag & os.ST_RDONLY:
        return ""
    if stat_result.st_mode & stat.S_IWOTH:
        return EVERYBODY
    if not stat_result.st_mode & stat.S_IWGRP or stat_result.st_gid == 0:
        return ""
    if not _is_private_group(stat_result.st_gid, stat_result.st_uid):
        return GROUP.format(group=_group_name(stat_result.st_gid))
    return ACCESS_LIST if _has_acl(component) else ""


def _is_private_group(gid: int, uid: int) -> bool:
    """Whether a group holds only its owner: the group of the user's own name that Debian and Red Hat make for each
    user, who by it may have a umask of 002.
    """
    try:
        user, group = pwd.getpwuid(uid), grp.getgrgid(gid)
    except KeyError:
        return False
    return user.pw_gid == gid and group.gr_name == user.pw_name and set(group.gr_mem) <= {user.pw_name}


def _has_acl(component: str) -> bool:
    """Whether others are named, whose rights the mode shows as the group's (acl(5))."""
    try:
        return bool(os.getxattr(component, "system.posix_acl_access"))
    except (OSError, AttributeError):  # it has none; or this is not Linux
        return False


def _user_name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user {uid}"


def _group_name(gid: int) -> str:
    try:
        return grp.getgrgid(gid).gr_name
    except KeyError:
        return str(gid)
