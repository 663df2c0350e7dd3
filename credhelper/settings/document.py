"""A settings file's bytes -> its tables, checked, each key with the line it stands on.

Pure. What the keys are, and what they may hold, is said by schema.json alone, which editors can use as well.
"""

from __future__ import annotations

import difflib
import functools
import json
import math
import os
from typing import Any, Callable, NamedTuple

import fastjsonschema

from credhelper.errors import HelperError
from credhelper.settings.files import LARGEST
from credhelper.settings.lines import Lines
from credhelper.settings.toml import loads

_SCHEMA = os.path.join(os.path.dirname(__file__), "schema.json")
_KEY = 40  # characters of a secret access key
_CALLED = {"rule": "a rule", "delegate": "a delegate", "logins": "[logins]", "tokens": "[tokens]"}
_LACKING = {
    "rule": "this rule has no `match`, so it is nobody's",
    "delegate": "this delegate has no `helper`, so it is nobody",
}
_FIX = "see docs/settings.md; the schema of the settings is credhelper/settings/schema.json"


class Document(NamedTuple):
    """One settings file: its tables as they stand there, aliases as {host: registry's host}, and where each key is."""

    path: str
    rules: list[dict[str, Any]]
    aliases: dict[str, str]
    delegates: list[dict[str, Any]]
    logins: dict[str, Any]
    tokens: dict[str, Any]
    lines: Lines

    def place(self, *key: str | int) -> str:
        """Give where `key` stands: "FILE, line N"."""
        return f"{self.path}, line {self.lines.of(*key)}"


def parse(path: str, data: bytes) -> Document:
    """Give what `data`, read from the file `path`, says.

    Raises HelperError: "settings-broken" for what is no TOML, "settings-unknown-key", "settings-bad-value".
    """
    try:
        text = _text(data)
        lines = Lines(text)
        told = loads(text, parse_float=_number)
    except (ValueError, RecursionError) as error:
        raise _broken(path, _why(error, data)) from None
    document = Document(
        path,
        rules=told.get("rule", []),
        aliases=told.get("aliases", {}),
        delegates=told.get("delegate", []),
        logins=told.get("logins", {}),
        tokens=told.get("tokens", {}),
        lines=lines,
    )
    try:
        _validator()(told)
    except fastjsonschema.JsonSchemaValueException as error:
        raise _wrong(document, error) from None
    return document


def _text(data: bytes) -> str:
    if len(data) > LARGEST:
        raise ValueError(f"it is longer than {LARGEST // 1024} KiB")
    try:
        return data.decode("utf-8-sig")  # editors of Windows write a mark before the first letter
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ValueError(f"line {line}: it is not UTF-8") from None


def _number(text: str) -> float | None:
    """Give a number as JSON knows it, and the schema after it: 900.0 is a whole one, and inf and nan are none."""
    number = float(text)
    if not math.isfinite(number):
        return None
    return int(number) if number.is_integer() else number


def _why(error: Exception, data: bytes) -> str:
    said = " ".join(str(error).split()) or type(error).__name__
    return said.replace("at end of document", f"at the end, line {data.rstrip().count(10) + 1}")


def _broken(path: str, why: str) -> HelperError:
    return HelperError("settings-broken", f"the settings in {path} are not TOML that can be read: {why}", _FIX)


@functools.cache
def _validator() -> Callable[[object], object]:
    with open(_SCHEMA, "rb") as file:
        return fastjsonschema.compile(json.load(file))


def _wrong(document: Document, error: fastjsonschema.JsonSchemaValueException) -> HelperError:
    """Give the HelperError for what the schema does not allow; the value is not repeated, for it may be a secret."""
    path = _path(error)
    names = error.definition.get("properties", {}) if isinstance(error.value, dict) else {}
    unknown = next((each for each in error.value if each not in names), None) if names else None
    if unknown is not None:
        return _unknown(document, (*path, unknown), list(names))
    if error.rule == "required":
        place = document.place(*path)
        return HelperError("settings-bad-value", f"{place}: {_LACKING[str(path[0])]}", _FIX)
    key = next((str(each) for each in reversed(path) if isinstance(each, str)), "it")
    right = error.definition.get("description", "what it should be")
    return HelperError("settings-bad-value", f"{document.place(*path)}: {ascii(key)[1:-1]} must be {right}", _FIX)


def _path(error: fastjsonschema.JsonSchemaValueException) -> tuple[str | int, ...]:
    name = str(error.name).partition(".")[2]
    if name.startswith("aliases."):  # a host, which has dots of its own
        return "aliases", name.partition(".")[2]
    return tuple(int(part) if part.isdigit() else part for part in error.path[1:])


def _unknown(document: Document, path: tuple[str | int, ...], names: list[str]) -> HelperError:
    key = str(path[-1])
    near = difflib.get_close_matches(key, names, 1)
    # Somebody may have pasted a key where a name belongs, and no name is as long.
    shown = ascii(key)[1:-1] if len(key) < _KEY else "that name"
    where = f" of {_CALLED.get(str(path[0]), path[0])}" if len(path) > 1 else ""
    meant = f"; {near[0]} is one" if near else f"; there are {', '.join(names)}"
    return HelperError("settings-unknown-key", f"{document.place(*path)}: {shown} is no setting{where}{meant}", _FIX)
