"""The settings that apply, and the target of a host, whose options are those of the first rule that matches.

Pure. A rule determines how a token is obtained, never which host receives it: only a host of ECR does, or one that an
alias names exactly.
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
    """The options for the hosts that match one of `patterns`; `location` is the file and the line of the rule."""

    patterns: Sequence[str]
    options: TokenOptions
    location: str


class Settings(NamedTuple):
    """Rules, of which the first one that matches a host applies to it, and aliases {host: the registry behind it}.

    `file_stamps` are the dependencies (fingerprint.py) on the settings files, taken before these were read at `read_at`
    (seconds of UTC since the epoch): an entry with other stamps was made under other settings. `logins` and `delegates`
    are for hosts that are not ECR's.
    """

    rules: Sequence[Rule] = ()
    aliases: Mapping[str, Registry] = {}
    file_stamps: Sequence[bytes] = ()
    read_at: float = float("inf")
    logins: LoginSettings = LoginSettings()
    delegates: Sequence[Delegate] = ()

    def matches(self, dependencies: Sequence[bytes]) -> bool:
        """Return whether `dependencies` were recorded under these settings."""
        return set(self.file_stamps).issubset(dependencies)

    def find_target(self, host: str) -> Target | None:
        """Return the target of a canonical host: a registry of ECR or an alias; None if it is neither."""
        registry = parse(host) or self.aliases.get(host)
        if registry is None:
            return None
        return Target(host, registry, self._find_options(Target(host, registry)))

    def find_delegate(self, host: str) -> Delegate | None:
        """Return the delegate for `host`, which is not ECR's; None if this helper answers for it."""
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
