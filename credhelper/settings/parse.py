"""Parsing the bytes of a settings file into checked tables, with the line of each key.

Pure. Only schema.json defines the keys and the values that they may have; editors can use it too.
"""

from __future__ import annotations

import difflib
import functools
import json
import math
import os
from typing import TYPE_CHECKING, Any, Callable, NamedTuple

import fastjsonschema

from credhelper.error_catalog.kind import UNKNOWN_ERROR
from credhelper.error_catalog.settings import (
    HIDDEN_KEY,
    IN_TABLE,
    SETTINGS_BAD_VALUE,
    SETTINGS_BROKEN,
    SETTINGS_DELEGATE_WITHOUT_HELPER,
    SETTINGS_RULE_WITHOUT_MATCH,
    SETTINGS_UNKNOWN_KEY,
    SETTINGS_UNKNOWN_KEY_LISTED,
    TABLE_NAMES,
)
from credhelper.settings.files import MAX_SIZE
from credhelper.settings.key_lines import KeyLines
from credhelper.settings.toml import loads

if TYPE_CHECKING:
    from credhelper.errors import HelperError

_SCHEMA = os.path.join(os.path.dirname(__file__), "schema.json")
_SECRET_KEY_LENGTH = 40  # characters of a secret access key
_MISSING_KEY_ERRORS = {"rule": SETTINGS_RULE_WITHOUT_MATCH, "delegate": SETTINGS_DELEGATE_WITHOUT_HELPER}


class Document(NamedTuple):
    """One settings file: its tables as written, aliases as {host: registry's host}, and the line of each key."""

    path: str
    rules: list[dict[str, Any]]
    aliases: dict[str, str]
    delegates: list[dict[str, Any]]
    logins: dict[str, Any]
    tokens: dict[str, Any]
    key_lines: KeyLines

    def location(self, *key: str | int) -> str:
        """Return the location of `key`: "FILE, line N"."""
        return f"{self.path}, line {self.key_lines.find_line(*key)}"


def parse(path: str, data: bytes) -> Document:
    """Parse `data`, the content of the file `path`.

    Raises HelperError: "settings-broken" if it is not TOML, "settings-unknown-key", "settings-bad-value".
    """
    try:
        text = _decode(data)
        key_lines = KeyLines(text)
        tables = loads(text, parse_float=_parse_number)
    except (ValueError, RecursionError) as error:
        raise SETTINGS_BROKEN.error(path=path, reason=_describe_error(error, data)) from None
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
        return data.decode("utf-8-sig")  # Windows editors write a byte order mark
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ValueError(f"line {line}: it is not UTF-8") from None


def _parse_number(text: str) -> float | None:
    """Return a number as JSON and the schema define it: 900.0 is an integer, and inf and nan are not numbers (None)."""
    number = float(text)
    if not math.isfinite(number):
        return None
    return int(number) if number.is_integer() else number


def _describe_error(error: Exception, data: bytes) -> str:
    message = " ".join(str(error).split()) or UNKNOWN_ERROR
    return message.replace("at end of document", f"at the end, line {data.rstrip().count(10) + 1}")


@functools.cache
def _load_validator() -> Callable[[object], object]:
    with open(_SCHEMA, "rb") as file:
        return fastjsonschema.compile(json.load(file))


def _schema_error(document: Document, error: fastjsonschema.JsonSchemaValueException) -> HelperError:
    """Return the HelperError for what the schema does not allow, without the value, which may be a secret."""
    path = _error_path(error)
    allowed_keys = error.definition.get("properties", {}) if isinstance(error.value, dict) else {}
    unknown_key = next((key for key in error.value if key not in allowed_keys), None) if allowed_keys else None
    if unknown_key is not None:
        return _unknown_key_error(document, (*path, unknown_key), list(allowed_keys))
    if error.rule == "required":
        return _MISSING_KEY_ERRORS[str(path[0])].error(location=document.location(*path))
    key = next((str(key) for key in reversed(path) if isinstance(key, str)), "it")
    requirement = error.definition.get("description", "valid")
    return SETTINGS_BAD_VALUE.error(location=document.location(*path), key=key, requirement=requirement)


def _error_path(error: fastjsonschema.JsonSchemaValueException) -> tuple[str | int, ...]:
    name = str(error.name).partition(".")[2]
    if name.startswith("aliases."):  # the rest is a host, which contains dots
        return "aliases", name.partition(".")[2]
    return tuple(int(part) if part.isdigit() else part for part in error.path[1:])


def _unknown_key_error(document: Document, path: tuple[str | int, ...], allowed_keys: list[str]) -> HelperError:
    key = str(path[-1])
    close_matches = difflib.get_close_matches(key, allowed_keys, 1)
    # A secret access key may have been pasted in place of a name; every name is shorter.
    shown_key = key if len(key) < _SECRET_KEY_LENGTH else HIDDEN_KEY
    table = str(path[0])
    in_table = IN_TABLE.format(table=TABLE_NAMES.get(table, f"[{table}]")) if len(path) > 1 else ""
    kind, suggestion = (
        (SETTINGS_UNKNOWN_KEY, {"close_match": close_matches[0]})
        if close_matches
        else (SETTINGS_UNKNOWN_KEY_LISTED, {"allowed_keys": ", ".join(allowed_keys)})
    )
    return kind.error(location=document.location(*path), key=shown_key, table=in_table, **suggestion)
