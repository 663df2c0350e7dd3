"""Injects the configured faults into ECR, ECR Public and STS."""

from __future__ import annotations

import time

from tests.fake_ec2.services.faults import Fault, ScriptedFault
from tests.fake_ec2.services.messages import NO_RESPONSE, Request, Response
from tests.fake_ec2.services.state import Cloud

# botocore decodes before it parses: bytes that are not text fail at a different point than text that is not JSON.
_GARBAGE = {"garbled": b"\x00\xff\xfe", "portal": b"<!doctype html><title>Please log in</title>"}


def inject_response(cloud: Cloud, request: Request) -> Response | None:
    """Return the answer of a mode that ignores the caller, or None if the service is to process the request."""
    mode = cloud.behaviour.mode_of(request.service)
    if mode == "hang":
        return NO_RESPONSE
    garbage = _GARBAGE.get(mode)
    return Response(200, garbage, [("Content-Type", "text/html")]) if garbage else None


def inject_refusal(cloud: Cloud, request: Request, principal: str, action: str, resource: str) -> None:
    """Raise the Fault that the service is configured to answer with, if any."""
    details = {"principal": principal, "action": action, "resource": resource}
    script = cloud.behaviour.script.get(request.service)
    if script:
        raise ScriptedFault(script, **details)
    mode = cloud.behaviour.mode_of(request.service)
    if mode not in ("ok", "drip", "empty"):
        now = cloud.clock()
        raise Fault(
            mode,
            **details,
            signed=request.headers.get("X-Amz-Date", ""),
            earliest=_format_time(now - 300),
            now=_format_time(now),
        )


def _format_time(seconds: float) -> str:
    return time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(seconds))
