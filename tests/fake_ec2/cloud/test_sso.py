"""IAM Identity Center, called through botocore."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from tests.fake_ec2.cloud.requests import create_client
from tests.fake_ec2.services import Loopback

ROLE_REQUEST = {"roleName": "Reader", "accountId": "210987654321"}


def test_a_signed_in_user_gets_keys_of_a_role(cloud: Loopback) -> None:
    cloud.configure(sign_ins={"an access token": "somebody"})
    keys = create_client("sso").get_role_credentials(accessToken="an access token", **ROLE_REQUEST)["roleCredentials"]
    identity = create_client(
        "sts",
        aws_access_key_id=keys["accessKeyId"],
        aws_secret_access_key=keys["secretAccessKey"],
        aws_session_token=keys["sessionToken"],
    ).get_caller_identity()
    role = "AWSReservedSSO_Reader_0123456789abcdef"
    assert identity["Arn"] == f"arn:aws:sts::210987654321:assumed-role/{role}/somebody"


def test_a_user_who_is_not_signed_in_or_not_assigned_gets_no_keys(cloud: Loopback) -> None:
    with pytest.raises(ClientError, match=r"UnauthorizedException.*Session token not found or invalid"):
        create_client("sso").get_role_credentials(accessToken="x", **ROLE_REQUEST)
    cloud.configure(sign_ins={"x": "somebody"}, sso="deny")
    with pytest.raises(ClientError, match=r"ForbiddenException.*No access"):
        create_client("sso").get_role_credentials(accessToken="x", **ROLE_REQUEST)


def test_a_known_refresh_token_is_exchanged_for_an_access_token(cloud: Loopback) -> None:
    cloud.configure(renewals={"a refresh token": "a new one"})
    token_request = {"clientId": "c", "clientSecret": "s", "grantType": "refresh_token"}
    assert (
        create_client("sso-oidc").create_token(refreshToken="a refresh token", **token_request)["accessToken"]
        == "a new one"
    )
    with pytest.raises(ClientError, match="InvalidGrantException"):
        create_client("sso-oidc").create_token(refreshToken="an old one", **token_request)
