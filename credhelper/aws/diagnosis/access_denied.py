"""Denied access: the principal, the action and the kind of policy, parsed from AWS's message.

The forms of the message are those of the AWS page "Troubleshoot access denied error messages": "because no session
policy allows the ... action", "with an explicit deny in a service control policy".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from credhelper.aws.diagnosis.arns import find_principal, role_name
from credhelper.aws.diagnosis.quoting import message_of
from credhelper.error_catalog import access_denied as catalog

if TYPE_CHECKING:
    from botocore.exceptions import ClientError

    from credhelper.aws.diagnosis.arns import Principal
    from credhelper.ecr.registry import Registry
    from credhelper.error_catalog.kind import ErrorKind
    from credhelper.errors import HelperError

CODES = frozenset(("AccessDeniedException", "AccessDenied"))

_EXPLICIT_DENY = "explicit deny"
_NOT_AUTHORIZED = "ot authorized to perform"  # without its first letter, which is upper-case at the start of a sentence
_PERMISSION_SET_PREFIX = "AWSReservedSSO_"  # of the roles of IAM Identity Center: AWSReservedSSO_SET_0123456789abcdef

# AWS's phrase for each kind of policy; the first row whose phrase is in the reason counts.
_KINDS = (
    ("service control policy", catalog.DENIED_BY_SCP),
    ("resource control policy", catalog.DENIED_BY_RCP),
    ("permissions boundary", catalog.DENIED_BY_BOUNDARY),
    ("session policy", catalog.DENIED_BY_SESSION_POLICY),
    ("VPC endpoint policy", catalog.DENIED_BY_ENDPOINT_POLICY),
    ("explicit deny in an identity-based policy", catalog.DENIED_BY_POLICY),
    ("no identity-based policy allows", catalog.POLICY_MISSING),
    ("", catalog.DENIED),
)


def token_denied_error(error: ClientError, registry: Registry) -> HelperError:
    """Return the HelperError for a principal that may not get a token for `registry`."""
    message = message_of(error)
    caller = find_principal(message)
    reason = _parse_reason(message)
    kind = next(kind for phrase, kind in _KINDS if phrase in reason)
    return _variant_for(caller, kind).error(
        caller=caller.arn or catalog.UNKNOWN_CALLER,
        reason=reason or _fallback_reason(message),
        action=_parse_action(message) or f"{registry.service}:GetAuthorizationToken",
        region=registry.region,
        **_caller_fields(caller),
        **_pull_policies(registry),
    )


def _variant_for(caller: Principal, kind: ErrorKind) -> ErrorKind:
    """Return `kind`, or its variant if the commands for a role or a user cannot change the caller's policies."""
    if caller.name.startswith(_PERMISSION_SET_PREFIX):
        return catalog.FOR_PERMISSION_SET.get(kind, kind)
    return kind if caller.kind else catalog.FOR_OTHER_CALLER.get(kind, kind)


def _caller_fields(caller: Principal) -> dict[str, str]:
    permission_set = caller.name[len(_PERMISSION_SET_PREFIX) :].rpartition("_")[0] or "SET"
    return {
        "kind": caller.kind,
        "subject": f"the {caller.kind}" if caller.kind else "this identity",
        "name": caller.name,
        "account": caller.account,
        "resource": caller.kind.capitalize(),
        "permission_set": permission_set,
    }


def role_denied_error(error: ClientError, role_arn: str) -> HelperError:
    """Return the HelperError for a principal that may not assume the role `role_arn`."""
    message = message_of(error)
    kind = catalog.ASSUME_ROLE_DENIED_BY_POLICY if _EXPLICIT_DENY in message else catalog.ASSUME_ROLE_DENIED
    return kind.error(
        caller=find_principal(message).arn or catalog.UNKNOWN_CALLER,
        role=role_arn or catalog.UNKNOWN_ROLE,
        role_name=role_name(role_arn),
        reason=_parse_reason(message) or _fallback_reason(message),
    )


def _pull_policies(registry: Registry) -> dict[str, str]:
    if registry.is_public:
        policy = policy_names = "AmazonElasticContainerRegistryPublicReadOnly"
    else:
        policy = "AmazonEC2ContainerRegistryPullOnly"
        policy_names = f"{policy} (or AmazonEC2ContainerRegistryReadOnly)"
    return {"policy": policy_names, "policy_arn": f"arn:{registry.partition}:iam::aws:policy/{policy}"}


def _parse_action(message: str) -> str:
    return message.partition(" is not authorized to perform: ")[2].partition(" ")[0]


def _fallback_reason(message: str) -> str:
    """Return a reason for a message without a known one: the message itself, unless it only says "not authorized".

    An example of such a message is "Roles may not be assumed by root accounts".
    """
    return catalog.UNEXPLAINED if _NOT_AUTHORIZED in message else message


def _parse_reason(message: str) -> str:
    """Return the clause with AWS's reason: "no ... policy allows", "with an explicit deny in ..."; "" if missing."""
    return message.partition(" on resource: ")[2].partition(" ")[2].removeprefix("because ")
