"""The settings for hosts that are not ECR's: where their logins are stored, and which delegate answers for them.

Pure. The kinds of keyring are those of credhelper/logins/backends/choice.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from credhelper.error_catalog.settings import SETTINGS_DELEGATE_LOOP, SETTINGS_DELEGATE_SHADOWED
from credhelper.settings import patterns

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from credhelper.settings.parse import Document


class LoginSettings(NamedTuple):
    """Where logins are stored.

    `keyring` is the kind of a keyring or its dotted class name; "" leaves the choice to the environment. `key_file` is
    the file of the key that encrypts the private file; "" if it is not encrypted. `store_tokens` means that the keyring
    stores ECR's tokens too.
    """

    keyring: str = ""
    key_file: str = ""
    store_tokens: bool = False


class Delegate(NamedTuple):
    """Another Docker credential helper, docker-credential-HELPER, which answers for the hosts that match `patterns`."""

    helper: str
    patterns: Sequence[str]
    location: str


def merge_login_settings(documents: Iterable[Document]) -> LoginSettings:
    """Merge `documents`, which are in order of precedence, key by key."""
    values: dict[str, object] = {}
    for document in documents:
        for field, table, key in (
            ("keyring", "logins", "keyring"),
            ("key_file", "logins", "key_file"),
            ("store_tokens", "tokens", "keyring"),
        ):
            value = getattr(document, table).get(key)
            if value is not None and field not in values:
                values[field] = value
    return LoginSettings(**values)  # type: ignore[arg-type]  # as the schema says


def parse_delegates(document: Document) -> list[Delegate]:
    """Return the delegates of one settings file, in order of precedence.

    Raises HelperError: "settings-bad-value", "settings-contradictory".
    """
    delegates: list[Delegate] = []
    earlier_patterns: dict[str, str] = {}
    for number, table in enumerate(document.delegates):
        location = document.location("delegate", number)
        if table["helper"] == "ecr":
            raise SETTINGS_DELEGATE_LOOP.error(location=location)
        match_value = table.get("match", "*")
        host_patterns = [match_value] if isinstance(match_value, str) else match_value
        for pattern in host_patterns:
            _check_pattern(pattern, location, earlier_patterns)
        earlier_patterns.update(dict.fromkeys(host_patterns, location))
        delegates.append(Delegate(table["helper"], host_patterns, location))
    return delegates


def _check_pattern(pattern: str, location: str, earlier_patterns: Mapping[str, str]) -> None:
    problem = patterns.problem_with_non_ecr(pattern)
    if problem:
        raise patterns.pattern_error(problem, pattern, location)
    earlier_pattern = patterns.shadowed_by(pattern, earlier_patterns)
    if earlier_pattern:
        raise SETTINGS_DELEGATE_SHADOWED.error(
            location=location,
            pattern=pattern,
            earlier=earlier_pattern,
            earlier_location=earlier_patterns[earlier_pattern],
        )
