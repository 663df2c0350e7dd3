"""Aliases: trusted settings map an exact host name, and no address or pattern, to a registry of ECR."""

from __future__ import annotations

import json

import pytest

from credhelper.ecr.registry import Registry
from credhelper.errors import HelperError
from credhelper.settings.aliases import parse_aliases
from credhelper.settings.parse import parse

PATH = "/etc/credhelper/config.toml"
HOST = "123456789012.dkr.ecr.us-east-1.amazonaws.com"
REGISTRY = Registry("123456789012", "us-east-1")


def make_aliases(**targets: str) -> dict[str, Registry]:
    lines = "".join(f"{json.dumps(name)} = {json.dumps(target)}\n" for name, target in targets.items())
    return parse_aliases(parse(PATH, f"[aliases]\n'first.example.com' = '{HOST}'\n{lines}".encode()))


def get_error_message(name: str, target: str = HOST) -> str:
    with pytest.raises(HelperError) as excinfo:
        make_aliases(**{name: target})
    assert excinfo.value.id == "settings-bad-alias"
    assert excinfo.value.why.startswith(f"{PATH}, line 3")
    return str(excinfo.value)


@pytest.mark.parametrize(
    "name",
    [
        *("images.example.com", "images", "images.example.com:5000", "localhost:5000", "my_images.example.com"),
        *("1.example.com", "10-0-0-1.example.com", "0x7f.example.com", "images.example.com."),
    ],
)
def test_a_name_may_have_a_port(name: str) -> None:
    assert make_aliases(**{name: HOST})[name] == REGISTRY


@pytest.mark.parametrize(
    ("host", "registry"),
    [
        ("public.ecr.aws", Registry("", "us-east-1")),
        ("123456789012.dkr-ecr.us-east-1.on.aws", REGISTRY._replace(dualstack=True)),
        ("123456789012.dkr.ecr-fips.us-east-1.amazonaws.com", REGISTRY._replace(fips=True)),
    ],
)
def test_any_registry_of_ecr_can_be_the_target_of_an_alias(host: str, registry: Registry) -> None:
    assert make_aliases(**{"images.example.com": host})["images.example.com"] == registry


@pytest.mark.parametrize(
    "name",
    [
        *("127.0.0.1", "127.1", "127.0.0.1.", "127.0.0.1:5000", "10.0.0.1:5000", "2130706433", "0177.0.0.1"),
        *("0x7f.1", "0x7f000001", "127.0.0.0x1", "example.0x7f", "1", "1:5000", "169.254.169.254", "images.1"),
        *("[::1]", "[::1]:5000", "[fe80::1]", "[127.0.0.1]", "[::ffff:127.0.0.1]:80"),
    ],
)
def test_an_address_in_any_form_is_refused(name: str) -> None:
    assert "is an IP address" in get_error_message(name)


@pytest.mark.parametrize(
    ("name", "canonical"),
    [
        ("Images.Example.com", "images.example.com"),
        ("https://images.example.com", "images.example.com"),
        ("http://images.example.com/v2/", "images.example.com"),
        ("images.example.com/team", "images.example.com"),
        ("images.example.com:443", "images.example.com"),
        (" images.example.com", "images.example.com"),
    ],
)
def test_a_name_that_is_not_canonical_is_refused_with_its_canonical_form(name: str, canonical: str) -> None:
    assert f"must be a canonical host name, here {canonical} (" in get_error_message(name)


@pytest.mark.parametrize(
    "name",
    [
        *(
            "",
            " ",
            "*.example.com",
            "images.*",
            "images..\u0435xample.com",
            "b\u00fccher.example",
            "images example.com",
        ),
        *("somebody@images.example.com", "images.example.com:https", "::1", "images.example.com\u200b", "a,b"),
        *(".example.com", "..", "-images.example.com"),
    ],
)
def test_a_name_that_is_not_a_host_is_refused(name: str) -> None:
    assert "is not a host" in get_error_message(name)


def test_a_registry_of_ecr_needs_no_alias() -> None:
    assert "is a registry in Amazon ECR itself" in get_error_message("210987654321.dkr.ecr.us-east-1.amazonaws.com")
    assert "is a registry in Amazon ECR itself" in get_error_message("public.ecr.aws")


@pytest.mark.parametrize("target", ["first.example.com", "images.example.com"])
def test_an_alias_of_another_alias_or_of_itself_is_refused(target: str) -> None:
    assert "is itself an alias" in get_error_message("images.example.com", target)


@pytest.mark.parametrize(
    "target",
    [
        *("", "123456789012", "example.com", "123456789012.dkr.ecr.us-east-1.amazonaws.com.evil.example"),
        *(f"{HOST}.", f"{HOST}:443", f"https://{HOST}", HOST.upper(), "*.dkr.ecr.us-east-1.amazonaws.com"),
        *("12345678901\u0662.dkr.ecr.us-east-1.amazonaws.com", "api.ecr.us-east-1.amazonaws.com", "public.ecr.aws."),
    ],
)
def test_a_target_that_is_not_exactly_a_registry_of_ecr_is_refused(target: str) -> None:
    assert "is not a registry in Amazon ECR" in get_error_message("images.example.com", target)
