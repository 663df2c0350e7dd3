"""Identities that expire, are renewed, or become another one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.identities.identities import (
    BEHAVIOUR,
    HOUR,
    IDENTITIES,
    IRSA,
    ROLE,
    install_identities,
    write_sign_in,
    write_token,
)
from tests.e2e.proxy_log import parse_secret, run_get, take_request_log

if TYPE_CHECKING:
    from tests.fake_ec2 import Instance

SSO = IDENTITIES["SSO"]
BLUE, GREEN = IDENTITIES["EKS Pod Identity"], IDENTITIES["EKS Pod Identity of another pod"]
CHAIN = IDENTITIES["a chain of two roles"]
CLIENT = {"clientId": "id", "clientSecret": "x", "registrationExpiresAt": "2100-01-01T00:00:00Z"}


@pytest.fixture(autouse=True)
def installed_identities(clean_instance: Instance) -> None:
    install_identities(clean_instance)


@pytest.mark.parametrize(
    ("kind", "option"), [("SSO", "--sso-session somebody"), ("SSO of old", "--profile signed-in-of-old")]
)
def test_a_sign_in_that_has_expired_is_reported_with_the_command_that_refreshes_it(
    clean_instance: Instance, kind: str, option: str
) -> None:
    write_sign_in(clean_instance, -1)
    result = run_get(clean_instance, env=IDENTITIES[kind].env)
    assert (result.returncode, take_request_log(clean_instance).principals) == (1, [])
    assert f"aws sso login {option}\n" in result.stderr


def test_a_sign_in_with_a_refresh_token_is_refreshed_without_a_prompt(clean_instance: Instance) -> None:
    write_sign_in(clean_instance, -1, refreshToken="a refresh token", **CLIENT)
    parse_secret(run_get(clean_instance, env=SSO.env))
    operations = [call["operation"] for call in clean_instance.control.read_log() if call["service"] == "sso"]
    assert operations == ["CreateToken", "GetRoleCredentials"]
    assert take_request_log(clean_instance).principals == [SSO.principal]


def test_a_refresh_token_that_is_refused_is_an_expired_sign_in(clean_instance: Instance) -> None:
    write_sign_in(clean_instance, -1, refreshToken="an old one", **CLIENT)
    result = run_get(clean_instance, env=SSO.env)
    assert result.returncode == 1
    assert "explain sso-expired" in result.stderr


@pytest.mark.parametrize("error_id", ["web-identity-expired", "web-identity-refused"])
def test_a_web_identity_that_sts_refuses_gives_no_token(clean_instance: Instance, error_id: str) -> None:
    if error_id == "web-identity-expired":
        write_token(clean_instance, "irsa", -1)
    else:
        clean_instance.write(IRSA["AWS_WEB_IDENTITY_TOKEN_FILE"], "garbage")
    result = run_get(clean_instance, env=IRSA)
    assert (result.returncode, take_request_log(clean_instance).principals) == (1, [])
    assert f"explain {error_id}\n" in result.stderr


@pytest.mark.parametrize("kind", ["IRSA", "EKS Pod Identity"])
def test_a_rotated_token_file_belongs_to_the_same_identity(clean_instance: Instance, kind: str) -> None:
    identity = IDENTITIES[kind]
    parse_secret(run_get(clean_instance, env=identity.env))
    for name in ("irsa", "blue"):
        write_token(clean_instance, name, 2 * HOUR)
    parse_secret(run_get(clean_instance, env=identity.env))
    assert set(take_request_log(clean_instance).principals) == {identity.principal}


def test_a_token_file_of_another_account_is_another_identity(clean_instance: Instance) -> None:
    first = parse_secret(run_get(clean_instance, env=BLUE.env))
    token = GREEN.env["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"]
    clean_instance.check_output("change it", ["cp", token, BLUE.env["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"]])
    assert parse_secret(run_get(clean_instance, env=BLUE.env)) != first
    assert take_request_log(clean_instance).principals == [BLUE.principal, GREEN.principal]


def test_a_chain_ends_at_the_link_that_does_not_trust_the_one_before(clean_instance: Instance) -> None:
    clean_instance.control.configure(trust={**BEHAVIOUR["trust"], f"{ROLE}of-role": {"by": [f"{ROLE}of-instance"]}})
    result = run_get(clean_instance, env=CHAIN.env)
    log = take_request_log(clean_instance)
    assert (result.returncode, log.principals, log.roles) == (1, [], list(CHAIN.roles))
    assert f"{ROLE}of-role" in result.stderr
    assert "explain assume-role-denied" in result.stderr


def test_a_failing_container_service_is_reported_and_the_instance_role_is_not_used(clean_instance: Instance) -> None:
    clean_instance.control.configure(container="fail")
    result = run_get(clean_instance, env=BLUE.env)
    assert (result.returncode, take_request_log(clean_instance).principals) == (1, [])
    assert "explain container-unreachable" in result.stderr
