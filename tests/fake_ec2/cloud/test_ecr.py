"""ECR's and ECR Public's tokens, and AWS's error messages if a token is refused."""

from __future__ import annotations

import json
from datetime import datetime, timezone

import pytest
from botocore.exceptions import ClientError

from tests.fake_ec2.cloud.requests import (
    INSTANCE,
    NOW,
    REGISTRY,
    create_client,
    fetch_error,
    fetch_instance_keys,
    fetch_password,
    send_request,
)
from tests.fake_ec2.services import Loopback, recorded

DENIED = (
    f"User: {INSTANCE} is not authorized to perform: ecr:GetAuthorizationToken on resource: * "
    "because no identity-based policy allows the ecr:GetAuthorizationToken action"
)


def test_an_instance_gets_a_token_for_its_role_with_three_metadata_calls(cloud: Loopback) -> None:
    [data] = create_client("ecr").get_authorization_token()["authorizationData"]
    assert data["proxyEndpoint"] == f"https://{REGISTRY}"
    assert data["expiresAt"] == datetime.fromtimestamp(NOW + 43200, timezone.utc)
    assert {name: count for name, count in cloud.count_calls().items() if count} == {"metadata": 3, "ecr": 1}
    assert cloud.read_log()[-1] == {
        "service": "ecr",
        "operation": "GetAuthorizationToken",
        "host": "127.0.0.1",
        "principal": INSTANCE,
        "status": 200,
        "role": None,
    }
    cloud.forget()
    assert cloud.read_log() == []


def test_a_password_has_a_realistic_length_and_contains_a_colon_if_configured(cloud: Loopback) -> None:
    cloud.configure(colon=True)
    assert 1800 <= len(fetch_password()) <= 2702
    assert ":" in fetch_password()


@pytest.mark.usefixtures("cloud")
def test_a_named_registry_gets_an_element_of_its_own() -> None:
    data = create_client("ecr", "cn-north-1").get_authorization_token(registryIds=["210987654321"])
    [element] = data["authorizationData"]
    assert element["proxyEndpoint"] == "https://210987654321.dkr.ecr.cn-north-1.amazonaws.com.cn"


def test_public_ecr_answers_in_one_region_only(cloud: Loopback) -> None:
    assert fetch_password("ecr-public", "us-east-1")
    assert fetch_error("ecr-public", "us-west-2")[0] == "UnsupportedCommandException"
    assert cloud.count_calls()["ecr-public"] == 2


def test_a_denial_has_the_message_of_aws(cloud: Loopback) -> None:
    cloud.configure(policies={"app-role": False})
    assert fetch_error("ecr") == ("AccessDeniedException", DENIED)
    cloud.configure(role="other-role")
    assert fetch_password()
    cloud.reset()
    assert fetch_password()


@pytest.mark.parametrize(
    ("mode", "code"),
    [
        ("deny", "AccessDeniedException"),
        ("throttle", "ThrottlingException"),
        ("throttle-429", "ThrottlingException"),
        ("fail", "ServerException"),
        ("expired", "ExpiredTokenException"),
        ("invalid", "UnrecognizedClientException"),
        ("skewed", "InvalidSignatureException"),
    ],
)
def test_a_configured_refusal_of_ecr_reaches_the_client(cloud: Loopback, mode: str, code: str) -> None:
    cloud.configure(ecr=mode, ecr_public=mode)
    assert fetch_error("ecr")[0] == code
    assert fetch_error("ecr-public", "us-east-1")[0] == code


@pytest.mark.parametrize("policy", recorded.DENIALS)
def test_a_denial_of_another_policy_has_its_recorded_message(cloud: Loopback, policy: str) -> None:
    cloud.configure(script={"ecr": recorded.DENIALS[policy]})
    code, message = fetch_error("ecr")
    assert code == "AccessDeniedException"
    assert message.startswith(f"User: {INSTANCE} is not authorized to perform: ecr:GetAuthorizationToken")
    assert policy in message
    cloud.configure(script={})
    assert fetch_password()


def test_a_service_refuses_with_the_code_and_message_of_its_script(cloud: Loopback) -> None:
    cloud.configure(
        script={"ecr-public": {"code": "Odd", "status": 418, "message": "no tea"}, "sts": recorded.STS_DISABLED}
    )
    assert fetch_error("ecr-public", "us-east-1") == ("Odd", "no tea")
    with pytest.raises(ClientError, match="STS is not activated in this region") as excinfo:
        create_client("sts").get_caller_identity()
    assert excinfo.value.response["Error"]["Code"] == "RegionDisabledException"
    assert fetch_password()


def test_an_unsigned_call_is_refused(cloud: Loopback) -> None:
    target = "AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken"
    status, body = send_request(cloud, "POST", "/", X_Amz_Target=target)
    assert (status, json.loads(body)["__type"]) == (400, "MissingAuthenticationTokenException")


def test_the_log_holds_no_secret(cloud: Loopback) -> None:
    secret = fetch_password()
    keys = fetch_instance_keys()
    log_text = json.dumps(cloud.read_log())
    assert [credential for credential in (secret, keys.secret_key, keys.token) if str(credential) in log_text] == []
