"""Why metadata gave no credentials: each cause, really caused on the stand-in."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest

from credhelper.metadata import look
from tests.conftest import NOWHERE

if TYPE_CHECKING:
    from tests.instance.services import Loopback


@pytest.mark.parametrize(
    ("told", "clause", "fix"),
    [
        ("off", "turned off (it answers 403)", "--http-endpoint enabled"),
        ("no-role", "no role is attached", "associate-iam-instance-profile"),
        ("untrusted", "gives AssumeRoleUnauthorizedAccess", "ec2.amazonaws.com"),
        ("hop-limit", "hop limit of 1", "--http-put-response-hop-limit 2"),
        ("silent", "no instance metadata answers here", "aws configure"),
        ("on", "gave none a moment ago", "NO_PROXY"),
        ("refused-token", "answers 401", "metadata options"),
    ],
)
def test_a_cause_is_found_and_its_fix_is_named(cloud: Loopback, told: str, clause: str, fix: str) -> None:
    cloud.tell(metadata=told)
    cause = look(cloud.environment()["AWS_EC2_METADATA_SERVICE_ENDPOINT"], disabled=False)
    assert clause in cause.clause
    assert fix in cause.fix


def test_where_nobody_listens_there_is_no_metadata() -> None:
    assert "no instance metadata answers here" in look(NOWHERE, disabled=False).clause


def test_metadata_that_is_switched_off_is_not_asked(cloud: Loopback) -> None:
    cause = look(cloud.environment()["AWS_EC2_METADATA_SERVICE_ENDPOINT"], disabled=True)
    assert "AWS_EC2_METADATA_DISABLED" in cause.clause
    assert cloud.calls()["metadata"] == 0


def test_a_proxy_is_not_used_for_metadata(cloud: Loopback, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", NOWHERE)
    cloud.tell(metadata="no-role")
    assert "no role" in look(cloud.environment()["AWS_EC2_METADATA_SERVICE_ENDPOINT"], disabled=False).clause


def test_what_speaks_no_http_is_no_metadata() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0)  # the connection is made by the kernel, and nobody ever speaks
        port = server.getsockname()[1]
        assert "no instance metadata" in look(f"http://127.0.0.1:{port}", disabled=False).clause
