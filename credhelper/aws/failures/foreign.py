"""Credentials that one part of AWS knows and another does not: of another partition, or in a region not enabled.

AWS answers both as if the credentials were invalid. So it is looked whose they are: by the ARN that metadata told with
them, or of the role that was asked for with them, or by asking STS, in another region than the one that refused them.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from botocore.config import Config

from credhelper.aws.failures import frames
from credhelper.aws.failures.words import line, partition_of
from credhelper.errors import HelperError
from credhelper.registry import Registry

if TYPE_CHECKING:
    from botocore.exceptions import ClientError
    from botocore.session import Session

    from credhelper.target import Target

# Seconds: the person is waiting, and the refusal is known.
_LIMITS = Config(connect_timeout=1, read_timeout=2, retries={"mode": "standard", "total_max_attempts": 1})

# All others must be enabled by an account. No region has joined these since March 2019 (AWS page "AWS Regions").
_ALWAYS_ENABLED = frozenset(
    (
        *("us-east-1", "us-east-2", "us-west-1", "us-west-2", "ca-central-1", "sa-east-1"),
        *("eu-central-1", "eu-north-1", "eu-west-1", "eu-west-2", "eu-west-3", "ap-south-1"),
        *("ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-southeast-1", "ap-southeast-2"),
    )
)


def explain(error: ClientError, target: Target, session: Session, instance: str) -> HelperError | None:
    """Give the HelperError for credentials that are valid elsewhere; None where there is no evidence of that."""
    registry = target.registry
    told = partition_of(instance) or partition_of(frames.asked(error, "RoleArn"))
    if told and told != registry.partition:
        return wrong_partition(target, told)
    if error.operation_name != "GetAuthorizationToken":
        return None  # with what the session has now no other call can be made
    valid = partition_of(_asked_of_sts(session, _elsewhere(registry, session)))
    if valid and valid != registry.partition:
        return wrong_partition(target, valid)
    is_optional = registry.partition == "aws" and registry.region not in _ALWAYS_ENABLED
    return _region_disabled(error, target) if valid and is_optional else None


def wrong_partition(target: Target, theirs: str) -> HelperError:
    """Give the HelperError for credentials, or a role, of another partition of AWS than the registry."""
    ours = target.registry.partition
    return HelperError(
        "wrong-partition",
        f"{target.host} is in AWS's partition {ours}, and the identity for it in {theirs}"
        f"{target.options.source_of('role_arn')}: neither knows the other's",
        f"use an identity of {ours} for it: a profile of its own, and AWS_PROFILE or a rule that names it",
    )


def sts_disabled(error: ClientError, target: Target) -> HelperError:
    """Give the HelperError for a region in which the account has turned STS off."""
    return HelperError(
        "region-disabled",
        f"no session for {target.host} can be had of STS in its region: {line(error)}",
        "activate it: IAM console, Account settings, Security Token Service (STS)\n"
        "or let the STS of another region give the session: `region` in a rule of the settings",
    )


def _region_disabled(error: ClientError, target: Target) -> HelperError:
    """It is not enabled, or the session is a global one, which is not valid there."""
    region = target.registry.region
    return HelperError(
        "region-disabled",
        f"{region} refused credentials for {target.host} that are valid in other regions: {line(error)}",
        f"{region} must be enabled: aws account enable-region --region-name {region}\n"
        "if it is: sessions of the global STS endpoint are not valid there; set AWS_STS_REGIONAL_ENDPOINTS=regional\n"
        "where the session is started, or aws iam set-security-token-service-preferences "
        "--global-endpoint-token-version v2Token",
    )


def _elsewhere(registry: Registry, session: Session) -> str:
    """Give a region where the credentials may be at home, other than the registry's, or "": the user's own, else the
    oldest of all.
    """
    profile: dict[str, str] = session.get_scoped_config()
    named = (os.environ.get("AWS_REGION"), os.environ.get("AWS_DEFAULT_REGION"), profile.get("region"), "us-east-1")
    return next((each for each in named if each and each != registry.region), "")


def _asked_of_sts(session: Session, region: str) -> str:
    """Give the ARN that the credentials are of, in `region`; "" where they are not known or nobody answers."""
    if not region:
        return ""
    try:
        sts = session.create_client("sts", region_name=region, config=_LIMITS)
        return str(sts.get_caller_identity()["Arn"])  # type: ignore[attr-defined]  # made from the model
    except Exception:  # noqa: BLE001  (whatever came of it, it tells nothing)
        return ""
