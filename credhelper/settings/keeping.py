"""What the settings say of hosts that are not ECR's: where their logins are kept, or which other helper is asked.

Pure. The kinds of keyring are those of credhelper/logins/keyrings.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from credhelper.errors import HelperError
from credhelper.settings import patterns

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from credhelper.settings.document import Document

_FIX = "see docs/settings.md"


class Keeping(NamedTuple):
    """Where logins are kept: the kind of a keyring, or its class by its dotted name ("" leaves it to the environment),
    and the file of the key by which our own file is encrypted ("" for none). `tokens` says that ECR's tokens go there
    too.
    """

    keyring: str = ""
    key_file: str = ""
    tokens: bool = False


class Delegate(NamedTuple):
    """Another helper of Docker's, docker-credential-HELPER, to which the hosts that `patterns` fit are passed on."""

    helper: str
    patterns: Sequence[str]
    place: str


def keeping_of(documents: Iterable[Document]) -> Keeping:
    """Give what `documents` say, key by key, the one that is obeyed first of all."""
    said: dict[str, object] = {}
    for document in documents:
        for field, table, key in (
            ("keyring", "logins", "keyring"),
            ("key_file", "logins", "key_file"),
            ("tokens", "tokens", "keyring"),
        ):
            value = getattr(document, table).get(key)
            if value is not None and field not in said:
                said[field] = value
    return Keeping(**said)  # type: ignore[arg-type]  # as the schema says


def delegates_of(document: Document) -> list[Delegate]:
    """Give the delegates of one settings file, the one that is asked first of all.

    Raises HelperError: "settings-bad-value", "settings-contradictory".
    """
    found: list[Delegate] = []
    earlier: dict[str, str] = {}
    for number, table in enumerate(document.delegates):
        place = document.place("delegate", number)
        if table["helper"] == "ecr":
            raise HelperError("settings-contradictory", f"{place}: ecr is this helper itself", _FIX)
        given = table.get("match", "*")
        named = [given] if isinstance(given, str) else given
        for pattern in named:
            _check(pattern, place, earlier)
        earlier.update(dict.fromkeys(named, place))
        found.append(Delegate(table["helper"], named, place))
    return found


def _check(pattern: str, place: str, earlier: Mapping[str, str]) -> None:
    why = patterns.fault_of_foreign(pattern)
    if why:
        raise HelperError("settings-bad-value", f"{place}: {pattern!a} {why}", _FIX)
    before = patterns.covering(pattern, earlier)
    if before:
        raise HelperError(
            "settings-contradictory",
            f"{place}: {pattern!a} is never reached, since {before!a} stands before it ({earlier[before]})",
            "the first delegate that matches is asked: put the narrower one first, or join the two",
        )
