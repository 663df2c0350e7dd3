"""The endpoint, the proxy and the timeouts of a rule, in the clients that botocore creates; no request is sent."""

from __future__ import annotations

import re
from typing import Any

import pytest

from credhelper.aws import exchange
from credhelper.ecr.registry import Registry
from credhelper.ecr.target import Target, TokenOptions

EAST, PUBLIC = Registry("123456789012", "us-east-1"), Registry("", "us-east-1")
PRIVATE_LINK = "https://vpce-0a1b2c3d.api.ecr.us-east-1.vpce.amazonaws.com"
KEYS = {"AWS_ACCESS_KEY_ID": "AKIAONE", "AWS_SECRET_ACCESS_KEY": "hidden"}


@pytest.fixture(autouse=True)
def keys_without_endpoint(monkeypatch: pytest.MonkeyPatch) -> None:
    """Set keys, and no endpoint."""
    monkeypatch.delenv("AWS_ENDPOINT_URL")
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)


def get_endpoint_url(options: TokenOptions, registry: Registry = EAST) -> str:
    """Return the URL at which ECR would be called."""
    target = Target(registry.host, registry, options)
    return str(exchange.create_client(target, exchange.create_session(target)).meta.endpoint_url)


def list_client_configs(options: TokenOptions) -> list[Any]:
    """Return the configurations of the clients of ECR and STS."""
    target = Target(EAST.host, EAST, options)
    session = exchange.create_session(target)
    return [exchange.create_client(target, session).meta.config, session.create_client("sts").meta.config]


FIPS_PATTERN = r"https://(api\.)?ecr-fips\.us-east-1\.amazonaws\.com"  # older versions of botocore have the longer one
ENDPOINTS = {
    "nothing": (TokenOptions(), EAST, "https://api.ecr.us-east-1.amazonaws.com"),
    "a name of one's own": (TokenOptions(endpoint_url=PRIVATE_LINK), EAST, PRIVATE_LINK),
    "fips": (TokenOptions(fips=True), EAST, FIPS_PATTERN),
    "dual-stack": (TokenOptions(dualstack=True), EAST, "https://ecr.us-east-1.api.aws"),
    "both": (TokenOptions(fips=True, dualstack=True), EAST, "https://ecr-fips.us-east-1.api.aws"),
    "fips for all, and the public registry": (
        TokenOptions(fips=True),
        PUBLIC,
        "https://api.ecr-public.us-east-1.amazonaws.com",
    ),
    "no fips, and a host that names it": (
        TokenOptions(fips=False),
        EAST._replace(fips=True),
        FIPS_PATTERN,
    ),
    "a region, which is STS's": (TokenOptions(region="eu-west-1"), EAST, "https://api.ecr.us-east-1.amazonaws.com"),
}


@pytest.mark.parametrize(("options", "registry", "expected_url"), ENDPOINTS.values(), ids=ENDPOINTS)
def test_the_endpoint_that_a_rule_selects_is_called(
    options: TokenOptions, registry: Registry, expected_url: str
) -> None:
    assert re.fullmatch(expected_url, get_endpoint_url(options, registry))


@pytest.mark.parametrize("variable", ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_ECR"])
def test_the_endpoint_of_a_rule_beats_that_of_the_environment(monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    monkeypatch.setenv(variable, "http://127.0.0.1:9")
    assert get_endpoint_url(TokenOptions()) == "http://127.0.0.1:9"
    assert get_endpoint_url(TokenOptions(endpoint_url=PRIVATE_LINK)) == PRIVATE_LINK


@pytest.mark.parametrize("variable", ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_ECR"])
@pytest.mark.parametrize("options", [TokenOptions(fips=True), TokenOptions(dualstack=True)])
def test_the_kind_of_endpoint_of_a_rule_beats_an_endpoint_of_the_environment(
    monkeypatch: pytest.MonkeyPatch, variable: str, options: TokenOptions
) -> None:
    """A user who requires validated cryptography must not silently get another endpoint."""
    monkeypatch.setenv(variable, "http://127.0.0.1:9")
    assert "127.0.0.1" not in get_endpoint_url(options)


def test_a_switch_of_a_rule_beats_that_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_USE_FIPS_ENDPOINT", "true")
    monkeypatch.setenv("AWS_USE_DUALSTACK_ENDPOINT", "true")
    assert get_endpoint_url(TokenOptions()) == "https://ecr-fips.us-east-1.api.aws"
    assert get_endpoint_url(TokenOptions(fips=False, dualstack=False)) == "https://api.ecr.us-east-1.amazonaws.com"
    assert get_endpoint_url(TokenOptions(endpoint_url=PRIVATE_LINK)) == PRIVATE_LINK


@pytest.mark.parametrize(
    ("proxy", "proxies"),
    [
        (None, None),
        ("", {}),
        ("http://proxy:3128", {"http": "http://proxy:3128", "https": "http://proxy:3128"}),
    ],
)
def test_the_proxy_of_a_rule_applies_to_ecr_and_sts(proxy: str | None, proxies: dict[str, str] | None) -> None:
    assert [client_config.proxies for client_config in list_client_configs(TokenOptions(proxy=proxy))] == [
        proxies,
        proxies,
    ]


def test_the_timeouts_of_a_rule_apply_to_ecr_and_sts() -> None:
    timeouts = [
        (client_config.connect_timeout, client_config.read_timeout)
        for client_config in list_client_configs(TokenOptions(connect_timeout=0.5, read_timeout=7))
    ]
    assert timeouts == [(0.5, 7)] * 2


def test_the_region_of_a_rule_is_that_of_sts() -> None:
    target = Target(EAST.host, EAST, TokenOptions(region="eu-west-1"))
    assert exchange.create_session(target).create_client("sts").meta.region_name == "eu-west-1"
