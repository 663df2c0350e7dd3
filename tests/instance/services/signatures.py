"""Who signed a request (AWS Signature Version 4). The signature itself is not checked."""

from __future__ import annotations

import re

from tests.instance.services.faults import Fault
from tests.instance.services.messages import Request
from tests.instance.services.state import Cloud

_SIGNED = re.compile(
    r"AWS4-HMAC-SHA256 Credential=(?P<key>[^/]+)/\d{8}/(?P<region>[^/]+)/(?P<service>[^/]+)/aws4_request, *"
    r"SignedHeaders=\S+, *Signature=[0-9a-f]{64}"
)


def signer(cloud: Cloud, request: Request) -> tuple[str, str]:
    """Give the caller's ARN and the region that was signed for; raise Fault if AWS would not accept it."""
    signed = _SIGNED.fullmatch(request.headers.get("Authorization", ""))
    if signed is None:
        raise Fault("unsigned")
    if signed["service"] != request.service:
        raise Fault("misdirected", scope=f"correct service: '{request.service}'", scoped=signed["service"])
    if request.region not in (None, signed["region"]):
        raise Fault("misdirected", scope="a valid region", scoped=signed["region"])
    principal = cloud.keys.principal(
        signed["key"],
        request.headers.get("X-Amz-Security-Token"),
        users=cloud.told.users,
        account=cloud.told.account,
    )
    request.call.principal = principal
    return principal, signed["region"]
