"""Identities that expire, are renewed, or become another one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.identities.who import HOUR, IDENTITIES, IRSA, ROLE, TOLD, give_token, settle, sign_in
from tests.e2e.witness import get, secret, witness

if TYPE_CHECKING:
    from tests.instance import Instance

SSO = IDENTITIES["SSO"]
BLUE, GREEN = IDENTITIES["EKS Pod Identity"], IDENTITIES["EKS Pod Identity of another pod"]
CHAIN = IDENTITIES["a chain of two roles"]
CLIENT = {"clientId": "id", "clientSecret": "x", "registrationExpiresAt": "2100-01-01T00:00:00Z"}


@pytest.fixture(autouse=True)
def settled(wiped: Instance) -> None:
    settle(wiped)


@pytest.mark.parametrize(
    ("kind", "option"), [("SSO", "--sso-session somebody"), ("SSO of old", "--profile signed-in-of-old")]
)
def test_a_sign_in_that_has_expired_is_told_with_the_command_that_renews_it(
    wiped: Instance, kind: str, option: str
) -> None:
    sign_in(wiped, -1)
    done = get(wiped, env=IDENTITIES[kind].env)
    assert (done.returncode, witness(wiped).principals) == (1, [])
    assert f"aws sso login {option}\n" in done.stderr


def test_a_sign_in_with_a_refresh_token_is_renewed_and_nobody_asked(wiped: Instance) -> None:
    sign_in(wiped, -1, refreshToken="a refresh token", **CLIENT)
    secret(get(wiped, env=SSO.env))
    asked = [call["operation"] for call in wiped.control.log() if call["service"] == "sso"]
    assert asked == ["CreateToken", "GetRoleCredentials"]
    assert witness(wiped).principals == [SSO.principal]


def test_a_refresh_token_that_is_refused_is_an_expired_sign_in(wiped: Instance) -> None:
    sign_in(wiped, -1, refreshToken="an old one", **CLIENT)
    done = get(wiped, env=SSO.env)
    assert done.returncode == 1
    assert "[sso-expired]" in done.stderr


@pytest.mark.parametrize("said", ["web-identity-expired", "web-identity-refused"])
def test_a_web_identity_that_sts_refuses_gives_no_token(wiped: Instance, said: str) -> None:
    if said == "web-identity-expired":
        give_token(wiped, "irsa", -1)
    else:
        wiped.write(IRSA["AWS_WEB_IDENTITY_TOKEN_FILE"], "garbage")
    done = get(wiped, env=IRSA)
    assert (done.returncode, witness(wiped).principals) == (1, [])
    assert f"[{said}]" in done.stderr


@pytest.mark.parametrize("kind", ["IRSA", "EKS Pod Identity"])
def test_a_token_file_that_is_rotated_is_the_same_identity_s(wiped: Instance, kind: str) -> None:
    identity = IDENTITIES[kind]
    secret(get(wiped, env=identity.env))
    for name in ("irsa", "blue"):
        give_token(wiped, name, 2 * HOUR)
    secret(get(wiped, env=identity.env))
    assert set(witness(wiped).principals) == {identity.principal}


def test_a_token_file_that_becomes_another_account_s_is_another_identity(wiped: Instance) -> None:
    first = secret(get(wiped, env=BLUE.env))
    token = GREEN.env["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"]
    wiped.must("change it", ["cp", token, BLUE.env["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"]])
    assert secret(get(wiped, env=BLUE.env)) != first
    assert witness(wiped).principals == [BLUE.principal, GREEN.principal]


def test_a_chain_ends_at_the_link_that_does_not_trust_the_one_before(wiped: Instance) -> None:
    wiped.control.tell(trust={**TOLD["trust"], f"{ROLE}of-role": {"by": [f"{ROLE}of-instance"]}})
    done = get(wiped, env=CHAIN.env)
    saw = witness(wiped)
    assert (done.returncode, saw.principals, saw.roles) == (1, [], list(CHAIN.roles))
    assert f"{ROLE}of-role" in done.stderr
    assert "[assume-role-denied]" in done.stderr


def test_a_container_s_service_that_fails_is_told_and_the_instance_s_role_not_taken(wiped: Instance) -> None:
    wiped.control.tell(container="fail")
    done = get(wiped, env=BLUE.env)
    assert (done.returncode, witness(wiped).principals) == (1, [])
    assert "[container-unreachable]" in done.stderr
