"""Scenarios: the instance metadata service."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.errors.scenario import UNREACHABLE, Scenario, configure_fake

if TYPE_CHECKING:
    from tests.errors.scenario import Changes, Sandbox

_ROLES = "/latest/meta-data/iam/security-credentials/"


def _serve_role_without_keys(sandbox: Sandbox) -> Changes:
    """Delete the role after its instance profile was attached."""
    answers = {
        "/latest/api/token": (200, "token"),
        _ROLES: (200, "gone-role"),
        f"{_ROLES}gone-role": (200, json.dumps({"Code": "Failed", "Message": "no such role"})),
    }
    return {"AWS_EC2_METADATA_SERVICE_ENDPOINT": sandbox.start_server(answers)}


SCENARIOS = (
    Scenario(
        "no-credentials",
        configure_fake(metadata="silent"),
        ["no AWS credentials found", "the instance metadata service did not respond"],
        ["aws configure", "the environment, ~/.aws/config"],
    ),
    Scenario(
        "metadata-off",
        configure_fake(metadata="off"),
        ["the instance metadata service is turned off"],
        ["--http-endpoint enabled"],
    ),
    Scenario(
        "metadata-disabled",
        lambda _: {"AWS_EC2_METADATA_DISABLED": "true"},
        ["AWS_EC2_METADATA_DISABLED is set"],
        ["unset AWS_EC2_METADATA_DISABLED"],
    ),
    Scenario(
        "metadata-hop-limit",
        configure_fake(metadata="hop-limit"),
        ["when the IMDS hop limit is 1"],
        ["--http-put-response-hop-limit 2"],
    ),
    Scenario("metadata-refused", configure_fake(metadata="refused-token"), ["answered 401"], ["MetadataOptions"]),
    Scenario(
        "metadata-failed",
        configure_fake(metadata="fail"),
        ["the instance metadata service answered 500"],
        ["try again"],
    ),
    Scenario(
        "metadata-proxied",
        lambda _: {"HTTP_PROXY": UNREACHABLE},
        ["HTTP_PROXY makes botocore send its requests to a proxy"],
        ["add 127.0.0.1 to NO_PROXY"],
    ),
    Scenario(
        "no-role",
        configure_fake(metadata="no-role"),
        ["no role is attached"],
        ["associate-iam-instance-profile --instance-id i-0abcdef1234567890"],
    ),
    Scenario(
        "role-untrusted",
        configure_fake(metadata="untrusted"),
        ["the role app-role", "EC2 may not assume the role app-role"],
        ["ec2.amazonaws.com", "--role-name app-role"],
    ),
    Scenario(
        "role-without-keys",
        _serve_role_without_keys,
        ["reports Failed for the role gone-role"],
        ["--role-name gone-role"],
    ),
)
