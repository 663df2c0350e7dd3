"""Calls that a policy denies: which type of policy it is, according to AWS, and how to change it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from credhelper.error_catalog.kind import Command, ErrorKind

if TYPE_CHECKING:
    from credhelper.error_catalog.kind import Step

_MESSAGE = "access denied: {subject} may not call {action}"
_WHY = "{caller}: {reason}"
UNKNOWN_CALLER, UNEXPLAINED = "unknown identity", "AWS gave no reason"  # where AWS does not report who called, or why

_ATTACH: Step = Command("aws iam attach-{kind}-policy --{kind}-name {name} --policy-arn {policy_arn}")
# IAM does not allow changes to the roles that IAM Identity Center creates.
_CHANGE_PERMISSION_SET: tuple[Step, ...] = (
    (
        "attach {policy} to the permission set {permission_set} of IAM Identity Center so that it allows {action}, and "
        "provision the permission set again:"
    ),
    Command(
        "aws sso-admin attach-managed-policy-to-permission-set --instance-arn ARN --permission-set-arn ARN "
        "--managed-policy-arn {policy_arn}"
    ),
)
_CHANGE_CALLER: tuple[Step, ...] = ("allow {action} in the policies of {caller} or of the identity that started it",)

POLICY_MISSING = ErrorKind(
    "policy-missing",
    "no policy of the role or user allows the call",
    _MESSAGE,
    _WHY,
    ("attach {policy} to the {kind}, then pull again; there is no cache to clear:", _ATTACH),
)
DENIED = ErrorKind(
    "denied",
    "AWS denies the call and does not report by which policy",
    _MESSAGE,
    _WHY,
    ("if no policy of the {kind} allows {action}, attach {policy}, then pull again:", _ATTACH),
)
DENIED_BY_POLICY = ErrorKind(
    "denied-by-policy",
    "a policy of the role or user explicitly denies the call",
    _MESSAGE,
    _WHY,
    (
        (
            "remove {action} from the policy that denies it (an explicit deny overrides every allow); these list the "
            "policies:"
        ),
        Command("aws iam list-attached-{kind}-policies --{kind}-name {name}"),
        Command("aws iam list-{kind}-policies --{kind}-name {name}"),
    ),
)
DENIED_BY_SCP = ErrorKind(
    "denied-by-scp",
    "a service control policy denies the call, or none allows it",
    _MESSAGE,
    _WHY,
    (
        (
            "ask an administrator of the organization to allow {action} in its service control policies; in the "
            "management account:"
        ),
        Command("aws organizations list-policies-for-target --target-id {account} --filter SERVICE_CONTROL_POLICY"),
    ),
)
DENIED_BY_RCP = ErrorKind(
    "denied-by-rcp",
    "a resource control policy denies the call",
    _MESSAGE,
    _WHY,
    (
        (
            "ask an administrator of the organization to allow {action} in its resource control policies; in the "
            "management account:"
        ),
        Command("aws organizations list-policies-for-target --target-id {account} --filter RESOURCE_CONTROL_POLICY"),
    ),
)
DENIED_BY_BOUNDARY = ErrorKind(
    "denied-by-boundary",
    "the permissions boundary does not allow the call",
    _MESSAGE,
    _WHY,
    (
        "allow {action} in the permissions boundary of the {kind}; this prints its ARN:",
        Command("aws iam get-{kind} --{kind}-name {name} --query {resource}.PermissionsBoundary"),
    ),
)
DENIED_BY_SESSION_POLICY = ErrorKind(
    "denied-by-session-policy",
    "the session policy does not allow the call",
    _MESSAGE,
    _WHY,
    ("allow {action} in the session policy that is passed when the session is started (AssumeRole, Policy)",),
)
DENIED_BY_ENDPOINT_POLICY = ErrorKind(
    "denied-by-endpoint-policy",
    "the policy of the VPC endpoint does not allow the call",
    _MESSAGE,
    _WHY,
    (
        "allow {action} in the policy of the VPC's interface endpoint:",
        Command("aws ec2 describe-vpc-endpoints --filters Name=service-name,Values=com.amazonaws.{region}.ecr.api"),
        Command("aws ec2 modify-vpc-endpoint --vpc-endpoint-id ID --policy-document file://POLICY.json"),
    ),
)

# The rows whose fix changes the caller's own policies, for a caller whose policies are changed elsewhere.
_OWN = (POLICY_MISSING, DENIED, DENIED_BY_POLICY, DENIED_BY_BOUNDARY)
FOR_PERMISSION_SET = {
    kind: kind._replace(when=f"{kind.when} (a role of IAM Identity Center)", fix=_CHANGE_PERMISSION_SET)
    for kind in _OWN
}
FOR_OTHER_CALLER = {kind: kind._replace(when=f"{kind.when} (another caller)", fix=_CHANGE_CALLER) for kind in _OWN}

ASSUME_ROLE_DENIED = ErrorKind(
    "assume-role-denied",
    "the caller may not assume the role for the registry",
    "access denied: the caller may not assume {role}",
    _WHY,
    (
        "allow {caller} in the trust policy of the role:",
        Command("aws iam get-role --role-name {role_name} --query Role.AssumeRolePolicyDocument"),
        "and allow sts:AssumeRole on {role} in a policy of {caller}",
        "if the trust policy requires an external ID, set external_id to it",
    ),
)
ASSUME_ROLE_DENIED_BY_POLICY = ASSUME_ROLE_DENIED._replace(
    when="a policy explicitly denies assuming the role for the registry",
    fix=("remove sts:AssumeRole from the policy that denies it (an explicit deny overrides every allow)",),
)
UNKNOWN_ROLE = "the role"  # where botocore does not report which role it requested

WEB_IDENTITY_DENIED = ErrorKind(
    "web-identity-denied",
    "the web identity may not assume the role",
    "access denied: the web identity may not assume the role {role}",
    "{reason}",
    (
        "name the OIDC provider in the trust policy of the role, with conditions that match the token's aud and sub:",
        Command("aws iam get-role --role-name {role_name} --query Role.AssumeRolePolicyDocument"),
    ),
)
SSO_ROLE_DENIED = ErrorKind(
    "sso-role-denied",
    "the user of IAM Identity Center has no access to the profile's role",
    "access denied: IAM Identity Center gives no access to the role {role} in account {account}",
    "{reason}",
    (
        (
            "check sso_role_name and sso_account_id in the profile, or ask an administrator of IAM Identity Center for "
            "access"
        ),
    ),
)

ROWS = (
    *(POLICY_MISSING, DENIED, DENIED_BY_POLICY, DENIED_BY_SCP, DENIED_BY_RCP, DENIED_BY_BOUNDARY),
    *(DENIED_BY_SESSION_POLICY, DENIED_BY_ENDPOINT_POLICY),
    *FOR_PERMISSION_SET.values(),
    *FOR_OTHER_CALLER.values(),
    *(ASSUME_ROLE_DENIED, ASSUME_ROLE_DENIED_BY_POLICY, WEB_IDENTITY_DENIED, SSO_ROLE_DENIED),
)
