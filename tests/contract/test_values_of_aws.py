"""Invalid values in AWS's variables and files: each is reported for what it is, and none as an internal error."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.contract.test_failures import BASE_PROFILE, KEYS, SECRET, check_failure
from tests.support.runner import parse_error, run_get, run_helper

if TYPE_CHECKING:
    from pathlib import Path

TOKEN = "IQoJb3JpZ2luX2Vj-a-secret-of-somebody"
KEY_LINES = f"aws_access_key_id = AKIAONE\naws_secret_access_key = {SECRET}\n"
ROLE_LINE = "role_arn = arn:aws:iam::123456789012:role/build\n"
CHAIN = f"[default]\n{ROLE_LINE}source_profile = b\n[profile b]\n"


@pytest.fixture
def config(home: Path) -> Path:
    path = home / ".aws" / "config"
    path.parent.mkdir()
    return path


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("AWS_STS_REGIONAL_ENDPOINTS", "everywhere"),
        ("AWS_DEFAULTS_MODE", "fast"),
        ("AWS_ACCOUNT_ID_ENDPOINT_MODE", "maybe"),
        ("AWS_REQUEST_CHECKSUM_CALCULATION", "maybe"),
        ("AWS_METADATA_SERVICE_TIMEOUT", "soon"),
        ("AWS_METADATA_SERVICE_NUM_ATTEMPTS", "many"),
        ("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", "IPv5"),
    ],
)
def test_a_variable_that_botocore_rejects_is_not_reported_as_an_endpoint(variable: str, value: str) -> None:
    result = run_get(**KEYS, **{"AWS_EC2_METADATA_SERVICE_ENDPOINT": None, variable: value})
    assert "[config-invalid]" in check_failure(result)


@pytest.mark.parametrize("port", ["99999", "x"])
def test_an_endpoint_with_an_invalid_port_is_not_called(port: str) -> None:
    assert "[no-endpoint]" in check_failure(run_get(AWS_ENDPOINT_URL_ECR=f"http://127.0.0.1:{port}", **KEYS))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("AWS_SESSION_TOKEN", f"{TOKEN}\n"),
        ("AWS_SESSION_TOKEN", f"{TOKEN}\udc80"),
        ("AWS_SECRET_ACCESS_KEY", f"{SECRET}\n"),
        ("AWS_SECRET_ACCESS_KEY", f"{SECRET}\udc80"),
        ("AWS_ACCESS_KEY_ID", "AKIA\n"),
        ("AWS_ACCESS_KEY_ID", "\u201cAKIA\u201d"),
    ],
)
def test_a_key_with_an_invalid_character_is_named_and_not_sent(name: str, value: str) -> None:
    result = run_get(**{**KEYS, name: value})
    assert name.removeprefix("AWS_").replace("_", " ").lower() in check_failure(result)
    assert TOKEN not in result.stderr_text


def write_credential_process(home: Path, **changes: object) -> str:
    """Return a profile whose program prints keys with `changes` to them."""
    program = home / "give"
    keys = json.dumps({"Version": 1, "AccessKeyId": "AKIAONE", "SecretAccessKey": SECRET, **changes})
    program.write_text(f"#!/bin/sh\necho '{keys}'\n")
    program.chmod(0o700)
    return f"[default]\ncredential_process = {program}\n"


def test_a_number_that_a_program_prints_for_a_key_is_not_a_key(config: Path, home: Path) -> None:
    config.write_text(write_credential_process(home, AccessKeyId=5))
    assert "access key id" in check_failure(run_get())


@pytest.mark.parametrize("expiration", ["soon", 5, "2099-01-01T00:00:00", "99999-01-01T00:00:00Z"])
def test_an_invalid_expiration_that_a_program_prints_is_reported(config: Path, home: Path, expiration: object) -> None:
    config.write_text(write_credential_process(home, Expiration=expiration))
    assert "[process-garbled]" in check_failure(run_get())


@pytest.mark.parametrize(
    "key",
    [
        "source_profile",
        "credential_process",
        "ca_bundle",
        "sso_session",
        "defaults_mode",
        "metadata_service_timeout",
        "ec2_metadata_service_endpoint_mode",
    ],
)
def test_a_value_that_is_a_table_is_reported(config: Path, key: str) -> None:
    config.write_text(f"[default]\n{KEY_LINES}{ROLE_LINE if key == 'source_profile' else ''}{key} =\n  a = b\n")
    assert key in check_failure(run_get())


def test_a_table_where_one_is_expected_is_not_reported(config: Path) -> None:
    config.write_text(f"[default]\n{KEY_LINES}s3 =\n  max_queue_size = 1\nca_bundle = a\0b\n")
    assert "s3" not in check_failure(run_get(AWS_ENDPOINT_URL="https://127.0.0.1:9"))


def test_a_name_with_a_nul_is_reported(config: Path) -> None:
    config.write_text(f"[default]\n{ROLE_LINE}web_identity_token_file = a\0b\n")
    check_failure(run_get())


@pytest.mark.parametrize(
    "text",
    [
        f"[default]\ncredential_process = TOKEN={SECRET} /nowhere/program\n",
        f"[{SECRET}/{SECRET}]\n[{SECRET}/{SECRET}]\n",
        f"[default]\n{SECRET}/{SECRET}: x\n{SECRET}/{SECRET}: x\n",
    ],
)
def test_a_secret_in_place_of_a_name_is_not_shown(config: Path, text: str) -> None:
    config.write_text(text)
    check_failure(run_get())


def test_a_region_is_not_searched_for_in_metadata_with_invalid_settings(config: Path) -> None:
    config.write_text(f"[default]\nec2_metadata_service_endpoint_mode =\n  a = b\n{BASE_PROFILE}")
    result = run_helper("get-login", stdin=b"")
    assert result.stdout == b""
    assert "[internal]" not in result.report


def test_the_name_of_a_profile_is_quoted_for_the_shell(config: Path) -> None:
    config.write_text(f'[profile "it\'s mine"]\n{ROLE_LINE}')
    assert """aws configure --profile 'it'"'"'s mine'""" in check_failure(run_get(AWS_PROFILE="it's mine"))


def test_a_name_that_would_move_the_cursor_is_printed_harmlessly() -> None:
    result = run_get(CREDHELPER_CONFIG="/nowhere\n\x1b[2J")
    assert "/nowhere ?[2J" in parse_error(result)


def test_an_empty_variable_is_reported_as_empty() -> None:
    assert "AWS_PROFILE is set but empty" in check_failure(run_get(AWS_PROFILE=""))


@pytest.mark.parametrize(
    "lines",
    [
        "aws_access_key_id = AKIAONE\n",
        "region = us-east-1\n",
        "role_arn = arn:aws:iam::123456789012:role/other\n",
        "role_arn = arn:aws:iam::123456789012:role/other\ncredential_source = EcsContainer\n",
    ],
)
def test_the_incomplete_profile_in_a_chain_is_named(config: Path, lines: str) -> None:
    config.write_text(CHAIN + lines)
    result = run_get()
    assert "the profile b is incomplete" in parse_error(result)
    assert "aws configure --profile b " in check_failure(result)


def test_the_token_file_of_the_profile_of_a_rule_is_named_and_not_that_of_the_variable(
    config: Path, home: Path
) -> None:
    config.write_text(f"[profile pod]\n{ROLE_LINE}web_identity_token_file = /nowhere/of-the-profile\n")
    settings = home / ".config" / "credhelper" / "config.toml"
    settings.parent.mkdir(parents=True)
    settings.write_text('[[rule]]\nmatch = "123456789012"\nprofile = "pod"\n')
    assert "/nowhere/of-the-profile" in check_failure(run_get(AWS_WEB_IDENTITY_TOKEN_FILE="/nowhere/of-the-variable"))
