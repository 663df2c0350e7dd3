"""Scenarios: AWS denies a call. A missing policy really does; the other types use AWS's recorded responses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.errors.scenario import BASE, ROLE, SECRET, Scenario, configure_aws, configure_fake
from tests.fake_ec2.services.recorded import DENIALS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.errors.scenario import Changes, Sandbox

_DENIAL = "the role may not call ecr:GetAuthorizationToken"


def _deny_by(id_: str, policy: str, message: str, fix: Sequence[str]) -> Scenario:
    return Scenario(id_, configure_fake(script={"ecr": DENIALS[policy]}), [_DENIAL, message], fix, is_scripted=True)


def _deny_without_reason(sandbox: Sandbox) -> Changes:
    sandbox.script_ecr_error(
        "AccessDeniedException", "User: {principal} is not authorized to perform: {action} on resource: *"
    )
    return {}


def _distrust_caller(sandbox: Sandbox) -> Changes:
    sandbox.write_aws_config(f"[default]\nrole_arn = {ROLE}\nsource_profile = base\n{BASE}")
    sandbox.cloud.configure(trust={ROLE: {"by": ["arn:aws:iam::123456789012:role/another"]}})
    return {}


SCENARIOS = (
    Scenario(
        "policy-missing",
        configure_fake(policies={"app-role": False}),
        [_DENIAL, "no identity-based policy allows the ecr:GetAuthorizationToken action"],
        [
            "attach AmazonEC2ContainerRegistryPullOnly (or AmazonEC2ContainerRegistryReadOnly)",
            "aws iam attach-role-policy --role-name app-role",
            "then pull again; there is no cache to clear",
        ],
    ),
    Scenario(
        "denied",
        _deny_without_reason,
        [_DENIAL, "arn:aws:iam::123456789012:role/app-role: AWS gave no reason"],
        ["if no policy of the role allows ecr:GetAuthorizationToken"],
        is_scripted=True,
    ),
    _deny_by(
        "denied-by-policy",
        "identity-based policy",
        "with an explicit deny in an identity-based policy",
        ["aws iam list-attached-role-policies --role-name app-role"],
    ),
    _deny_by(
        "denied-by-scp",
        "no service control policy",
        "no service control policy allows",
        ["--target-id 123456789012 --filter SERVICE_CONTROL_POLICY"],
    ),
    _deny_by(
        "denied-by-rcp",
        "resource control policy",
        "with an explicit deny in a resource control policy",
        ["--filter RESOURCE_CONTROL_POLICY"],
    ),
    _deny_by(
        "denied-by-boundary",
        "no permissions boundary",
        "no permissions boundary allows",
        ["aws iam get-role --role-name app-role --query Role.PermissionsBoundary"],
    ),
    _deny_by(
        "denied-by-session-policy",
        "no session policy",
        "no session policy allows",
        ["in the session policy that is passed when the session is started"],
    ),
    _deny_by(
        "denied-by-endpoint-policy",
        "no VPC endpoint policy",
        "no VPC endpoint policy allows",
        ["com.amazonaws.us-east-1.ecr.api", "aws ec2 modify-vpc-endpoint"],
    ),
    Scenario(
        "assume-role-denied",
        _distrust_caller,
        ["arn:aws:iam::123456789012:user/AKIAONE: AWS gave no reason", ROLE],
        ["allow arn:aws:iam::123456789012:user/AKIAONE in the trust policy", "--role-name build"],
    ),
    Scenario(
        "role-refused",
        configure_aws(f"[default]\nrole_arn = {ROLE}\nsource_profile = base\nduration_seconds = 40000\n{BASE}"),
        [f"the role {ROLE}", "cannot assume the role", "MaxSessionDuration"],
        ["duration_seconds"],
    ),
    Scenario(
        "role-arn-bad",
        configure_aws(f"[default]\nrole_arn = build\nsource_profile = base\n{BASE}"),
        ["role_arn is not", "the ARN of an IAM role: build"],
        ["aws iam get-role --role-name NAME --query Role.Arn"],
    ),
    Scenario(
        "mfa-required",
        configure_aws(f"[default]\nrole_arn = {ROLE}\nsource_profile = base\nmfa_serial = {SECRET}\n{BASE}"),
        ["it has mfa_serial"],
        ["start a session in a shell, where you can type the code"],
    ),
)
