"""Each value knows who said it."""

from __future__ import annotations

import pytest

from credhelper.registry import Registry
from credhelper.settings.effective import iter_effective_values
from credhelper.target import Target, TokenOptions, without_settings

REGISTRY = Registry("123456789012", "eu-west-1")
PUBLIC = Registry("", "us-east-1")


def shown(target: Target, **environ: str) -> dict[str, tuple[str, str]]:
    return {value.name: (value.text, value.source) for value in iter_effective_values(target, environ)}


def by_rule(**said: object) -> Target:
    sources = {name: f"config.toml, line {number}" for number, name in enumerate(said, 2)}
    return Target(REGISTRY.host, REGISTRY, TokenOptions(**said, sources=sources))  # type: ignore[arg-type]


def test_without_settings_and_variables_there_are_the_host_s_values_and_our_defaults() -> None:
    assert shown(without_settings(REGISTRY)) == {
        "registry": (REGISTRY.host, "the host"),
        "region": ("eu-west-1", "the registry's"),
        "timeout": ("15", "default"),
    }


def test_a_variable_is_named_as_the_source_of_its_value() -> None:
    assert shown(without_settings(REGISTRY), AWS_PROFILE="prod")["profile"] == ("prod", "AWS_PROFILE")


def test_a_rule_beats_the_variable_and_tells_file_and_line() -> None:
    assert shown(by_rule(profile="team"), AWS_PROFILE="prod")["profile"] == ("team", "config.toml, line 2")


@pytest.mark.parametrize("blank", ["", " ", "\t"])
def test_a_blank_ca_bundle_is_not_one(blank: str) -> None:
    found = shown(without_settings(REGISTRY), AWS_CA_BUNDLE=blank, REQUESTS_CA_BUNDLE="/etc/ca.pem")
    assert found["ca_bundle"] == ("/etc/ca.pem", "REQUESTS_CA_BUNDLE")


def test_a_switch_that_is_off_is_shown_as_well() -> None:
    assert shown(by_rule(fips=False), AWS_USE_FIPS_ENDPOINT="true")["fips"] == ("False", "config.toml, line 2")


@pytest.mark.parametrize(
    ("registry", "variable"), [(REGISTRY, "AWS_ENDPOINT_URL_ECR"), (PUBLIC, "AWS_ENDPOINT_URL_ECR_PUBLIC")]
)
def test_the_endpoint_of_the_service_beats_that_of_all(registry: Registry, variable: str) -> None:
    found = shown(without_settings(registry), AWS_ENDPOINT_URL="https://all", **{variable: "https://one"})
    assert found["endpoint_url"] == ("https://one", variable)


def test_a_rule_that_names_the_endpoint_otherwise_beats_the_variable_too() -> None:
    assert "endpoint_url" not in shown(by_rule(fips=True), AWS_ENDPOINT_URL_ECR="https://one")


def test_an_alias_is_told_from_the_registry_behind_it() -> None:
    assert shown(Target("images.example.com", REGISTRY))["registry"] == (REGISTRY.host, "its alias")


@pytest.mark.parametrize(
    "values",
    [
        shown(by_rule(proxy="http://me:hunter2@proxy:3128", external_id="hunter2", role_arn="x")),
        shown(without_settings(REGISTRY), HTTPS_PROXY="http://me:hunter2@proxy:3128"),
    ],
)
def test_no_secret_is_shown(values: dict[str, tuple[str, str]]) -> None:
    assert "hunter2" not in str(values)
    assert values["proxy"][0] == "http://proxy:3128"


def test_an_at_sign_is_of_a_user_in_a_url_alone() -> None:
    found = shown(by_rule(session_name="who@example.com", proxy="who:secret@proxy:3128"))
    assert found["session_name"][0] == "who@example.com"
    assert found["proxy"][0] == "proxy:3128"
