"""The settings that hold: host -> target, by the first rule that matches.

Pure. A rule says how a token is got, never who gets one: that is a host which is ECR's, or one that an alias names
exactly.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from credhelper.ecr.registry import Registry, parse
from credhelper.ecr.target import Target, TokenOptions
from credhelper.settings import patterns
from credhelper.settings.logins import Delegate, LoginSettings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class Rule(NamedTuple):
    """What holds for the hosts that one of `patterns` names; `location` is the file and the line of the rule."""

    patterns: Sequence[str]
    options: TokenOptions
    location: str


class Settings(NamedTuple):
    """Rules, the first of which that matches a host holds for it, and aliases {host: the registry behind it}.

    `file_stamps` are the dependencies (fingerprint.py) of the files that say so, from before they were read at
    `read_at`, in seconds of UTC since the epoch: an entry with other stamps was made under other settings. `logins` and
    `delegates` are of hosts that are not ECR's.
    """

    rules: Sequence[Rule] = ()
    aliases: Mapping[str, Registry] = {}
    file_stamps: Sequence[bytes] = ()
    read_at: float = float("inf")
    logins: LoginSettings = LoginSettings()
    delegates: Sequence[Delegate] = ()

    def matches(self, dependencies: Sequence[bytes]) -> bool:
        """Whether `dependencies` are of a time when these settings held."""
        return set(self.file_stamps).issubset(dependencies)

    def find_target(self, host: str) -> Target | None:
        """Give what `host`, in its normal form, is: an ECR registry's or an alias; None where it is neither."""
        registry = parse(host) or self.aliases.get(host)
        if registry is None:
            return None
        return Target(host, registry, self._find_options(Target(host, registry)))

    def find_delegate(self, host: str) -> Delegate | None:
        """Give which other helper is asked for `host`, which is not ECR's; None where it is us."""
        names = frozenset((host,))
        for delegate in self.delegates:
            if any(patterns.matches(pattern, names) for pattern in delegate.patterns):
                return delegate
        return None

    def _find_options(self, target: Target) -> TokenOptions:
        names = patterns.names_of(target)
        for rule in self.rules:
            if any(patterns.matches(pattern, names) for pattern in rule.patterns):
                return rule.options
        return TokenOptions()
