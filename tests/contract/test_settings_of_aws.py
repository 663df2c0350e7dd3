"""Unusable AWS settings: each is reported for what it is, and none as an internal error."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.contract.test_failures import BASE_PROFILE, check_failure
from tests.support.runner import parse_error, run_get

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def config(home: Path) -> Path:
    path = home / ".aws" / "config"
    path.parent.mkdir()
    return path


pytestmark = pytest.mark.usefixtures("cloud")


def test_a_missing_profile_is_named() -> None:
    assert "nowhere" in check_failure(run_get(AWS_PROFILE="nowhere"))


def test_half_a_pair_of_keys_is_named() -> None:
    assert "secret" in check_failure(run_get(AWS_ACCESS_KEY_ID="AKIAONE")).lower()


def test_a_configuration_that_cannot_be_read_is_named(config: Path) -> None:
    config.write_text("[default\nx")
    assert str(config) in check_failure(run_get())


def test_a_configuration_that_is_not_text_is_reported(config: Path) -> None:
    config.write_bytes(b"[default]\nregion = \xff\xfe\n")
    assert parse_error(run_get())
    check_failure(run_get())


def test_a_missing_token_file_is_named(home: Path) -> None:
    role = {"AWS_ROLE_ARN": "arn:aws:iam::123456789012:role/build", "AWS_WEB_IDENTITY_TOKEN_FILE": f"{home}/nowhere"}
    assert f"{home}/nowhere" in check_failure(run_get(**role))


def test_a_missing_credential_process_is_named(config: Path) -> None:
    config.write_text("[default]\ncredential_process = /nowhere/program\n")
    assert "/nowhere/program" in check_failure(run_get())


def test_a_credential_process_that_fails_is_reported_without_its_own_output(config: Path) -> None:
    """The output may be secret, and botocore would quote all of it."""
    config.write_text("[default]\ncredential_process = sh -c 'echo log in first >&2; exit 3'\n")
    result = run_get()
    assert "the credential_process sh failed" in parse_error(result)
    assert "log in first" not in parse_error(result) + check_failure(result)


def test_an_endpoint_that_is_not_a_url_is_named_and_the_credentials_are_not_blamed() -> None:
    result = run_get(AWS_ENDPOINT_URL_ECR="nowhere")
    assert "nowhere" in check_failure(result)
    assert "credentials" not in parse_error(result)


def test_a_role_that_requires_a_code_is_reported_and_nothing_prompts(config: Path) -> None:
    role = "role_arn = arn:aws:iam::123456789012:role/build\nsource_profile = base\n"
    config.write_text(f"[default]\n{role}mfa_serial = arn:aws:iam::123456789012:mfa/somebody\n{BASE_PROFILE}")
    result = run_get()
    assert "MFA" in check_failure(result)
    assert "Enter" not in result.stderr_text


def test_a_role_that_names_itself_is_reported(config: Path) -> None:
    config.write_text("[profile a]\nrole_arn = arn:aws:iam::123456789012:role/a\nsource_profile = b\n")
    with config.open("a") as file:
        file.write("[profile b]\nrole_arn = arn:aws:iam::123456789012:role/b\nsource_profile = a\n")
    check_failure(run_get(AWS_PROFILE="a"))


@pytest.mark.parametrize("name", ["AWS_CA_BUNDLE", "AWS_USE_FIPS_ENDPOINT", "AWS_RETRY_MODE"])
def test_an_invalid_setting_leads_to_an_answer_or_a_message(name: str) -> None:
    result = run_get(**{name: "nonsense"})
    assert result.status == 0 or check_failure(result)
