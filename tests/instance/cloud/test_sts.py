"""STS: whose keys they are, and who may assume which role."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from tests.instance.cloud.asking import NOW, client, failure, instance_keys
from tests.instance.services import Loopback
from tests.instance.services.web_identities import minted


@pytest.mark.usefixtures("cloud")
def test_handed_out_keys_need_their_session_token() -> None:
    keys = instance_keys()
    told = failure("ecr", aws_access_key_id=keys.access_key, aws_secret_access_key=keys.secret_key)
    assert told[0] == "UnrecognizedClientException"


def test_keys_expire_and_rotate(cloud: Loopback, clock: list[float]) -> None:
    old = client("ecr")
    old.get_authorization_token()
    first = instance_keys().access_key
    assert instance_keys().access_key == first
    cloud.tell(rotate=True)
    assert instance_keys().access_key != first
    old.get_authorization_token()
    clock[0] += 21600
    with pytest.raises(ClientError, match="ExpiredTokenException"):
        old.get_authorization_token()


def test_other_keys_are_users(cloud: Loopback) -> None:
    cloud.tell(users={"AKIANAMED": "arn:aws:iam::210987654321:user/named"}, policies={"AKIAOTHER": False})
    named = client("sts", aws_access_key_id="AKIANAMED", aws_secret_access_key="x")
    assert named.get_caller_identity()["Arn"] == "arn:aws:iam::210987654321:user/named"
    _, refused = failure("ecr", aws_access_key_id="AKIAOTHER", aws_secret_access_key="x")
    assert refused.startswith("User: arn:aws:iam::123456789012:user/AKIAOTHER is not authorized")


@pytest.mark.usefixtures("cloud")
@pytest.mark.parametrize("call", ["assume_role", "assume_role_with_web_identity"])
def test_an_assumed_role_is_who_calls_then(call: str) -> None:
    more = {"WebIdentityToken": minted("somebody", 2 * NOW)} if call == "assume_role_with_web_identity" else {}
    role = "arn:aws:iam::210987654321:role/path/build"
    keys = getattr(client("sts"), call)(RoleArn=role, RoleSessionName="session", **more)["Credentials"]
    assumed = client(
        "sts",
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
    ).get_caller_identity()
    assert assumed["Arn"] == "arn:aws:sts::210987654321:assumed-role/build/session"
    assert assumed["Account"] == "210987654321"


def test_sts_refuses_in_its_own_codes(cloud: Loopback) -> None:
    cloud.tell(sts="deny")
    with pytest.raises(ClientError, match=r"\(AccessDenied\).*sts:GetCallerIdentity"):
        client("sts").get_caller_identity()
