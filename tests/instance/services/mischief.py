"""What ECR, ECR Public and STS have in common when they are told to misbehave."""

from __future__ import annotations

import time

from .faults import Fault
from .messages import NEVER, Answer, Request
from .state import Cloud


def before(cloud: Cloud, request: Request) -> Answer | None:
    """Give the answer of a service that does not even look who is asking, None if it does look."""
    told = cloud.told.of(request.service)
    if told == "hang":
        return NEVER
    if told == "garbled":
        return Answer(200, b"\x00\xff<{ this is no answer", [("Content-Type", "application/octet-stream")])
    return None


def refuse(cloud: Cloud, request: Request, principal: str, action: str, resource: str) -> None:
    """Raise the Fault that the service was told to answer with, if any."""
    told = cloud.told.of(request.service)
    if told not in ("ok", "drip", "empty"):
        now = cloud.clock()
        raise Fault(
            told,
            principal=principal,
            action=action,
            resource=resource,
            signed=request.headers.get("X-Amz-Date", ""),
            earliest=_stamp(now - 300),
            now=_stamp(now),
        )


def _stamp(seconds: float) -> str:
    return time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(seconds))
