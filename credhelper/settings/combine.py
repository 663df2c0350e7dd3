"""The documents of all settings files -> the settings that hold. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from credhelper.errors import HelperError
from credhelper.settings import patterns
from credhelper.settings.aliases import aliases_of
from credhelper.settings.keeping import delegates_of, keeping_of
from credhelper.settings.rules import Rule, Settings
from credhelper.target import TokenOptions

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from credhelper.registry import Registry
    from credhelper.settings.document import Document

_FIX = "see docs/settings.md"
_NEEDS_ROLE = ("external_id", "session_name", "source_profile", "duration")


def combine(documents: Iterable[Document]) -> Settings:
    """Give the settings that `documents` say, the one that is obeyed first of all.

    Raises HelperError: "settings-bad-alias", "settings-bad-value", "settings-contradictory".
    """
    read = list(documents)
    aliases: dict[str, Registry] = {}
    for document in read:
        aliases = {**aliases_of(document), **aliases}
    return Settings(
        [rule for document in read for rule in _rules(document, aliases)],
        aliases,
        keeping=keeping_of(read),
        delegates=[delegate for document in read for delegate in delegates_of(document)],
    )


def _rules(document: Document, aliases: Mapping[str, Registry]) -> list[Rule]:
    rules: list[Rule] = []
    earlier: dict[str, str] = {}
    for number, table in enumerate(document.rules):
        place = document.place("rule", number)
        given = table["match"]
        named = [each.lower() for each in ([given] if isinstance(given, str) else given)]
        for pattern in named:
            _check(pattern, document, document.place("rule", number, "match"), aliases, earlier)
        earlier.update(dict.fromkeys(named, place))
        rules.append(Rule(named, _rule_access(document, number, table), place))
    return rules


def _check(
    pattern: str, document: Document, place: str, aliases: Mapping[str, Registry], earlier: Mapping[str, str]
) -> None:
    """Refuse a pattern that is none, or is never reached since `earlier` ones {pattern: place} of its own file cover
    it. What another file says it may override.
    """
    why = patterns.fault(pattern, aliases)
    if why:
        raise HelperError("settings-bad-value", f"{place}: {pattern!a} {why}", _FIX)
    # An alias is matched by the registry behind it as well.
    for name in filter(None, (pattern, document.aliases.get(pattern))):
        before = patterns.covering(name, earlier)
        if before:
            raise HelperError(
                "settings-contradictory",
                f"{place}: {pattern!a} is never reached, since {before!a} stands before it ({earlier[before]})",
                "the first rule that matches holds: put the narrower one first, or join the two",
            )


def _rule_access(document: Document, number: int, table: Mapping[str, object]) -> TokenOptions:
    said = {key: value for key, value in table.items() if key != "match"}
    sources = {key: document.place("rule", number, key) for key in said}
    for one, other in _contradictions(said):
        raise HelperError(
            "settings-contradictory", f"{sources[one]}: {one} {other}", f"take out what is not meant; {_FIX}"
        )
    return TokenOptions(**said, sources=sources)  # type: ignore[arg-type]  # as the schema says


def _contradictions(said: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Give (key, what it contradicts)."""
    if "role_arn" in said:
        if "profile" in said:
            yield "profile", "and role_arn are both set: the profile that assumes the role is its source_profile"
    else:
        yield from ((key, "is set, and there is no role_arn that it belongs to") for key in _NEEDS_ROLE if key in said)
    for key in ("fips", "dualstack"):
        if "endpoint_url" in said and said.get(key):
            yield key, "and endpoint_url are both set: either names an endpoint"
