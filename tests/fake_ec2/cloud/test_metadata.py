"""Instance metadata, and its answers in the modes in which it returns no credentials."""

from __future__ import annotations

import contextlib
import socket

import botocore.session
import pytest

from tests.fake_ec2.cloud.requests import connect, send_request
from tests.fake_ec2.services import Loopback

ROLE = "/latest/meta-data/iam/security-credentials/"


@pytest.mark.parametrize(
    ("mode", "status"), [("on", 401), ("off", 403), ("refused-token", 401), ("hop-limit", 401), ("fail", 500)]
)
def test_metadata_refuses_a_request_without_a_token(cloud: Loopback, mode: str, status: int) -> None:
    cloud.configure(metadata=mode)
    assert send_request(cloud, "GET", ROLE)[0] == status


@pytest.mark.parametrize(
    ("mode", "status"), [("no-role", 404), ("untrusted", 200), ("on", 200), ("off", 403), ("fail", 500)]
)
def test_metadata_answers_a_request_with_a_token_as_configured(cloud: Loopback, mode: str, status: int) -> None:
    token = send_request(cloud, "PUT", "/latest/api/token", X_aws_ec2_metadata_token_ttl_seconds="60")[1]
    cloud.configure(metadata=mode)
    assert send_request(cloud, "GET", ROLE + "app-role", X_aws_ec2_metadata_token=token)[0] == status
    assert (botocore.session.Session().get_credentials() is not None) == (mode == "on")


@pytest.mark.parametrize("mode", ["silent", "hop-limit"])
def test_metadata_may_leave_the_token_request_unanswered(cloud: Loopback, mode: str) -> None:
    cloud.configure(metadata=mode)
    with contextlib.closing(connect(cloud)) as connection:
        connection.request("PUT", "/latest/api/token", headers={"X-aws-ec2-metadata-token-ttl-seconds": "60"})
        connection.sock.settimeout(0.2)
        with pytest.raises(socket.timeout):
            connection.sock.recv(1)
