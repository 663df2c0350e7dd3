"""Who was denied what, and by which kind of policy: AWS tells it in one sentence.

Its forms are those of the AWS page "Troubleshoot access denied error messages": "because no session policy allows the
... action", "with an explicit deny in a service control policy".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from credhelper.aws.diagnosis.quoting import find_principal, message_of, role_name
from credhelper.errors import HelperError, printable

if TYPE_CHECKING:
    from botocore.exceptions import ClientError

    from credhelper.aws.diagnosis.quoting import Principal
    from credhelper.ecr.target import Target

CODES = frozenset(("AccessDeniedException", "AccessDenied"))

_EXPLICIT_DENY = "explicit deny"
_NOT_AUTHORIZED = "ot authorized to perform"  # also where a sentence begins with it
_ATTACH_FIX = (
    "attach {policy} to the {kind}:\n"
    "aws iam attach-{kind}-policy --{kind}-name {name} --policy-arn {policy_arn}\n"
    "then pull again: nothing has to be cleared"
)
# IAM does not let anybody change the roles that IAM Identity Center makes, AWSReservedSSO_SET_0123456789abcdef.
_SSO_ROLE_PREFIX = "AWSReservedSSO_"
_SSO_FIX = (
    "let the permission set {set} of IAM Identity Center allow {action}: attach {policy} to it,\n"
    "and provision it again:\n"
    "aws sso-admin attach-managed-policy-to-permission-set --instance-arn ARN --permission-set-arn ARN "
    "--managed-policy-arn {policy_arn}"
)


class _DenialKind(NamedTuple):
    """One kind of policy: the id, the words by which AWS names it, and what is to be done."""

    id: str
    phrase: str
    fix: str


_DENIAL_KINDS = (
    _DenialKind(
        "denied-by-scp",
        "service control policy",
        "let a service control policy of the organization allow {action} (in its management account):\n"
        "aws organizations list-policies-for-target --target-id {account} --filter SERVICE_CONTROL_POLICY",
    ),
    _DenialKind(
        "denied-by-rcp",
        "resource control policy",
        "let the resource control policies of the organization allow {action} (in its management account):\n"
        "aws organizations list-policies-for-target --target-id {account} --filter RESOURCE_CONTROL_POLICY",
    ),
    _DenialKind(
        "denied-by-boundary",
        "permissions boundary",
        "let the policy that is its permissions boundary allow {action}; this names it:\n"
        "aws iam get-{kind} --{kind}-name {name} --query {Kind}.PermissionsBoundary",
    ),
    _DenialKind(
        "denied-by-session-policy",
        "session policy",
        "whoever starts this session passes a policy with it, and must allow {action} there",
    ),
    _DenialKind(
        "denied-by-endpoint-policy",
        "VPC endpoint policy",
        "let the policy of the VPC's interface endpoint allow {action}:\n"
        "aws ec2 describe-vpc-endpoints --filters Name=service-name,Values=com.amazonaws.{region}.ecr.api\n"
        "aws ec2 modify-vpc-endpoint --vpc-endpoint-id ID --policy-document file://POLICY.json",
    ),
    _DenialKind(
        "denied-by-policy",
        "explicit deny in an identity-based policy",
        "take {action} out of the policy that denies it, which none that allows can outweigh:\n"
        "aws iam list-attached-{kind}-policies --{kind}-name {name}\n"
        "aws iam list-{kind}-policies --{kind}-name {name}",
    ),
    _DenialKind("policy-missing", "no identity-based policy allows", _ATTACH_FIX),
    _DenialKind("denied", "", "if the {kind} has no policy that allows {action}: " + _ATTACH_FIX),
)


def token_denied_error(error: ClientError, target: Target) -> HelperError:
    """Give the HelperError for a principal that may not get a token."""
    message = message_of(error)
    caller = find_principal(message)
    reason = _parse_reason(message)
    denial = next(denial for denial in _DENIAL_KINDS if denial.phrase in reason)
    action = _parse_action(message) or f"{target.registry.service}:GetAuthorizationToken"
    fix = (_special_fix(denial, caller) or denial.fix).format(
        **caller._asdict(),
        **_pull_policies(target),
        action=action,
        region=target.registry.region,
        Kind=caller.kind.capitalize(),
    )
    return HelperError(
        denial.id,
        f"{caller.arn or 'the identity in use'} may not call {action}, so {target.host} got no token: "
        f"{reason or _fallback_reason(message)}",
        fix,
    )


def _special_fix(denial: _DenialKind, caller: Principal) -> str:
    """Give the fix for those whose policies cannot be changed by the commands for a role or a user; "" for these."""
    if "{kind}" not in denial.fix:
        return ""
    if caller.name.startswith(_SSO_ROLE_PREFIX):
        return _SSO_FIX.replace("{set}", caller.name[len(_SSO_ROLE_PREFIX) :].rpartition("_")[0])
    return "" if caller.kind else "let the policies of {arn}, or of who started its session, allow {action}"


def role_denied_error(error: ClientError, target: Target, role_arn: str) -> HelperError:
    """Give the HelperError for a principal that may not assume the role `role_arn`."""
    message = message_of(error)
    caller = find_principal(message).arn or "the identity in use"
    role = printable(role_arn) or "the role"
    fix = (
        f"let the role be assumed: its trust policy must name {caller}\n"
        f"aws iam get-role --role-name {role_name(role)} --query Role.AssumeRolePolicyDocument\n"
        f"and let {caller} assume it: a policy of its own must allow sts:AssumeRole on {role}\n"
        "and if the role asks for an external id, external_id must be that"
    )
    if _EXPLICIT_DENY in message:
        fix = "no policy that allows can outweigh it: whoever manages the one that denies must change it"
    return HelperError(
        "assume-role-denied",
        f"{caller} may not call sts:AssumeRole on {role}, so {target.host} got no token: "
        f"{_parse_reason(message) or _fallback_reason(message)}",
        fix,
    )


def _pull_policies(target: Target) -> dict[str, str]:
    if target.registry.is_public:
        policy = policy_names = "AmazonElasticContainerRegistryPublicReadOnly"
    else:
        policy = "AmazonEC2ContainerRegistryPullOnly"
        policy_names = f"{policy} (or AmazonEC2ContainerRegistryReadOnly)"
    return {"policy": policy_names, "policy_arn": f"arn:{target.registry.partition}:iam::aws:policy/{policy}"}


def _parse_action(message: str) -> str:
    return message.partition(" is not authorized to perform: ")[2].partition(" ")[0]


def _fallback_reason(message: str) -> str:
    """Give what AWS says where it does not say why, or in other words: "Roles may not be assumed by root accounts"."""
    return "AWS denied it" if _NOT_AUTHORIZED in message else message


def _parse_reason(message: str) -> str:
    """Give what AWS says after whom it denied what: "no ... policy allows", "with an explicit deny in ..."."""
    return message.partition(" on resource: ")[2].partition(" ")[2].removeprefix("because ")
