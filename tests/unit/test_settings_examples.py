"""The examples in docs/settings.md are valid settings, and do what the text beside them says."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import credhelper
from credhelper.ecr.target import Target, TokenOptions
from credhelper.settings.merge import merge
from credhelper.settings.parse import parse
from credhelper.settings.toml import loads

DOCUMENT = (Path(__file__).parents[2] / "docs" / "settings.md").read_text()
EXAMPLES = re.findall(r"```toml\n(.*?)```", DOCUMENT, re.DOTALL)
[FULL_EXAMPLE] = [example for example in EXAMPLES if example.startswith("# each rule")]


def find_target(host: str, example: str = FULL_EXAMPLE) -> Target:
    target = merge([parse("example", example.encode())]).find_target(host)
    assert target is not None
    return target


@pytest.mark.parametrize("example", EXAMPLES)
def test_each_example_is_valid(example: str) -> None:
    merge([parse("example", example.encode())])


def test_the_full_example_has_every_option() -> None:
    document = loads(FULL_EXAMPLE)
    keys = {key for rule in document["rule"] for key in rule}
    assert keys == {"match", *TokenOptions._fields} - {"sources"}
    schema = json.loads((Path(credhelper.__file__).parent / "settings" / "schema.json").read_text())
    assert set(document) == set(schema["properties"])
    assert {"logins": document["logins"].keys(), "tokens": document["tokens"].keys()} == {
        table: schema["properties"][table]["properties"].keys() for table in ("logins", "tokens")
    }
    assert document["delegate"][0].keys() == schema["definitions"]["delegate"]["properties"].keys()


def test_the_first_example_assumes_a_role_for_an_account_and_uses_a_profile_for_a_region() -> None:
    role_options = find_target("210987654321.dkr.ecr.us-east-1.amazonaws.com", EXAMPLES[0]).options
    profile_options = find_target("123456789012.dkr.ecr.eu-west-1.amazonaws.com", EXAMPLES[0]).options
    default_options = find_target("123456789012.dkr.ecr.us-east-1.amazonaws.com", EXAMPLES[0]).options
    assert (role_options.role_arn, role_options.base_profile) == ("arn:aws:iam::210987654321:role/pull", "")
    assert profile_options.profile == "europe"
    assert default_options == TokenOptions()


@pytest.mark.parametrize(
    ("host", "keys"),
    [
        ("images.example.com", {"role_arn", "source_profile", "external_id", "session_name", "duration", "region"}),
        (
            "345678901234.dkr.ecr.eu-west-1.amazonaws.com",
            {"profile", "proxy", "ca_bundle", "timeout", "connect_timeout", "read_timeout"},
        ),
        ("123456789012.dkr.ecr.eu-west-1.amazonaws.com", {"endpoint_url", "proxy"}),
        ("123456789012.dkr.ecr.us-gov-west-1.amazonaws.com", {"fips", "dualstack"}),
        ("123456789012.dkr.ecr.us-east-1.amazonaws.com", set()),
    ],
)
def test_the_full_example_sets_the_expected_options_for_each_host(host: str, keys: set[str]) -> None:
    assert set(find_target(host).options.sources) == keys


def test_the_schema_is_where_the_document_says() -> None:
    path = DOCUMENT.split("](../")[1].split(")")[0]
    schema = Path(credhelper.__file__).parent.parent / path
    assert json.loads(schema.read_text())["title"]


def test_the_default_of_each_key_is_documented() -> None:
    rows = [line for line in DOCUMENT.splitlines() if re.match(r"\| `(\w+)` \|", line) and line.count(" | ") == 2]
    assert {row.split("`")[1] for row in rows} == set(TokenOptions._fields) - {"sources"}
