"""Identifies the signer of a request (AWS Signature Version 4). The signature itself is not checked."""

from __future__ import annotations

import re

from tests.fake_ec2.services.faults import Fault
from tests.fake_ec2.services.messages import Request
from tests.fake_ec2.services.state import Cloud

_AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=(?P<key>[^/]+)/\d{8}/(?P<region>[^/]+)/(?P<service>[^/]+)/aws4_request, *"
    r"SignedHeaders=\S+, *Signature=[0-9a-f]{64}"
)


def authenticate(cloud: Cloud, request: Request) -> tuple[str, str]:
    """Return the caller's ARN and the region of the signature. Raises Fault if AWS would not accept it."""
    match = _AUTHORIZATION.fullmatch(request.headers.get("Authorization", ""))
    if match is None:
        raise Fault("unsigned")
    if match["service"] != request.service:
        raise Fault("misdirected", scope=f"correct service: '{request.service}'", scoped=match["service"])
    if request.region not in (None, match["region"]):
        raise Fault("misdirected", scope="a valid region", scoped=match["region"])
    principal = cloud.keys.find_principal(
        match["key"],
        request.headers.get("X-Amz-Security-Token"),
        users=cloud.behaviour.users,
        account=cloud.behaviour.account,
    )
    request.call.principal = principal
    return principal, match["region"]
