"""STS: the owner of each key, and the roles that a caller may assume."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from tests.fake_ec2.cloud.requests import NOW, create_client, fetch_error, fetch_instance_keys
from tests.fake_ec2.services import Loopback
from tests.fake_ec2.services.web_identities import mint_token


@pytest.mark.usefixtures("cloud")
def test_issued_keys_require_their_session_token() -> None:
    keys = fetch_instance_keys()
    error = fetch_error("ecr", aws_access_key_id=keys.access_key, aws_secret_access_key=keys.secret_key)
    assert error[0] == "UnrecognizedClientException"


def test_keys_expire_and_rotate(cloud: Loopback, clock: list[float]) -> None:
    ecr_client = create_client("ecr")
    ecr_client.get_authorization_token()
    first_key = fetch_instance_keys().access_key
    assert fetch_instance_keys().access_key == first_key
    cloud.configure(rotate=True)
    assert fetch_instance_keys().access_key != first_key
    ecr_client.get_authorization_token()
    clock[0] += 21600
    with pytest.raises(ClientError, match="ExpiredTokenException"):
        ecr_client.get_authorization_token()


def test_a_key_that_was_not_issued_belongs_to_an_iam_user(cloud: Loopback) -> None:
    cloud.configure(users={"AKIANAMED": "arn:aws:iam::210987654321:user/named"}, policies={"AKIAOTHER": False})
    named_client = create_client("sts", aws_access_key_id="AKIANAMED", aws_secret_access_key="x")
    assert named_client.get_caller_identity()["Arn"] == "arn:aws:iam::210987654321:user/named"
    _, message = fetch_error("ecr", aws_access_key_id="AKIAOTHER", aws_secret_access_key="x")
    assert message.startswith("User: arn:aws:iam::123456789012:user/AKIAOTHER is not authorized")


@pytest.mark.usefixtures("cloud")
@pytest.mark.parametrize("call", ["assume_role", "assume_role_with_web_identity"])
def test_the_keys_of_an_assumed_role_identify_it_as_the_caller(call: str) -> None:
    token_option = (
        {"WebIdentityToken": mint_token("somebody", 2 * NOW)} if call == "assume_role_with_web_identity" else {}
    )
    role = "arn:aws:iam::210987654321:role/path/build"
    keys = getattr(create_client("sts"), call)(RoleArn=role, RoleSessionName="session", **token_option)["Credentials"]
    identity = create_client(
        "sts",
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
    ).get_caller_identity()
    assert identity["Arn"] == "arn:aws:sts::210987654321:assumed-role/build/session"
    assert identity["Account"] == "210987654321"


def test_sts_refuses_with_its_own_error_codes(cloud: Loopback) -> None:
    cloud.configure(sts="deny")
    with pytest.raises(ClientError, match=r"\(AccessDenied\).*sts:GetCallerIdentity"):
        create_client("sts").get_caller_identity()
