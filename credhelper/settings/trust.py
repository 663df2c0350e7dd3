"""Checking whether a settings file can be trusted.

A user who can write the file chooses whose credentials are used and which hosts get a token. It is therefore used only
if it, and each directory and link on its path, belongs to root or to this user, and no other user can write there.
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
    """Raise HelperError, "settings-untrusted", unless the open file at `path` can be trusted.

    `stat_result` is that of the open file. Raises OSError if the path cannot be inspected, or leads to another file by
    now.
    """
    component_stat = stat_result
    for component, component_stat in _walk(path):
        _check_component(path, component, component_stat)
    if not os.path.samestat(component_stat, stat_result):
        raise OSError(errno.ESTALE, REPLACED)


def _walk(path: str) -> Iterator[tuple[str, os.stat_result]]:
    """Yield what the kernel passes on the way to the absolute `path`: each directory, each link, finally the file."""
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
    # In a user namespace that hides the uid of root, the owner of "/" stands for root.
    euid = os.geteuid()
    if stat_result.st_uid not in (0, euid, os.stat("/").st_uid):
        kind = SETTINGS_OWNED_BY_OTHER if euid else SETTINGS_OWNED_BY_OTHER_THAN_ROOT
        raise kind.error(path=path, component=component, owner=_user_name(stat_result.st_uid), user=_user_name(euid))
    writers = _describe_writers(component, stat_result)
    if writers:
        raise SETTINGS_WRITABLE_BY_OTHERS.error(path=path, component=component, writers=writers)


def _describe_writers(component: str, stat_result: os.stat_result) -> str:
    """Return a description of the users other than the owner who can write to `component`; "" if there are none.

    A link cannot be written, and in a sticky directory such as /tmp no user can replace the files of another. What root
    has mounted read-only cannot be written either, such as a ConfigMap of Kubernetes, whose directory has mode 0777.
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
    """Return whether a group contains only its owner.

    Debian and Red Hat create such a group, of the same name, for each user, so that the umask can be 002.
    """
    try:
        user, group = pwd.getpwuid(uid), grp.getgrgid(gid)
    except KeyError:
        return False
    return user.pw_gid == gid and group.gr_name == user.pw_name and set(group.gr_mem) <= {user.pw_name}


def _has_acl(component: str) -> bool:
    """Return whether an access list names others, whose permissions the mode shows as the group's (acl(5))."""
    try:
        return bool(os.getxattr(component, "system.posix_acl_access"))
    except (OSError, AttributeError):  # there is no access list, or this is not Linux
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
