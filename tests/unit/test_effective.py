"""Effective values: what applies to a target, and the source of each value."""

from __future__ import annotations

import pytest

from credhelper.ecr.registry import Registry
from credhelper.ecr.target import Target, TokenOptions, without_settings
from credhelper.settings.effective import iter_effective_values

REGISTRY = Registry("123456789012", "eu-west-1")
PUBLIC = Registry("", "us-east-1")


def list_values(target: Target, **environ: str) -> dict[str, tuple[str, str]]:
    return {value.name: (value.text, value.source) for value in iter_effective_values(target, environ)}


def make_target(**options: object) -> Target:
    sources = {name: f"config.toml, line {number}" for number, name in enumerate(options, 2)}
    return Target(REGISTRY.host, REGISTRY, TokenOptions(**options, sources=sources))  # type: ignore[arg-type]


def test_without_settings_and_variables_the_values_are_those_of_the_host_and_our_defaults() -> None:
    assert list_values(without_settings(REGISTRY)) == {
        "registry": (REGISTRY.host, "the host"),
        "region": ("eu-west-1", "the registry's"),
        "timeout": ("15", "default"),
    }


def test_a_variable_is_named_as_the_source_of_its_value() -> None:
    assert list_values(without_settings(REGISTRY), AWS_PROFILE="prod")["profile"] == ("prod", "AWS_PROFILE")


def test_a_rule_beats_the_variable_and_names_file_and_line() -> None:
    assert list_values(make_target(profile="team"), AWS_PROFILE="prod")["profile"] == ("team", "config.toml, line 2")


@pytest.mark.parametrize("blank", ["", " ", "\t"])
def test_a_blank_ca_bundle_is_ignored(blank: str) -> None:
    values = list_values(without_settings(REGISTRY), AWS_CA_BUNDLE=blank, REQUESTS_CA_BUNDLE="/etc/ca.pem")
    assert values["ca_bundle"] == ("/etc/ca.pem", "REQUESTS_CA_BUNDLE")


def test_a_switch_that_is_off_is_shown_as_well() -> None:
    assert list_values(make_target(fips=False), AWS_USE_FIPS_ENDPOINT="true")["fips"] == (
        "False",
        "config.toml, line 2",
    )


@pytest.mark.parametrize(
    ("registry", "variable"), [(REGISTRY, "AWS_ENDPOINT_URL_ECR"), (PUBLIC, "AWS_ENDPOINT_URL_ECR_PUBLIC")]
)
def test_the_endpoint_of_the_service_beats_that_of_all_services(registry: Registry, variable: str) -> None:
    values = list_values(without_settings(registry), AWS_ENDPOINT_URL="https://all", **{variable: "https://one"})
    assert values["endpoint_url"] == ("https://one", variable)


def test_a_rule_that_sets_the_kind_of_endpoint_beats_the_variable_too() -> None:
    assert "endpoint_url" not in list_values(make_target(fips=True), AWS_ENDPOINT_URL_ECR="https://one")


def test_an_alias_is_distinguished_from_its_registry() -> None:
    assert list_values(Target("images.example.com", REGISTRY))["registry"] == (REGISTRY.host, "its alias")


@pytest.mark.parametrize(
    "values",
    [
        list_values(make_target(proxy="http://me:hunter2@proxy:3128", external_id="hunter2", role_arn="x")),
        list_values(without_settings(REGISTRY), HTTPS_PROXY="http://me:hunter2@proxy:3128"),
    ],
)
def test_no_secret_is_shown(values: dict[str, tuple[str, str]]) -> None:
    assert "hunter2" not in str(values)
    assert values["proxy"][0] == "http://proxy:3128"


def test_an_at_sign_separates_a_user_only_in_a_url() -> None:
    values = list_values(make_target(session_name="who@example.com", proxy="who:secret@proxy:3128"))
    assert values["session_name"][0] == "who@example.com"
    assert values["proxy"][0] == "proxy:3128"
