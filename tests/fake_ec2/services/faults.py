"""AWS's refusals, with its own codes and messages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple


class Wording(NamedTuple):
    """One refusal in both protocols: ECR's JSON and STS's query."""

    json_code: str
    json_status: int
    query_code: str
    query_status: int
    message: str


_WORDINGS = {
    "deny": Wording(
        "AccessDeniedException", 400, "AccessDenied", 403,
        "User: {principal} is not authorized to perform: {action} on resource: {resource}"
        " because no identity-based policy allows the {action} action",
    ),
    "throttle": Wording("ThrottlingException", 400, "Throttling", 400, "Rate exceeded"),
    "throttle-429": Wording("ThrottlingException", 429, "Throttling", 429, "Rate exceeded"),
    "fail": Wording(
        "ServerException", 500, "InternalFailure", 500,
        "The request processing has failed because of an unknown error, exception or failure.",
    ),
    "expired": Wording(
        "ExpiredTokenException", 400, "ExpiredToken", 403,
        "The security token included in the request is expired",
    ),
    "invalid": Wording(
        "UnrecognizedClientException", 400, "InvalidClientTokenId", 403,
        "The security token included in the request is invalid.",
    ),
    "skewed": Wording(
        "InvalidSignatureException", 400, "SignatureDoesNotMatch", 403,
        "Signature expired: {signed} is now earlier than {earliest} ({now} - 5 min.)",
    ),
    "untrusting": Wording(
        "AccessDeniedException", 400, "AccessDenied", 403,
        "User: {principal} is not authorized to perform: sts:AssumeRole on resource: {resource}",
    ),
    "untrusting-web": Wording(
        "AccessDeniedException", 400, "AccessDenied", 403,
        "Not authorized to perform sts:AssumeRoleWithWebIdentity",
    ),
    "no-web-identity": Wording(
        "InvalidIdentityToken", 400, "InvalidIdentityToken", 400,
        "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)",
    ),
    "unknown-issuer": Wording(
        "InvalidIdentityToken", 400, "InvalidIdentityToken", 400,
        "No OpenIDConnect provider found in your account for {issuer}",
    ),
    "expired-web": Wording(
        "ExpiredTokenException", 400, "ExpiredTokenException", 400,
        "Token expired: current date/time {now} must be before the expiration date/time {until}",
    ),
    "too-long": Wording(
        "ValidationError", 400, "ValidationError", 400,
        "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
    ),
    "too-long-for-a-chain": Wording(
        "ValidationError", 400, "ValidationError", 400,
        "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining",
    ),
    "misdirected": Wording(
        "InvalidSignatureException", 400, "SignatureDoesNotMatch", 403,
        "Credential should be scoped to {scope}, not '{scoped}'.",
    ),
    "unsigned": Wording(
        "MissingAuthenticationTokenException", 400, "MissingAuthenticationToken", 403,
        "Request is missing Authentication Token",
    ),
    "unknown": Wording(
        "UnknownOperationException", 400, "InvalidAction", 400, "Could not find operation {operation}"
    ),
    "unsupported": Wording(
        "UnsupportedCommandException", 400, "InvalidAction", 400,
        "{operation} command is only supported in us-east-1.",
    ),
}  # fmt: skip


class Fault(Exception):  # noqa: N818  # AWS's models call them faults
    """A refusal of a kind, which is also its name in `configure`; each protocol renders it in its own form."""

    def __init__(self, kind: str, **details: str) -> None:
        """Initialize with a kind from the table above and the values for its message."""
        self.wording = _WORDINGS[kind]
        super().__init__(self.wording.message.format(**details))


class ScriptedFault(Fault):
    """A refusal with a test's own message, for cases that the stand-in cannot evaluate itself (see recorded.py)."""

    def __init__(self, script: Mapping[str, Any], **details: str) -> None:
        """Initialize with code, status and message, and the message's values: {principal}, {action}, {resource}."""
        code, status, message = script["code"], script["status"], script["message"]
        self.wording = Wording(code, status, code, status, message)
        Exception.__init__(self, message.format(**details))
