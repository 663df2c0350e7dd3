"""What a policy denies: which kind of policy it is, as AWS says, and how it is changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from credhelper.error_catalog.kind import Command, ErrorKind

if TYPE_CHECKING:
    from credhelper.error_catalog.kind import Step

_MESSAGE = "{caller} may not call {action}, so {host} got no token: {reason}"
UNKNOWN_CALLER, UNEXPLAINED = "the identity in use", "AWS denied it"  # where AWS does not say who called, or why

_ATTACH: tuple[Step, ...] = (
    Command("aws iam attach-{kind}-policy --{kind}-name {name} --policy-arn {policy_arn}"),
    "then pull again: nothing has to be cleared",
)
# IAM does not let anybody change the roles that IAM Identity Center creates.
_CHANGE_PERMISSION_SET: tuple[Step, ...] = (
    "let the permission set {permission_set} of IAM Identity Center allow {action}: attach {policy} to it",
    "and provision it again:",
    Command(
        "aws sso-admin attach-managed-policy-to-permission-set --instance-arn ARN --permission-set-arn ARN "
        "--managed-policy-arn {policy_arn}"
    ),
)
_CHANGE_CALLER: tuple[Step, ...] = ("let the policies of {caller}, or of who started its session, allow {action}",)

POLICY_MISSING = ErrorKind(
    "policy-missing",
    "no policy of the role or user allows the call",
    _MESSAGE,
    ("attach {policy} to the {kind}:", *_ATTACH),
)
DENIED = ErrorKind(
    "denied",
    "AWS denies the call and does not say by which policy",
    _MESSAGE,
    ("if the {kind} has no policy that allows {action}: attach {policy} to the {kind}:", *_ATTACH),
)
DENIED_BY_POLICY = ErrorKind(
    "denied-by-policy",
    "a policy of the role or user denies the call",
    _MESSAGE,
    (
        "take {action} out of the policy that denies it, which none that allows can outweigh:",
        Command("aws iam list-attached-{kind}-policies --{kind}-name {name}"),
        Command("aws iam list-{kind}-policies --{kind}-name {name}"),
    ),
)
DENIED_BY_SCP = ErrorKind(
    "denied-by-scp",
    "a service control policy denies the call, or none allows it",
    _MESSAGE,
    (
        "let a service control policy of the organization allow {action} (in its management account):",
        Command(
            "aws organizations list-policies-for-target --target-id {account} --filter SERVICE_CONTROL_POLICY",
        ),
    ),
)
DENIED_BY_RCP = ErrorKind(
    "denied-by-rcp",
    "a resource control policy denies the call",
    _MESSAGE,
    (
        "let the resource control policies of the organization allow {action} (in its management account):",
        Command(
            "aws organizations list-policies-for-target --target-id {account} --filter RESOURCE_CONTROL_POLICY",
        ),
    ),
)
DENIED_BY_BOUNDARY = ErrorKind(
    "denied-by-boundary",
    "the permissions boundary does not allow the call",
    _MESSAGE,
    (
        "let the policy that is its permissions boundary allow {action}; this names it:",
        Command("aws iam get-{kind} --{kind}-name {name} --query {resource}.PermissionsBoundary"),
    ),
)
DENIED_BY_SESSION_POLICY = ErrorKind(
    "denied-by-session-policy",
    "the session's policy does not allow the call",
    _MESSAGE,
    ("whoever starts this session passes a policy with it, and must allow {action} there",),
)
DENIED_BY_ENDPOINT_POLICY = ErrorKind(
    "denied-by-endpoint-policy",
    "the VPC endpoint's policy does not allow the call",
    _MESSAGE,
    (
        "let the policy of the VPC's interface endpoint allow {action}:",
        Command(
            "aws ec2 describe-vpc-endpoints --filters Name=service-name,Values=com.amazonaws.{region}.ecr.api",
        ),
        Command("aws ec2 modify-vpc-endpoint --vpc-endpoint-id ID --policy-document file://POLICY.json"),
    ),
)

# Those whose fix is of the caller's own policies, for a caller whose policies are changed elsewhere.
_OWN = (POLICY_MISSING, DENIED, DENIED_BY_POLICY, DENIED_BY_BOUNDARY)
FOR_PERMISSION_SET = {kind: kind._replace(fix=_CHANGE_PERMISSION_SET) for kind in _OWN}
FOR_OTHER_CALLER = {kind: kind._replace(fix=_CHANGE_CALLER) for kind in _OWN}

ASSUME_ROLE_DENIED = ErrorKind(
    "assume-role-denied",
    "the role for the registry may not be assumed",
    "{caller} may not call sts:AssumeRole on {role}, so {host} got no token: {reason}",
    (
        "let the role be assumed: its trust policy must name {caller}",
        Command("aws iam get-role --role-name {role_name} --query Role.AssumeRolePolicyDocument"),
        "and let {caller} assume it: a policy of its own must allow sts:AssumeRole on {role}",
        "and if the role asks for an external id, external_id must be that",
    ),
)
ASSUME_ROLE_DENIED_BY_POLICY = ASSUME_ROLE_DENIED._replace(
    when="a policy denies that the role for the registry is assumed",
    fix=("no policy that allows can outweigh it: whoever manages the one that denies must change it",),
)
UNKNOWN_ROLE = "the role"  # where botocore does not say which one it asked for

WEB_IDENTITY_DENIED = ErrorKind(
    "web-identity-denied",
    "the role may not be assumed by the web identity",
    "the web identity may not assume {role}, so {host} got no token: {reason}",
    (
        "its trust policy must name the OIDC provider, and its conditions the token's aud and sub",
        Command("aws iam get-role --role-name {role_name} --query Role.AssumeRolePolicyDocument"),
    ),
)
SSO_ROLE_DENIED = ErrorKind(
    "sso-role-denied",
    "the sign-in does not give the profile's role",
    "the sign-in for {host} does not give the role {role} in the account {account}: {reason}",
    ("look at sso_role_name and sso_account_id of the profile; who administers IAM Identity Center assigns them",),
)

ROWS = (
    *(POLICY_MISSING, DENIED, DENIED_BY_POLICY, DENIED_BY_SCP, DENIED_BY_RCP, DENIED_BY_BOUNDARY),
    *(DENIED_BY_SESSION_POLICY, DENIED_BY_ENDPOINT_POLICY),
    *FOR_PERMISSION_SET.values(),
    *FOR_OTHER_CALLER.values(),
    *(ASSUME_ROLE_DENIED, ASSUME_ROLE_DENIED_BY_POLICY, WEB_IDENTITY_DENIED, SSO_ROLE_DENIED),
)
