"""The credentials of ECS tasks and EKS pods."""

from __future__ import annotations

import json

import pytest

from tests.fake_ec2.cloud.requests import NOW, send_request
from tests.fake_ec2.services import Loopback
from tests.fake_ec2.services.behaviour import TASK
from tests.fake_ec2.services.web_identities import mint_token

BLUE, GREEN = "system:serviceaccount:default:blue", "system:serviceaccount:default:green"


def fetch_pod_credentials(cloud: Loopback, token: str) -> tuple[int, dict[str, str]]:
    status, body = send_request(cloud, "GET", "/v1/credentials", Authorization=token)
    return status, json.loads(body)


def test_a_task_gets_keys_of_its_role(cloud: Loopback) -> None:
    status, body = send_request(cloud, "GET", TASK)
    assert (status, json.loads(body)["RoleArn"]) == (200, "arn:aws:iam::123456789012:role/task-role")
    assert send_request(cloud, "GET", "/v2/credentials/another")[0] == 400


def test_a_pod_gets_keys_of_the_role_of_its_service_account(cloud: Loopback) -> None:
    cloud.configure(pods={BLUE: "blue", GREEN: "green"})
    for subject in (BLUE, GREEN):
        fetch_pod_credentials(cloud, mint_token(subject, NOW + 60))
    principals = [str(call["principal"]) for call in cloud.read_log()]
    assert principals == [
        f"arn:aws:sts::123456789012:assumed-role/{name}/eks-cluster-{name}" for name in ("blue", "green")
    ]


@pytest.mark.parametrize(
    ("token", "status", "code"),
    [
        (mint_token(GREEN, NOW + 60), 404, "ResourceNotFoundException"),
        (mint_token(BLUE, NOW), 400, "ExpiredTokenException"),
        ("garbage", 400, "InvalidIdentityToken"),
        ("", 400, "InvalidRequestException"),
    ],
    ids=["no association", "expired", "garbage", "none"],
)
def test_a_pod_without_a_valid_token_gets_no_keys(cloud: Loopback, token: str, status: int, code: str) -> None:
    cloud.configure(pods={BLUE: "blue"})
    actual_status, error = fetch_pod_credentials(cloud, token)
    assert (actual_status, error["code"]) == (status, code)


def test_the_service_can_fail(cloud: Loopback) -> None:
    cloud.configure(container="fail")
    assert send_request(cloud, "GET", TASK)[0] == 500
