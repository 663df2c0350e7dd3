"""Merging the documents of all settings files into the settings that apply. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from credhelper.ecr.target import TokenOptions
from credhelper.error_catalog.settings import (
    SETTINGS_ENDPOINT_TWICE,
    SETTINGS_PROFILE_AND_ROLE,
    SETTINGS_RULE_SHADOWED,
    SETTINGS_WITHOUT_ROLE,
)
from credhelper.settings import patterns
from credhelper.settings.aliases import parse_aliases
from credhelper.settings.logins import merge_login_settings, parse_delegates
from credhelper.settings.rules import Rule, Settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from credhelper.ecr.registry import Registry
    from credhelper.error_catalog.kind import ErrorKind
    from credhelper.settings.parse import Document

_NEEDS_ROLE = ("external_id", "session_name", "source_profile", "duration")


def merge(documents: Iterable[Document]) -> Settings:
    """Return the settings in `documents`, which are in order of precedence.

    Raises HelperError: "settings-bad-alias", "settings-bad-value", "settings-contradictory".
    """
    document_list = list(documents)
    aliases: dict[str, Registry] = {}
    for document in document_list:
        aliases = {**parse_aliases(document), **aliases}
    return Settings(
        [rule for document in document_list for rule in _parse_rules(document, aliases)],
        aliases,
        logins=merge_login_settings(document_list),
        delegates=[delegate for document in document_list for delegate in parse_delegates(document)],
    )


def _parse_rules(document: Document, aliases: Mapping[str, Registry]) -> list[Rule]:
    rules: list[Rule] = []
    earlier_patterns: dict[str, str] = {}
    for number, table in enumerate(document.rules):
        location = document.location("rule", number)
        match_value = table["match"]
        rule_patterns = [
            pattern.lower() for pattern in ([match_value] if isinstance(match_value, str) else match_value)
        ]
        for pattern in rule_patterns:
            _check_pattern(pattern, document, document.location("rule", number, "match"), aliases, earlier_patterns)
        earlier_patterns.update(dict.fromkeys(rule_patterns, location))
        rules.append(Rule(rule_patterns, _parse_options(document, number, table), location))
    return rules


def _check_pattern(
    pattern: str,
    document: Document,
    location: str,
    aliases: Mapping[str, Registry],
    earlier_patterns: Mapping[str, str],
) -> None:
    """Raise HelperError for a pattern that is invalid, or unreachable because `earlier_patterns` cover it.

    `earlier_patterns` {pattern: location} are those of the same file: a rule may override one of another file.
    """
    problem = patterns.problem_with(pattern, aliases)
    if problem:
        raise patterns.pattern_error(problem, pattern, location)
    # An alias is also matched by the name of the registry behind it.
    for name in filter(None, (pattern, document.aliases.get(pattern))):
        earlier_pattern = patterns.shadowed_by(name, earlier_patterns)
        if earlier_pattern:
            raise SETTINGS_RULE_SHADOWED.error(
                location=location,
                pattern=pattern,
                earlier=earlier_pattern,
                earlier_location=earlier_patterns[earlier_pattern],
            )


def _parse_options(document: Document, number: int, table: Mapping[str, object]) -> TokenOptions:
    values = {key: value for key, value in table.items() if key != "match"}
    sources = {key: document.location("rule", number, key) for key in values}
    for key, conflict in _find_contradictions(values):
        raise conflict.error(location=sources[key], key=key)
    return TokenOptions(**values, sources=sources)  # type: ignore[arg-type]  # as the schema says


def _find_contradictions(values: Mapping[str, object]) -> Iterator[tuple[str, ErrorKind]]:
    """Yield each key that contradicts another one, and the error kind of the contradiction."""
    if "role_arn" in values:
        if "profile" in values:
            yield "profile", SETTINGS_PROFILE_AND_ROLE
    else:
        yield from ((key, SETTINGS_WITHOUT_ROLE) for key in _NEEDS_ROLE if key in values)
    for key in ("fips", "dualstack"):
        if "endpoint_url" in values and values.get(key):
            yield key, SETTINGS_ENDPOINT_TWICE
