"""Services that do not answer, answer slowly or answer with garbage; and invalid configurations."""

from __future__ import annotations

import contextlib
import socket
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError
from botocore.parsers import ResponseParserError

from tests.fake_ec2.cloud.requests import NOW, connect, create_client
from tests.fake_ec2.services import Loopback, serve
from tests.fake_ec2.services.web_identities import mint_token

WEB_IDENTITY = (
    "Action=AssumeRoleWithWebIdentity&RoleArn=arn:aws:iam::210987654321:role/a&RoleSessionName=session"
    f"&WebIdentityToken={mint_token('somebody', 2 * NOW)}"
)


def test_a_dripping_service_sends_one_byte_before_the_rest(cloud: Loopback) -> None:
    cloud.configure(sts="drip")
    with contextlib.closing(connect(cloud)) as connection:
        connection.request("POST", "/", WEB_IDENTITY)
        response = connection.getresponse()
        assert response.read(1) == b"<"
        connection.sock.settimeout(0.2)
        with pytest.raises(socket.timeout):
            response.read()


def test_an_unanswered_request_is_counted_and_disconnected_at_the_end() -> None:
    with serve() as cloud, contextlib.closing(connect(cloud)) as connection:
        cloud.configure(sts="hang")
        connection.request("POST", "/", WEB_IDENTITY)
        connection.sock.settimeout(0.2)
        with pytest.raises(socket.timeout):
            connection.sock.recv(1)
        assert cloud.count_calls()["sts"] == 1
        client_socket = connection.sock.dup()
    with client_socket:
        assert client_socket.recv(1) == b""


def test_an_answer_may_be_empty_or_malformed(cloud: Loopback) -> None:
    cloud.configure(ecr="empty", ecr_public="portal", sts="garbled")
    assert create_client("ecr").get_authorization_token()["authorizationData"] == []
    assert "authorizationData" not in create_client("ecr-public", "us-east-1").get_authorization_token()
    with pytest.raises(ResponseParserError):
        create_client("sts").get_caller_identity()


def test_a_call_to_a_hanging_ecr_times_out(cloud: Loopback) -> None:
    cloud.configure(ecr="hang")
    with pytest.raises(ReadTimeoutError):
        create_client("ecr", read_timeout=0.5).get_authorization_token()


@pytest.mark.parametrize(
    "changes", [{"nothing": 1}, {"ecr": "odd"}, {"delay": {"odd": 1}}, {"script": {"sts": {"code": 1}}}]
)
def test_an_invalid_configuration_is_an_error(cloud: Loopback, changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"told|called|one of|for"):
        cloud.configure(**changes)
