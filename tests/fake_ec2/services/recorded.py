"""AWS's recorded messages for refusals that the stand-in cannot evaluate itself.

Each is a value for `configure(script={service: ...})`. The denials are those of the IAM page "Troubleshoot access
denied error messages", with placeholders for the request; only the clause after the action distinguishes the policies.
"""

from __future__ import annotations

from typing import Any


def _denial(clause: str) -> dict[str, Any]:
    message = f"User: {{principal}} is not authorized to perform: {{action}} on resource: {{resource}} {clause}"
    return {"code": "AccessDeniedException", "status": 400, "message": message}


def _no_policy(policy: str) -> dict[str, Any]:
    return _denial(f"because no {policy} allows the {{action}} action")


def _explicit_deny(policy: str) -> dict[str, Any]:
    return _denial(f"with an explicit deny in {policy}")


DENIALS = {
    "identity-based policy": _explicit_deny("an identity-based policy"),
    "no service control policy": _no_policy("service control policy"),
    "service control policy": _explicit_deny("a service control policy"),
    "resource control policy": _explicit_deny("a resource control policy"),
    "no permissions boundary": _no_policy("permissions boundary"),
    "permissions boundary": _explicit_deny("a permissions boundary"),
    "no session policy": _no_policy("session policy"),
    "session policy": _explicit_deny("a session policy"),
    "no VPC endpoint policy": _no_policy("VPC endpoint policy"),
    "VPC endpoint policy": _explicit_deny("a VPC endpoint policy"),
}
"""Denials by policy: "no X" if X does not allow the action, otherwise X denies it. For ECR and ECR Public."""

# A token of the global STS endpoint is valid only in regions that are enabled by default (IAM page "Manage AWS STS in
# an AWS Region"). Keys of another partition are refused in the same way.
INVALID_IN_REGION = {
    "code": "UnrecognizedClientException",
    "status": 400,
    "message": "The security token included in the request is invalid.",
}
"""ECR's answer in an opt-in region that the account has not enabled, and to keys of another partition."""

STS_DISABLED = {
    "code": "RegionDisabledException",
    "status": 403,
    "message": "STS is not activated in this region for account:123456789012. Your account administrator can activate"
    " STS in this region using the IAM Console.",
}
"""STS's answer in a region for which the account has deactivated it."""
