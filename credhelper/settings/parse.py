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
from credhelper.settings.files import MAX_SIZE
from credhelper.settings.key_lines import KeyLines
from credhelper.settings.toml import loads

_SCHEMA = os.path.join(os.path.dirname(__file__), "schema.json")
_SECRET_KEY_LENGTH = 40  # characters of a secret access key
_TABLE_NAMES = {"rule": "a rule", "delegate": "a delegate", "logins": "[logins]", "tokens": "[tokens]"}
_MISSING_KEY_MESSAGES = {
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
    key_lines: KeyLines

    def location(self, *key: str | int) -> str:
        """Give where `key` stands: "FILE, line N"."""
        return f"{self.path}, line {self.key_lines.find_line(*key)}"


def parse(path: str, data: bytes) -> Document:
    """Give what `data`, read from the file `path`, says.

    Raises HelperError: "settings-broken" for what is no TOML, "settings-unknown-key", "settings-bad-value".
    """
    try:
        text = _decode(data)
        key_lines = KeyLines(text)
        tables = loads(text, parse_float=_parse_number)
    except (ValueError, RecursionError) as error:
        raise _broken_error(path, _describe_error(error, data)) from None
    document = Document(
        path,
        rules=tables.get("rule", []),
        aliases=tables.get("aliases", {}),
        delegates=tables.get("delegate", []),
        logins=tables.get("logins", {}),
        tokens=tables.get("tokens", {}),
        key_lines=key_lines,
    )
    try:
        _load_validator()(tables)
    except fastjsonschema.JsonSchemaValueException as error:
        raise _schema_error(document, error) from None
    return document


def _decode(data: bytes) -> str:
    if len(data) > MAX_SIZE:
        raise ValueError(f"it is longer than {MAX_SIZE // 1024} KiB")
    try:
        return data.decode("utf-8-sig")  # editors of Windows write a mark before the first letter
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ValueError(f"line {line}: it is not UTF-8") from None


def _parse_number(text: str) -> float | None:
    """Give a number as JSON knows it, and the schema after it: 900.0 is a whole one, and inf and nan are none."""
    number = float(text)
    if not math.isfinite(number):
        return None
    return int(number) if number.is_integer() else number


def _describe_error(error: Exception, data: bytes) -> str:
    message = " ".join(str(error).split()) or type(error).__name__
    return message.replace("at end of document", f"at the end, line {data.rstrip().count(10) + 1}")


def _broken_error(path: str, reason: str) -> HelperError:
    return HelperError("settings-broken", f"the settings in {path} are not TOML that can be read: {reason}", _FIX)


@functools.cache
def _load_validator() -> Callable[[object], object]:
    with open(_SCHEMA, "rb") as file:
        return fastjsonschema.compile(json.load(file))


def _schema_error(document: Document, error: fastjsonschema.JsonSchemaValueException) -> HelperError:
    """Give the HelperError for what the schema does not allow; the value is not repeated, for it may be a secret."""
    path = _error_path(error)
    allowed_keys = error.definition.get("properties", {}) if isinstance(error.value, dict) else {}
    unknown_key = next((key for key in error.value if key not in allowed_keys), None) if allowed_keys else None
    if unknown_key is not None:
        return _unknown_key_error(document, (*path, unknown_key), list(allowed_keys))
    if error.rule == "required":
        location = document.location(*path)
        return HelperError("settings-bad-value", f"{location}: {_MISSING_KEY_MESSAGES[str(path[0])]}", _FIX)
    key = next((str(key) for key in reversed(path) if isinstance(key, str)), "it")
    requirement = error.definition.get("description", "what it should be")
    return HelperError(
        "settings-bad-value", f"{document.location(*path)}: {ascii(key)[1:-1]} must be {requirement}", _FIX
    )


def _error_path(error: fastjsonschema.JsonSchemaValueException) -> tuple[str | int, ...]:
    name = str(error.name).partition(".")[2]
    if name.startswith("aliases."):  # a host, which has dots of its own
        return "aliases", name.partition(".")[2]
    return tuple(int(part) if part.isdigit() else part for part in error.path[1:])


def _unknown_key_error(document: Document, path: tuple[str | int, ...], allowed_keys: list[str]) -> HelperError:
    key = str(path[-1])
    close_matches = difflib.get_close_matches(key, allowed_keys, 1)
    # Somebody may have pasted a key where a name belongs, and no name is as long.
    printable_key = ascii(key)[1:-1] if len(key) < _SECRET_KEY_LENGTH else "that name"
    table_clause = f" of {_TABLE_NAMES.get(str(path[0]), path[0])}" if len(path) > 1 else ""
    suggestion = f"; {close_matches[0]} is one" if close_matches else f"; there are {', '.join(allowed_keys)}"
    return HelperError(
        "settings-unknown-key",
        f"{document.location(*path)}: {printable_key} is no setting{table_clause}{suggestion}",
        _FIX,
    )
