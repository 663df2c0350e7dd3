"""Scenes of an instance's metadata."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.catalogue.stage import NOWHERE, Scene, told

if TYPE_CHECKING:
    from tests.catalogue.stage import Changes, Stage

_ROLES = "/latest/meta-data/iam/security-credentials/"


def _without_keys(stage: Stage) -> Changes:
    """A role that was deleted after its instance profile was attached."""
    answers = {
        "/latest/api/token": (200, "token"),
        _ROLES: (200, "gone-role"),
        f"{_ROLES}gone-role": (200, json.dumps({"Code": "Failed", "Message": "no such role"})),
    }
    return {"AWS_EC2_METADATA_SERVICE_ENDPOINT": stage.answering(answers)}


SCENES = (
    Scene(
        "no-credentials",
        told(metadata="silent"),
        ["no AWS credentials were found", "no instance metadata answers here"],
        ["aws configure", "looked in: environment variables, ~/.aws/config"],
    ),
    Scene("metadata-off", told(metadata="off"), ["metadata is turned off"], ["--http-endpoint enabled"]),
    Scene(
        "metadata-disabled",
        lambda _: {"AWS_EC2_METADATA_DISABLED": "true"},
        ["AWS_EC2_METADATA_DISABLED is set"],
        ["unset AWS_EC2_METADATA_DISABLED"],
    ),
    Scene(
        "metadata-hop-limit",
        told(metadata="hop-limit"),
        ["a container behind a hop limit of 1"],
        ["--http-put-response-hop-limit 2"],
    ),
    Scene("metadata-refused", told(metadata="refused-token"), ["answers 401"], ["MetadataOptions"]),
    Scene("metadata-failed", told(metadata="fail"), ["metadata answers 500"], ["try again"]),
    Scene(
        "metadata-proxied",
        lambda _: {"HTTP_PROXY": NOWHERE},
        ["HTTP_PROXY sends botocore's questions to a proxy"],
        ["NO_PROXY=127.0.0.1"],
    ),
    Scene(
        "no-role",
        told(metadata="no-role"),
        ["no role is attached"],
        ["associate-iam-instance-profile --instance-id i-0abcdef1234567890"],
    ),
    Scene(
        "role-untrusted",
        told(metadata="untrusted"),
        ["the role app-role", "EC2 may not assume it"],
        ["ec2.amazonaws.com", "--role-name app-role"],
    ),
    Scene("role-without-keys", _without_keys, ["the role gone-role and gives Failed"], ["--role-name gone-role"]),
)
