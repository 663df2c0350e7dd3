"""The values of `match` in a rule: a host, a pattern of hosts, or an account. Pure."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Callable

from credhelper.ecr.partitions import host_suffixes
from credhelper.ecr.registry import is_account, parse
from credhelper.error_catalog.settings import (
    SETTINGS_BAD_DELEGATE_PATTERN,
    SETTINGS_BAD_PATTERN,
    SETTINGS_DELEGATE_PATTERN_ECR,
    SETTINGS_PATTERN_NOT_ECR,
    SETTINGS_PATTERN_TOO_COMPLEX,
    SETTINGS_PATTERN_TOO_WIDE,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Container

    from credhelper.ecr.target import Target
    from credhelper.error_catalog.kind import ErrorKind
    from credhelper.errors import HelperError

_ECR_CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-.:*")
_NON_ECR_CHARACTERS = _ECR_CHARACTERS | frozenset("_[]")  # hosts that are not ECR's may have any name
_MAX_WILDCARDS = 4


def problem_with(pattern: str, aliases: Container[str]) -> ErrorKind | None:
    """Return the problem with a pattern, or None if it is valid.

    A pattern that could never match is a mistake, and one that matches everything selects nothing.
    """
    if is_account(pattern) or pattern in aliases:
        return None
    if not pattern or not _ECR_CHARACTERS.issuperset(pattern):
        return SETTINGS_BAD_PATTERN
    if "*" not in pattern:
        return None if parse(pattern) else SETTINGS_PATTERN_NOT_ECR
    literal_suffix = pattern.rpartition("*")[2]
    if pattern.count("*") > _MAX_WILDCARDS:
        return SETTINGS_PATTERN_TOO_COMPLEX
    if not any(literal_suffix == suffix or literal_suffix.endswith(f".{suffix}") for suffix in host_suffixes()):
        return SETTINGS_PATTERN_TOO_WIDE
    return None


def problem_with_non_ecr(pattern: str) -> ErrorKind | None:
    """Return the problem with a pattern of hosts that are not ECR's, or None if it is valid."""
    if not pattern or not _NON_ECR_CHARACTERS.issuperset(pattern):
        return SETTINGS_BAD_DELEGATE_PATTERN
    if pattern.count("*") > _MAX_WILDCARDS:
        return SETTINGS_PATTERN_TOO_COMPLEX
    return SETTINGS_DELEGATE_PATTERN_ECR if parse(pattern) else None


def pattern_error(problem: ErrorKind, pattern: str, location: str) -> HelperError:
    """Return the HelperError for a problem with the pattern at `location`."""
    return problem.error(location=location, pattern=pattern, limit=str(_MAX_WILDCARDS), suffix=host_suffixes()[0])


def names_of(target: Target) -> frozenset[str]:
    """Return the names of a target that a pattern can match: its host, the host of its registry, and its account."""
    return frozenset(filter(None, (target.host, target.registry.host, target.registry.account)))


def matches(pattern: str, names: frozenset[str]) -> bool:
    """Return whether `pattern` is one of `names`, or matches one."""
    return pattern in names or ("*" in pattern and any(map(_compile_matcher(pattern), names)))


def shadowed_by(name: str, earlier_patterns: Collection[str]) -> str:
    """Return the one of `earlier_patterns` that matches all that the pattern `name` matches; "" if there is none."""
    account = name.partition(".")[0]
    for pattern in (name, account if is_account(account) else name):
        if pattern in earlier_patterns:
            return pattern
    return next((pattern for pattern in earlier_patterns if "*" in pattern and _compile_matcher(pattern)(name)), "")


@functools.cache
def _compile_matcher(pattern: str) -> Callable[[str], object]:
    # Imported lazily: only a rule with a wildcard needs them.
    import re  # noqa: PLC0415
    from fnmatch import translate  # noqa: PLC0415

    # Compiled once: a cache may contain thousands of hosts, and each one is matched.
    return re.compile(translate(pattern.replace("[", "[[]"))).match  # a bracket is part of an IPv6 address
