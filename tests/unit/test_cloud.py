"""The stand-in for AWS, asked by AWS's own SDK and by plain HTTP."""

from __future__ import annotations

import base64
import contextlib
import http.client
import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import datetime, timezone
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ReadTimeoutError

from tests.instance.services import Control, Loopback, serve
from tests.instance.services.places import by_host
from tests.instance.services.server import listening

NOW = 1_800_000_000.0
ROLE = "/latest/meta-data/iam/security-credentials/"
INSTANCE = "arn:aws:sts::123456789012:assumed-role/app-role/i-0abcdef1234567890"
REGISTRY = "123456789012.dkr.ecr.eu-west-1.amazonaws.com"


@pytest.fixture
def clock() -> list[float]:
    return [NOW]


@pytest.fixture
def cloud(clock: list[float], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Loopback]:
    for name in [name for name in os.environ if name.startswith("AWS_") or name.endswith("_CA_BUNDLE")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    with serve(lambda: clock[0]) as cloud:
        for name, value in cloud.environment().items():
            monkeypatch.setenv(name, value)
        yield cloud


def client(service: str, region: str = "eu-west-1", **keys: str) -> Any:
    once = Config(retries={"total_max_attempts": 1}, read_timeout=0.5)
    return botocore.session.Session().create_client(service, region, config=once, **keys)


def password(service: str = "ecr", region: str = "eu-west-1") -> str:
    data = client(service, region).get_authorization_token()["authorizationData"]
    encoded = (data if service == "ecr-public" else data[0])["authorizationToken"]
    return base64.b64decode(encoded).decode().partition(":")[2]


def failure(service: str, region: str = "eu-west-1", **keys: str) -> str:
    with pytest.raises(ClientError) as caught:
        client(service, region, **keys).get_authorization_token()
    return str(caught.value)


def ask(cloud: Loopback, method: str, path: str, **headers: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection(cloud.endpoint.partition("//")[2], timeout=0.5)
    with contextlib.closing(connection):
        connection.request(method, path, headers={k.replace("_", "-"): v for k, v in headers.items()})
        answer = connection.getresponse()
        return answer.status, answer.read().decode()


def test_an_instance_gets_a_token_of_its_role_with_three_calls_to_metadata(cloud: Loopback) -> None:
    [data] = client("ecr").get_authorization_token()["authorizationData"]
    assert data["proxyEndpoint"] == f"https://{REGISTRY}"
    assert data["expiresAt"] == datetime.fromtimestamp(NOW + 43200, timezone.utc)
    assert cloud.calls() == {"metadata": 3, "ecr": 1, "ecr-public": 0, "sts": 0, "registry": 0}
    assert cloud.log()[-1] == {
        "service": "ecr",
        "operation": "GetAuthorizationToken",
        "host": "127.0.0.1",
        "principal": INSTANCE,
        "status": 200,
    }
    cloud.forget()
    assert cloud.log() == []


def test_a_password_is_as_long_as_real_ones_and_holds_a_colon_where_told(cloud: Loopback) -> None:
    cloud.tell(colon=True)
    assert 1800 <= len(password()) <= 2702
    assert ":" in password()


def test_a_named_registry_gets_an_element_of_its_own(cloud: Loopback) -> None:
    data = client("ecr", "cn-north-1").get_authorization_token(registryIds=["210987654321"])
    [element] = data["authorizationData"]
    assert element["proxyEndpoint"] == "https://210987654321.dkr.ecr.cn-north-1.amazonaws.com.cn"


def test_public_ecr_answers_in_one_region_only(cloud: Loopback) -> None:
    assert password("ecr-public", "us-east-1")
    assert "UnsupportedCommandException" in failure("ecr-public", "us-west-2")
    assert cloud.calls()["ecr-public"] == 2


def test_a_denial_is_in_the_words_of_aws(cloud: Loopback) -> None:
    cloud.tell(policies={"app-role": False})
    assert failure("ecr") == (
        "An error occurred (AccessDeniedException) when calling the GetAuthorizationToken operation: "
        f"User: {INSTANCE} is not authorized to perform: ecr:GetAuthorizationToken on resource: * "
        "because no identity-based policy allows the ecr:GetAuthorizationToken action"
    )
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
    assert f"({said})" in failure("ecr")
    assert f"({said})" in failure("ecr-public", "us-east-1")


@pytest.mark.parametrize("told", ["hang", "drip"])
def test_a_service_that_stalls_counts_and_ends_with_the_stand_in(cloud: Loopback, told: str) -> None:
    cloud.tell(sts=told)
    connection = socket.create_connection(("127.0.0.1", int(cloud.endpoint.rpartition(":")[2])))
    body = b"Action=AssumeRoleWithWebIdentity&RoleArn=arn:aws:iam::210987654321:role/a&RoleSessionName=b"
    connection.sendall(b"POST / HTTP/1.1\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))
    with connection:
        connection.settimeout(0.2)
        with pytest.raises(TimeoutError if sys.version_info >= (3, 10) else socket.timeout):
            while connection.recv(65536):
                pass
    assert cloud.calls()["sts"] == 1


def test_a_hanging_ecr_times_the_client_out(cloud: Loopback) -> None:
    cloud.tell(ecr="hang")
    with pytest.raises(ReadTimeoutError):
        client("ecr").get_authorization_token()


def test_an_unsigned_call_is_refused(cloud: Loopback) -> None:
    target = "AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken"
    status, body = ask(cloud, "POST", "/", X_Amz_Target=target)
    assert (status, json.loads(body)["__type"]) == (400, "MissingAuthenticationTokenException")


def test_handed_out_keys_need_their_session_token(cloud: Loopback) -> None:
    keys = botocore.session.Session().get_credentials()
    assert "UnrecognizedClientException" in failure(
        "ecr", aws_access_key_id=keys.access_key, aws_secret_access_key=keys.secret_key
    )


def test_keys_expire_and_rotate(cloud: Loopback, clock: list[float]) -> None:
    old = client("ecr")
    old.get_authorization_token()
    cloud.tell(rotate=True)
    assert client("ecr").get_authorization_token()
    assert len({botocore.session.Session().get_credentials().access_key for _ in range(2)}) == 1
    clock[0] += 21600
    with pytest.raises(ClientError, match="ExpiredTokenException"):
        old.get_authorization_token()


def test_other_keys_are_users(cloud: Loopback) -> None:
    cloud.tell(users={"AKIANAMED": "arn:aws:iam::210987654321:user/named"}, policies={"AKIAOTHER": False})
    named = client("sts", aws_access_key_id="AKIANAMED", aws_secret_access_key="x")
    assert named.get_caller_identity()["Arn"] == "arn:aws:iam::210987654321:user/named"
    refused = failure("ecr", aws_access_key_id="AKIAOTHER", aws_secret_access_key="x")
    assert "User: arn:aws:iam::123456789012:user/AKIAOTHER is not authorized" in refused


@pytest.mark.parametrize("call", ["assume_role", "assume_role_with_web_identity"])
def test_an_assumed_role_is_who_calls_then(cloud: Loopback, call: str) -> None:
    more = {"WebIdentityToken": "token"} if call == "assume_role_with_web_identity" else {}
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


@pytest.mark.parametrize(
    ("told", "status"), [("on", 401), ("off", 403), ("refused-token", 401), ("hop-limit", 401)]
)
def test_metadata_gives_nothing_without_a_token(cloud: Loopback, told: str, status: int) -> None:
    cloud.tell(metadata=told)
    assert ask(cloud, "GET", ROLE)[0] == status


@pytest.mark.parametrize(
    ("told", "status"), [("no-role", 404), ("untrusted", 200), ("on", 200), ("off", 403)]
)
def test_metadata_answers_a_token_as_it_was_told(cloud: Loopback, told: str, status: int) -> None:
    token = ask(cloud, "PUT", "/latest/api/token", X_aws_ec2_metadata_token_ttl_seconds="60")[1]
    cloud.tell(metadata=told)
    assert ask(cloud, "GET", ROLE + "app-role", X_aws_ec2_metadata_token=token)[0] == status
    session = botocore.session.Session().get_credentials()
    assert (session is not None) == (told == "on")


@pytest.mark.parametrize("told", ["silent", "hop-limit"])
def test_metadata_may_never_answer_the_first_question(cloud: Loopback, told: str) -> None:
    cloud.tell(metadata=told)
    with pytest.raises(TimeoutError if sys.version_info >= (3, 10) else socket.timeout):
        ask(cloud, "PUT", "/latest/api/token", X_aws_ec2_metadata_token_ttl_seconds="60")


def test_the_log_holds_no_secret(cloud: Loopback) -> None:
    secret = password()
    keys = botocore.session.Session().get_credentials()
    logged = json.dumps(cloud.log())
    assert [each for each in (secret, keys.secret_key, keys.token) if each in logged] == []


@pytest.mark.parametrize("changes", [{"nothing": 1}, {"ecr": "odd"}, {"delay": {"odd": 1}}])
def test_what_cannot_be_told_is_an_error(cloud: Loopback, changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"told|called|one of|for"):
        cloud.tell(**changes)
