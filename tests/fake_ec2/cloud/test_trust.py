"""Which principals may assume a role, for how long, and with which token."""

from __future__ import annotations

import re
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.fake_ec2.cloud.requests import INSTANCE, NOW, create_client
from tests.fake_ec2.services import Loopback
from tests.fake_ec2.services.web_identities import mint_token

BUILD, DEPLOY = "arn:aws:iam::210987654321:role/build", "arn:aws:iam::210987654321:role/path/deploy"
APP = "arn:aws:iam::123456789012:role/app-role"
USER = {"aws_access_key_id": "AKIAUSER", "aws_secret_access_key": "x"}
SUBJECT = "system:serviceaccount:default:ci"


def assume_role(role: str, keys: dict[str, str] | None = None, **options: Any) -> dict[str, str]:  # noqa: ANN401  # botocore's
    credentials = create_client("sts", **(keys or {})).assume_role(RoleArn=role, RoleSessionName="session", **options)[
        "Credentials"
    ]
    return {
        "aws_access_key_id": credentials["AccessKeyId"],
        "aws_secret_access_key": credentials["SecretAccessKey"],
        "aws_session_token": credentials["SessionToken"],
    }


def assume_with_token(token: str, role: str = BUILD) -> str:
    response = create_client("sts").assume_role_with_web_identity(
        RoleArn=role, RoleSessionName="session", WebIdentityToken=token
    )
    return str(response["SubjectFromWebIdentityToken"])


def test_each_role_of_a_chain_is_assumed_by_the_previous_one(cloud: Loopback) -> None:
    cloud.configure(trust={BUILD: {"by": [APP]}, DEPLOY: {"by": [BUILD]}})
    assume_role(DEPLOY, assume_role(BUILD))
    calls = [(call["principal"], call["role"]) for call in cloud.read_log() if call["service"] == "sts"]
    assert calls == [(INSTANCE, BUILD), ("arn:aws:sts::210987654321:assumed-role/build/session", DEPLOY)]


def test_a_role_denies_an_untrusted_principal_with_the_message_of_aws(cloud: Loopback) -> None:
    cloud.configure(trust={DEPLOY: {"by": [BUILD]}})
    message = f"User: {INSTANCE} is not authorized to perform: sts:AssumeRole on resource: {DEPLOY}"
    with pytest.raises(ClientError, match=re.escape(message)) as excinfo:
        assume_role(DEPLOY)
    assert excinfo.value.response["Error"]["Code"] == "AccessDenied"


@pytest.mark.parametrize("external_id", [{}, {"ExternalId": "another"}])
def test_a_role_that_requires_an_external_id_accepts_no_other(cloud: Loopback, external_id: dict[str, Any]) -> None:
    cloud.configure(trust={BUILD: {"external_id": "agreed"}})
    assert assume_role(BUILD, ExternalId="agreed")
    with pytest.raises(ClientError, match="AccessDenied"):
        assume_role(BUILD, **external_id)


def test_a_session_is_not_longer_than_the_role_allows(cloud: Loopback) -> None:
    cloud.configure(trust={BUILD: {"longest": 43200}})
    assert assume_role(BUILD, USER, DurationSeconds=43200)
    with pytest.raises(ClientError, match="MaxSessionDuration set for this role"):
        assume_role(DEPLOY, USER, DurationSeconds=3601)


def test_role_chaining_is_limited_to_a_session_of_one_hour(cloud: Loopback) -> None:
    cloud.configure(trust={BUILD: {"longest": 43200}})
    with pytest.raises(ClientError, match="1 hour session limit for roles assumed by role chaining"):
        assume_role(BUILD, DurationSeconds=3601)


@pytest.mark.usefixtures("cloud")
def test_a_valid_web_identity_is_accepted() -> None:
    assert assume_with_token(mint_token(SUBJECT, NOW + 60)) == SUBJECT


@pytest.mark.parametrize(
    ("token", "message"),
    [
        ("garbage", "InvalidIdentityToken.*not a valid JWT"),
        ("a.b.c", "InvalidIdentityToken.*not a valid JWT"),
        ("\u00fc.\u00fc.\u00fc", "InvalidIdentityToken.*not a valid JWT"),
        (
            mint_token(SUBJECT, NOW),
            r"ExpiredTokenException.*Token expired: current date/time 1800000000 must be before",
        ),
        (
            mint_token(SUBJECT, NOW + 60, issuer="https://example.com"),
            "InvalidIdentityToken.*No OpenIDConnect provider",
        ),
    ],
    ids=["garbage", "no JSON", "no ASCII", "expired", "another issuer"],
)
@pytest.mark.usefixtures("cloud")
def test_an_invalid_web_identity_is_refused(token: str, message: str) -> None:
    with pytest.raises(ClientError, match=message):
        assume_with_token(token)


def test_a_role_may_trust_some_subjects_only(cloud: Loopback) -> None:
    cloud.configure(trust={BUILD: {"by": [SUBJECT]}})
    assert assume_with_token(mint_token(SUBJECT, NOW + 60))
    with pytest.raises(ClientError, match="Not authorized to perform sts:AssumeRoleWithWebIdentity"):
        assume_with_token(mint_token("system:serviceaccount:default:other", NOW + 60))
