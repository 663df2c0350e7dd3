"""Scenes of what AWS denies: by the missing policy really, by the others in AWS's recorded words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.catalogue.stage import BASE, ROLE, SECRET, Scene, settled, told
from tests.instance.services.recorded import DENIALS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.catalogue.stage import Changes, Stage

_WHO = "arn:aws:iam::123456789012:role/app-role may not call ecr:GetAuthorizationToken"


def _by(id_: str, policy: str, says: str, fix: Sequence[str]) -> Scene:
    return Scene(id_, told(script={"ecr": DENIALS[policy]}), [_WHO, says], fix, scripted=True)


def _without_reason(stage: Stage) -> Changes:
    stage.script("AccessDeniedException", "User: {principal} is not authorized to perform: {action} on resource: *")
    return {}


def _untrusting(stage: Stage) -> Changes:
    stage.config(f"[default]\nrole_arn = {ROLE}\nsource_profile = base\n{BASE}")
    stage.cloud.tell(trust={ROLE: {"by": ["arn:aws:iam::123456789012:role/another"]}})
    return {}


SCENES = (
    Scene(
        "policy-missing",
        told(policies={"app-role": False}),
        [_WHO, "no identity-based policy allows the ecr:GetAuthorizationToken action"],
        [
            "attach AmazonEC2ContainerRegistryPullOnly (or AmazonEC2ContainerRegistryReadOnly)",
            "aws iam attach-role-policy --role-name app-role",
            "then pull again: nothing has to be cleared",
        ],
    ),
    Scene("denied", _without_reason, [_WHO, "AWS denied it"], ["if the role has no policy"], scripted=True),
    _by(
        "denied-by-policy",
        "identity-based policy",
        "with an explicit deny in an identity-based policy",
        ["aws iam list-attached-role-policies --role-name app-role"],
    ),
    _by(
        "denied-by-scp",
        "no service control policy",
        "no service control policy allows",
        ["--target-id 123456789012 --filter SERVICE_CONTROL_POLICY"],
    ),
    _by(
        "denied-by-rcp",
        "resource control policy",
        "with an explicit deny in a resource control policy",
        ["--filter RESOURCE_CONTROL_POLICY"],
    ),
    _by(
        "denied-by-boundary",
        "no permissions boundary",
        "no permissions boundary allows",
        ["aws iam get-role --role-name app-role --query Role.PermissionsBoundary"],
    ),
    _by(
        "denied-by-session-policy",
        "no session policy",
        "no session policy allows",
        ["whoever starts this session passes a policy with it"],
    ),
    _by(
        "denied-by-endpoint-policy",
        "no VPC endpoint policy",
        "no VPC endpoint policy allows",
        ["com.amazonaws.us-east-1.ecr.api", "aws ec2 modify-vpc-endpoint"],
    ),
    Scene(
        "assume-role-denied",
        _untrusting,
        ["arn:aws:iam::123456789012:user/AKIAONE may not call sts:AssumeRole", ROLE],
        ["its trust policy must name arn:aws:iam::123456789012:user/AKIAONE", "--role-name build"],
    ),
    Scene(
        "role-refused",
        settled(f"[default]\nrole_arn = {ROLE}\nsource_profile = base\nduration_seconds = 40000\n{BASE}"),
        [f"the role {ROLE}", "cannot be assumed as it is asked for", "MaxSessionDuration"],
        ["duration_seconds"],
    ),
    Scene(
        "role-arn-bad",
        settled(f"[default]\nrole_arn = build\nsource_profile = base\n{BASE}"),
        ["build, the role_arn", "is the ARN of no role"],
        ["aws iam get-role --role-name NAME --query Role.Arn"],
    ),
    Scene(
        "mfa-required",
        settled(f"[default]\nrole_arn = {ROLE}\nsource_profile = base\nmfa_serial = {SECRET}\n{BASE}"),
        ["has an mfa_serial"],
        ["start a session where you can type the code"],
    ),
)
