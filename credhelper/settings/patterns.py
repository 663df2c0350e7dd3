"""What a rule's `match` names: a host, a pattern of hosts, or an account. Pure."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from credhelper.registry import SUFFIXES, is_account, parse

if TYPE_CHECKING:
    from collections.abc import Container

    from credhelper.target import Target

_CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-.:*")
_MOST_STARS = 4


def fault(pattern: str, aliases: Container[str]) -> str:
    """Give what is wrong with a pattern, as the end of a sentence; "" where nothing is.

    One that could never match is a slip of the pen, and one that matches everything names nobody.
    """
    if is_account(pattern) or pattern in aliases:
        return ""
    if not pattern or not _CHARACTERS.issuperset(pattern):
        return "is no host, pattern or account: those are lower case, and their only wildcard is *"
    if "*" not in pattern:
        return "" if parse(pattern) else "is neither a registry of ECR nor one of the aliases"
    end = pattern.rpartition("*")[2]
    if pattern.count("*") > _MOST_STARS:
        return f"has more than {_MOST_STARS} wildcards"
    if not any(end == suffix or end.endswith(f".{suffix}") for suffix in SUFFIXES):
        return f"can match what is not ECR's: after its last * it must end as ECR's hosts do, in .{SUFFIXES[0]} say"
    return ""


def matches(pattern: str, target: Target) -> bool:
    """Whether `pattern` names the target: the host that a client sends, or the registry behind it."""
    if is_account(pattern):
        return pattern == target.registry.account
    return fnmatchcase(target.host, pattern) or fnmatchcase(target.registry.host, pattern)


def covers(earlier: str, later: str) -> bool:
    """Whether all that `later` names is named by `earlier` already."""
    if is_account(later):
        return earlier == later
    if is_account(earlier):
        return later.partition(".")[0] == earlier
    return fnmatchcase(later, earlier)
