"""AWS's own sentences -> what the person reads."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from credhelper.aws import failures
from credhelper.registry import Registry
from credhelper.target import direct

PRIVATE = direct(Registry("123456789012", "us-east-1"))


def test_a_signature_s_canonical_string_is_not_repeated() -> None:
    message = "The signature does not match. The Canonical String for this request should have been 'x:hidden'"
    response: Any = {"Error": {"Code": "InvalidSignatureException", "Message": message}}
    refused = ClientError(response, "GetAuthorizationToken")
    failure = failures.explain(refused, PRIVATE, 0)
    assert failure.id == "credentials-invalid"
    assert "does not match" in failure.message
    assert "hidden" not in failure.message


@pytest.mark.parametrize(
    ("why", "reason", "fix"),
    [
        ("because no session policy allows the action", "no session policy allows the action", "attach-role-policy"),
        ("with an explicit deny in a service control policy", "explicit deny in a service", "must change it"),
        ("", "AWS denied it", "attach-role-policy"),
    ],
)
def test_a_denial_is_told_with_aws_s_own_reason(why: str, reason: str, fix: str) -> None:
    who = "arn:aws:sts::123456789012:assumed-role/app-role/i-0abc"
    message = f"User: {who} is not authorized to perform: ecr:GetAuthorizationToken on resource: * {why}".strip()
    response: Any = {"Error": {"Code": "AccessDeniedException", "Message": message}}
    refused = ClientError(response, "GetAuthorizationToken")
    failure = failures.explain(refused, PRIVATE, 0)
    assert failure.id == "policy-missing"
    assert reason in failure.message
    assert fix in failure.fix
