"""What a rule's `match` names: a host, a pattern of hosts, or an account. Pure."""

from __future__ import annotations

import functools
import re
from fnmatch import translate
from typing import TYPE_CHECKING, Callable

from credhelper.ecr.registry import SUFFIXES, is_account, parse

if TYPE_CHECKING:
    from collections.abc import Collection, Container

    from credhelper.ecr.target import Target

_ECR_CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-.:*")
_NON_ECR_CHARACTERS = _ECR_CHARACTERS | frozenset("_[]")  # of hosts that are not ECR's, whatever their names are
_MAX_WILDCARDS = 4


def problem_with(pattern: str, aliases: Container[str]) -> str:
    """Give what is wrong with a pattern, as the end of a sentence; "" where nothing is.

    One that could never match is a slip of the pen, and one that matches everything names nobody.
    """
    if is_account(pattern) or pattern in aliases:
        return ""
    if not pattern or not _ECR_CHARACTERS.issuperset(pattern):
        return "is no host, pattern or account: those are lower case, and their only wildcard is *"
    if "*" not in pattern:
        return "" if parse(pattern) else "is neither a registry of ECR nor one of the aliases"
    literal_suffix = pattern.rpartition("*")[2]
    if pattern.count("*") > _MAX_WILDCARDS:
        return f"has more than {_MAX_WILDCARDS} wildcards"
    if not any(literal_suffix == suffix or literal_suffix.endswith(f".{suffix}") for suffix in SUFFIXES):
        return f"can match what is not ECR's: after its last * it must end as ECR's hosts do, in .{SUFFIXES[0]} say"
    return ""


def problem_with_non_ecr(pattern: str) -> str:
    """Give what is wrong with a pattern of hosts that are not ECR's, as the end of a sentence; "" where nothing is."""
    if not pattern or not _NON_ECR_CHARACTERS.issuperset(pattern):
        return "is no host or pattern: those are lower case, without scheme and path, and their only wildcard is *"
    if pattern.count("*") > _MAX_WILDCARDS:
        return f"has more than {_MAX_WILDCARDS} wildcards"
    return "names a registry of ECR, which this helper answers for itself" if parse(pattern) else ""


def names_of(target: Target) -> frozenset[str]:
    """Give what a pattern can name of a target: the host that a client sends, the registry behind it, its account."""
    return frozenset(filter(None, (target.host, target.registry.host, target.registry.account)))


def matches(pattern: str, names: frozenset[str]) -> bool:
    """Whether `pattern` is one of `names`, or fits one."""
    return pattern in names or ("*" in pattern and any(map(_compile_matcher(pattern), names)))


def shadowed_by(name: str, earlier_patterns: Collection[str]) -> str:
    """Give the one of the `earlier_patterns` that names all that the pattern `name` does; "" where none does."""
    account = name.partition(".")[0]
    for pattern in (name, account if is_account(account) else name):
        if pattern in earlier_patterns:
            return pattern
    return next((pattern for pattern in earlier_patterns if "*" in pattern and _compile_matcher(pattern)(name)), "")


@functools.cache
def _compile_matcher(pattern: str) -> Callable[[str], object]:
    # A folder may hold thousands of hosts, each of which is asked whose it is.
    return re.compile(translate(pattern.replace("[", "[[]"))).match  # a bracket is an IPv6 address's own
