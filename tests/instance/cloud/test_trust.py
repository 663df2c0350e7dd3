"""Who may assume which role, for how long, and with which token."""

from __future__ import annotations

import re
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.instance.cloud.asking import INSTANCE, NOW, client
from tests.instance.services import Loopback
from tests.instance.services.web_identities import minted

BUILD, DEPLOY = "arn:aws:iam::210987654321:role/build", "arn:aws:iam::210987654321:role/path/deploy"
APP = "arn:aws:iam::123456789012:role/app-role"
USER = {"aws_access_key_id": "AKIAUSER", "aws_secret_access_key": "x"}
SUBJECT = "system:serviceaccount:default:ci"


def assume(role: str, keys: dict[str, str] | None = None, **more: Any) -> dict[str, str]:  # noqa: ANN401  # botocore's
    given = client("sts", **(keys or {})).assume_role(RoleArn=role, RoleSessionName="session", **more)["Credentials"]
    return {
        "aws_access_key_id": given["AccessKeyId"],
        "aws_secret_access_key": given["SecretAccessKey"],
        "aws_session_token": given["SessionToken"],
    }


def with_token(token: str, role: str = BUILD) -> str:
    asked = client("sts").assume_role_with_web_identity(RoleArn=role, RoleSessionName="session", WebIdentityToken=token)
    return str(asked["SubjectFromWebIdentityToken"])


def test_a_chain_of_roles_is_assumed_link_by_link_and_each_caller_is_counted(cloud: Loopback) -> None:
    cloud.tell(trust={BUILD: {"by": [APP]}, DEPLOY: {"by": [BUILD]}})
    assume(DEPLOY, assume(BUILD))
    asked = [(call["principal"], call["role"]) for call in cloud.log() if call["service"] == "sts"]
    assert asked == [(INSTANCE, BUILD), ("arn:aws:sts::210987654321:assumed-role/build/session", DEPLOY)]


def test_a_role_denies_whom_it_does_not_trust_in_the_words_of_aws(cloud: Loopback) -> None:
    cloud.tell(trust={DEPLOY: {"by": [BUILD]}})
    said = f"User: {INSTANCE} is not authorized to perform: sts:AssumeRole on resource: {DEPLOY}"
    with pytest.raises(ClientError, match=re.escape(said)) as caught:
        assume(DEPLOY)
    assert caught.value.response["Error"]["Code"] == "AccessDenied"


@pytest.mark.parametrize("given", [{}, {"ExternalId": "another"}])
def test_a_role_that_wants_an_external_id_takes_no_other(cloud: Loopback, given: dict[str, Any]) -> None:
    cloud.tell(trust={BUILD: {"external_id": "agreed"}})
    assert assume(BUILD, ExternalId="agreed")
    with pytest.raises(ClientError, match="AccessDenied"):
        assume(BUILD, **given)


def test_a_session_is_not_longer_than_the_role_lets_it(cloud: Loopback) -> None:
    cloud.tell(trust={BUILD: {"longest": 43200}})
    assert assume(BUILD, USER, DurationSeconds=43200)
    with pytest.raises(ClientError, match="MaxSessionDuration set for this role"):
        assume(DEPLOY, USER, DurationSeconds=3601)


def test_keys_of_a_role_assume_another_one_for_an_hour_at_most(cloud: Loopback) -> None:
    cloud.tell(trust={BUILD: {"longest": 43200}})
    with pytest.raises(ClientError, match="1 hour session limit for roles assumed by role chaining"):
        assume(BUILD, DurationSeconds=3601)


@pytest.mark.usefixtures("cloud")
def test_a_web_identity_is_read() -> None:
    assert with_token(minted(SUBJECT, NOW + 60)) == SUBJECT


@pytest.mark.parametrize(
    ("token", "said"),
    [
        ("garbage", "InvalidIdentityToken.*not a valid JWT"),
        ("a.b.c", "InvalidIdentityToken.*not a valid JWT"),
        ("\u00fc.\u00fc.\u00fc", "InvalidIdentityToken.*not a valid JWT"),
        (minted(SUBJECT, NOW), r"ExpiredTokenException.*Token expired: current date/time 1800000000 must be before"),
        (minted(SUBJECT, NOW + 60, issuer="https://example.com"), "InvalidIdentityToken.*No OpenIDConnect provider"),
    ],
    ids=["garbage", "no JSON", "no ASCII", "expired", "another issuer"],
)
@pytest.mark.usefixtures("cloud")
def test_a_web_identity_that_is_none_is_refused(token: str, said: str) -> None:
    with pytest.raises(ClientError, match=said):
        with_token(token)


def test_a_role_may_trust_some_subjects_only(cloud: Loopback) -> None:
    cloud.tell(trust={BUILD: {"by": [SUBJECT]}})
    assert with_token(minted(SUBJECT, NOW + 60))
    with pytest.raises(ClientError, match="Not authorized to perform sts:AssumeRoleWithWebIdentity"):
        with_token(minted("system:serviceaccount:default:other", NOW + 60))
