"""The examples of docs/settings.md are settings, and say what stands beside them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import credhelper
from credhelper.settings.combine import merge
from credhelper.settings.document import parse
from credhelper.settings.toml import loads
from credhelper.target import Target, TokenOptions

DOCUMENT = (Path(__file__).parents[2] / "docs" / "settings.md").read_text()
EXAMPLES = re.findall(r"```toml\n(.*?)```", DOCUMENT, re.DOTALL)
[WHOLE] = [example for example in EXAMPLES if example.startswith("# each rule")]


def target(host: str, example: str = WHOLE) -> Target:
    found = merge([parse("example", example.encode())]).find_target(host)
    assert found is not None
    return found


@pytest.mark.parametrize("example", EXAMPLES)
def test_each_is_taken(example: str) -> None:
    merge([parse("example", example.encode())])


def test_the_whole_one_has_every_option() -> None:
    whole = loads(WHOLE)
    keys = {key for rule in whole["rule"] for key in rule}
    assert keys == {"match", *TokenOptions._fields} - {"sources"}
    schema = json.loads((Path(credhelper.__file__).parent / "settings" / "schema.json").read_text())
    assert set(whole) == set(schema["properties"])
    assert {"logins": whole["logins"].keys(), "tokens": whole["tokens"].keys()} == {
        table: schema["properties"][table]["properties"].keys() for table in ("logins", "tokens")
    }
    assert whole["delegate"][0].keys() == schema["definitions"]["delegate"]["properties"].keys()


def test_the_first_one_assumes_a_role_for_an_account_and_takes_a_profile_for_a_region() -> None:
    other = target("210987654321.dkr.ecr.us-east-1.amazonaws.com", EXAMPLES[0]).options
    europe = target("123456789012.dkr.ecr.eu-west-1.amazonaws.com", EXAMPLES[0]).options
    neither = target("123456789012.dkr.ecr.us-east-1.amazonaws.com", EXAMPLES[0]).options
    assert (other.role_arn, other.base_profile) == ("arn:aws:iam::210987654321:role/pull", "")
    assert europe.profile == "europe"
    assert neither == TokenOptions()


@pytest.mark.parametrize(
    ("host", "said"),
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
def test_the_whole_one_says_for_each_host_what_it_seems_to(host: str, said: set[str]) -> None:
    assert set(target(host).options.sources) == said


def test_the_schema_is_where_the_document_says() -> None:
    named = DOCUMENT.split("](../")[1].split(")")[0]
    schema = Path(credhelper.__file__).parent.parent / named
    assert json.loads(schema.read_text())["title"]


def test_what_a_rule_does_not_say_is_told_for_each_key() -> None:
    rows = [line for line in DOCUMENT.splitlines() if re.match(r"\| `(\w+)` \|", line) and line.count(" | ") == 2]
    assert {row.split("`")[1] for row in rows} == set(TokenOptions._fields) - {"sources"}
