"""What ECR, ECR Public and STS have in common when they are told to misbehave."""

from __future__ import annotations

import time

from tests.instance.services.faults import Fault, Scripted
from tests.instance.services.messages import NEVER, Answer, Request
from tests.instance.services.state import Cloud

# botocore decodes before it parses: bytes that are no text fail elsewhere than text that is no JSON.
_GARBAGE = {"garbled": b"\x00\xff\xfe", "portal": b"<!doctype html><title>Please log in</title>"}


def before(cloud: Cloud, request: Request) -> Answer | None:
    """Give the answer of a service that does not even look who is asking, None if it does look."""
    told = cloud.told.of(request.service)
    if told == "hang":
        return NEVER
    garbage = _GARBAGE.get(told)
    return Answer(200, garbage, [("Content-Type", "text/html")]) if garbage else None


def refuse(cloud: Cloud, request: Request, principal: str, action: str, resource: str) -> None:
    """Raise the Fault that the service was told to answer with, if any."""
    asked = {"principal": principal, "action": action, "resource": resource}
    script = cloud.told.script.get(request.service)
    if script:
        raise Scripted(script, **asked)
    told = cloud.told.of(request.service)
    if told not in ("ok", "drip", "empty"):
        now = cloud.clock()
        raise Fault(
            told,
            **asked,
            signed=request.headers.get("X-Amz-Date", ""),
            earliest=_stamp(now - 300),
            now=_stamp(now),
        )


def _stamp(seconds: float) -> str:
    return time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(seconds))
