"""The credentials of ECS tasks and of EKS pods."""

from __future__ import annotations

import json

import pytest

from tests.instance.cloud.asking import NOW, ask
from tests.instance.services import Loopback
from tests.instance.services.behaviour import TASK
from tests.instance.services.web_identities import minted

BLUE, GREEN = "system:serviceaccount:default:blue", "system:serviceaccount:default:green"


def pod(cloud: Loopback, token: str) -> tuple[int, dict[str, str]]:
    status, body = ask(cloud, "GET", "/v1/credentials", Authorization=token)
    return status, json.loads(body)


def test_a_task_gets_keys_of_its_role(cloud: Loopback) -> None:
    status, body = ask(cloud, "GET", TASK)
    assert (status, json.loads(body)["RoleArn"]) == (200, "arn:aws:iam::123456789012:role/task-role")
    assert ask(cloud, "GET", "/v2/credentials/another")[0] == 400


def test_a_pod_gets_keys_of_the_role_of_its_service_account(cloud: Loopback) -> None:
    cloud.tell(pods={BLUE: "blue", GREEN: "green"})
    for subject in (BLUE, GREEN):
        pod(cloud, minted(subject, NOW + 60))
    principals = [str(call["principal"]) for call in cloud.log()]
    assert principals == [
        f"arn:aws:sts::123456789012:assumed-role/{name}/eks-cluster-{name}" for name in ("blue", "green")
    ]


@pytest.mark.parametrize(
    ("token", "status", "code"),
    [
        (minted(GREEN, NOW + 60), 404, "ResourceNotFoundException"),
        (minted(BLUE, NOW), 400, "ExpiredTokenException"),
        ("garbage", 400, "InvalidIdentityToken"),
        ("", 400, "InvalidRequestException"),
    ],
    ids=["no association", "expired", "garbage", "none"],
)
def test_a_pod_without_a_good_token_gets_none(cloud: Loopback, token: str, status: int, code: str) -> None:
    cloud.tell(pods={BLUE: "blue"})
    refused, said = pod(cloud, token)
    assert (refused, said["code"]) == (status, code)


def test_the_service_can_fail(cloud: Loopback) -> None:
    cloud.tell(container="fail")
    assert ask(cloud, "GET", TASK)[0] == 500
