"""ECR's and ECR Public's tokens, and what AWS says where there is none."""

from __future__ import annotations

import json
from datetime import datetime, timezone

import pytest
from botocore.exceptions import ClientError

from tests.instance.cloud.asking import INSTANCE, NOW, REGISTRY, ask, client, failure, instance_keys, password
from tests.instance.services import Loopback, recorded

DENIED = (
    f"User: {INSTANCE} is not authorized to perform: ecr:GetAuthorizationToken on resource: * "
    "because no identity-based policy allows the ecr:GetAuthorizationToken action"
)


def test_an_instance_gets_a_token_of_its_role_with_three_calls_to_metadata(cloud: Loopback) -> None:
    [data] = client("ecr").get_authorization_token()["authorizationData"]
    assert data["proxyEndpoint"] == f"https://{REGISTRY}"
    assert data["expiresAt"] == datetime.fromtimestamp(NOW + 43200, timezone.utc)
    assert {name: count for name, count in cloud.calls().items() if count} == {"metadata": 3, "ecr": 1}
    assert cloud.log()[-1] == {
        "service": "ecr",
        "operation": "GetAuthorizationToken",
        "host": "127.0.0.1",
        "principal": INSTANCE,
        "status": 200,
        "role": None,
    }
    cloud.forget()
    assert cloud.log() == []


def test_a_password_is_as_long_as_real_ones_and_holds_a_colon_where_told(cloud: Loopback) -> None:
    cloud.tell(colon=True)
    assert 1800 <= len(password()) <= 2702
    assert ":" in password()


@pytest.mark.usefixtures("cloud")
def test_a_named_registry_gets_an_element_of_its_own() -> None:
    data = client("ecr", "cn-north-1").get_authorization_token(registryIds=["210987654321"])
    [element] = data["authorizationData"]
    assert element["proxyEndpoint"] == "https://210987654321.dkr.ecr.cn-north-1.amazonaws.com.cn"


def test_public_ecr_answers_in_one_region_only(cloud: Loopback) -> None:
    assert password("ecr-public", "us-east-1")
    assert failure("ecr-public", "us-west-2")[0] == "UnsupportedCommandException"
    assert cloud.calls()["ecr-public"] == 2


def test_a_denial_is_in_the_words_of_aws(cloud: Loopback) -> None:
    cloud.tell(policies={"app-role": False})
    assert failure("ecr") == ("AccessDeniedException", DENIED)
    cloud.tell(role="other-role")
    assert password()
    cloud.reset()
    assert password()


@pytest.mark.parametrize(
    ("told", "said"),
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
def test_what_ecr_is_told_to_refuse_reaches_the_client(cloud: Loopback, told: str, said: str) -> None:
    cloud.tell(ecr=told, ecr_public=told)
    assert failure("ecr")[0] == said
    assert failure("ecr-public", "us-east-1")[0] == said


@pytest.mark.parametrize("policy", recorded.DENIALS)
def test_a_denial_of_another_policy_is_in_its_recorded_words(cloud: Loopback, policy: str) -> None:
    cloud.tell(script={"ecr": recorded.DENIALS[policy]})
    code, message = failure("ecr")
    assert code == "AccessDeniedException"
    assert message.startswith(f"User: {INSTANCE} is not authorized to perform: ecr:GetAuthorizationToken")
    assert policy in message
    cloud.tell(script={})
    assert password()


def test_a_service_refuses_in_the_code_and_words_of_its_script(cloud: Loopback) -> None:
    cloud.tell(script={"ecr-public": {"code": "Odd", "status": 418, "message": "no tea"}, "sts": recorded.STS_DISABLED})
    assert failure("ecr-public", "us-east-1") == ("Odd", "no tea")
    with pytest.raises(ClientError, match="STS is not activated in this region") as caught:
        client("sts").get_caller_identity()
    assert caught.value.response["Error"]["Code"] == "RegionDisabledException"
    assert password()


def test_an_unsigned_call_is_refused(cloud: Loopback) -> None:
    target = "AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken"
    status, body = ask(cloud, "POST", "/", X_Amz_Target=target)
    assert (status, json.loads(body)["__type"]) == (400, "MissingAuthenticationTokenException")


def test_the_log_holds_no_secret(cloud: Loopback) -> None:
    secret = password()
    keys = instance_keys()
    logged = json.dumps(cloud.log())
    assert [each for each in (secret, keys.secret_key, keys.token) if str(each) in logged] == []
