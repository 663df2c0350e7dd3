"""The schema for editors is the one that the parser uses, and agrees with the code and the documentation."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import credhelper
from credhelper.ecr.target import TokenOptions
from credhelper.errors import HelperError
from credhelper.settings.parse import parse

TEXT = Path(credhelper.__file__).with_name("settings").joinpath("schema.json").read_text()
SCHEMA: dict[str, Any] = json.loads(TEXT)
RULE: dict[str, Any] = SCHEMA["definitions"]["rule"]["properties"]
# In JSON's regular expressions `$` matches only at the end; in Python's also before a trailing newline.
VALIDATOR = jsonschema.Draft7Validator(json.loads(TEXT.replace('$"', '\\\\Z"')))
DOCUMENT = (Path(__file__).parents[2] / "docs" / "settings.md").read_text()


def test_the_schema_is_valid_according_to_draft_7() -> None:
    assert SCHEMA["$schema"] == "http://json-schema.org/draft-07/schema#"
    jsonschema.Draft7Validator.check_schema(SCHEMA)


def test_the_schema_has_each_token_option_and_no_other() -> None:
    assert set(RULE) - {"match"} == set(TokenOptions._fields) - {"sources"}


def test_each_key_is_described_in_the_schema() -> None:
    assert all(key["description"] for key in (*RULE.values(), *SCHEMA["properties"].values()))


@pytest.mark.parametrize("key", [*RULE, "aliases", "rule"])
def test_each_key_is_described_in_the_documentation(key: str) -> None:
    assert f"`{key}`" in DOCUMENT or f"`[[{key}]]`" in DOCUMENT or f"`[{key}]`" in DOCUMENT


EXAMPLE_TEXTS = st.sampled_from(
    [
        *("", "one", "123456789012", "public.ecr.aws", "arn:aws:iam::123456789012:role/pull", "us-east-1", "/etc/ca"),
        *("https://api.ecr.example", "http://127.0.0.1:8080", "http://proxy:3128", "http://a:b@proxy", "~/ca.pem"),
    ]
)
TEXTS = EXAMPLE_TEXTS | EXAMPLE_TEXTS.map("{}\n".format) | st.text(st.characters(exclude_categories=["Cs"]), max_size=5)
NUMBERS = st.integers(-1, 50_000) | st.sampled_from([0.1, 1, 1.5, 120, 600, 900, 900.0, 3600, 43200, 43200.5])
VALUES = TEXTS | NUMBERS | st.booleans() | st.lists(TEXTS, max_size=2)
KEYS = st.sampled_from([*RULE, "profil"])
ALIASES = st.dictionaries(TEXTS, EXAMPLE_TEXTS | VALUES, max_size=2)


@st.composite
def tables(draw: st.DrawFn) -> dict[str, object]:
    """Draw a table of a rule: most have a `match`, and up to two keys that may be valid."""
    table: dict[str, object] = {"match": draw(EXAMPLE_TEXTS | VALUES)} if draw(st.integers(0, 9)) else {}
    return {**table, **draw(st.dictionaries(KEYS, EXAMPLE_TEXTS | VALUES, max_size=2))}


DOCUMENTS = st.fixed_dictionaries({}, optional={"rule": st.lists(tables(), max_size=2), "aliases": ALIASES})


@given(DOCUMENTS | st.dictionaries(st.sampled_from(["rule", "aliases", "rules"]), VALUES, max_size=2))
@settings(max_examples=300)
def test_the_schema_accepts_exactly_what_the_parser_accepts(document: dict[str, Any]) -> None:
    assert VALIDATOR.is_valid(document) == _is_accepted(_format_toml(document))


def _is_accepted(text: str) -> bool:
    try:
        parse("/etc/credhelper/config.toml", text.encode())
    except HelperError as error:
        if error.id == "settings-broken":
            raise
        return False
    return True


def _format_toml(document: dict[str, Any]) -> str:
    """Return a document as TOML, with each top-level value on one line."""
    return "".join(f"{key} = {_format_value(value)}\n" for key, value in document.items())


def _format_value(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_quote(key)} = {_format_value(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_format_value, value)) + "]"
    return _quote(value) if isinstance(value, str) else json.dumps(value)


def _quote(text: str) -> str:
    return '"' + "".join(f"\\U{ord(letter):08x}" for letter in text) + '"'
