"""Credentials that are valid in another part of AWS: those of another partition, or in a region that is not enabled.

AWS rejects both as invalid credentials. Therefore the owner of the credentials is determined: by the ARN that the
metadata service reported with them, by the ARN of the role that was requested with them, or by a call to STS in a
region other than the one that rejected them.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from botocore.config import Config

from credhelper.aws.diagnosis.arns import partition_of
from credhelper.aws.diagnosis.quoting import describe
from credhelper.ecr import partitions
from credhelper.ecr.registry import Registry
from credhelper.error_catalog.api import REGION_DISABLED, WRONG_PARTITION

if TYPE_CHECKING:
    from botocore.exceptions import ClientError
    from botocore.session import Session

    from credhelper.aws.observer import Observer
    from credhelper.ecr.target import Target
    from credhelper.errors import HelperError

# Seconds; short, since the user is waiting and the rejection is known already.
_CLIENT_CONFIG = Config(connect_timeout=1, read_timeout=2, retries={"mode": "standard", "total_max_attempts": 1})


def diagnose(error: ClientError, target: Target, observer: Observer, role_identity: str) -> HelperError | None:
    """Return the HelperError for credentials that are valid elsewhere; None if there is no evidence of that."""
    registry = target.registry
    role_partition = partition_of(role_identity) or partition_of(observer.role_arn)
    if role_partition and role_partition != registry.partition:
        return wrong_partition_error(target, role_partition)
    if error.operation_name != "GetAuthorizationToken":
        return None  # the session has no credentials with which it could make another call
    caller_partition = partition_of(_get_caller_arn(observer.session, _other_region(registry, observer.session)))
    if caller_partition and caller_partition != registry.partition:
        return wrong_partition_error(target, caller_partition)
    is_opt_in = partitions.partition_of(registry.region).is_opt_in(registry.region)
    if not (caller_partition and is_opt_in):
        return None
    # The region is not enabled, or the session is from the global STS endpoint and not valid in the region.
    return REGION_DISABLED.error(region=registry.region, reason=describe(error))


def wrong_partition_error(target: Target, identity_partition: str) -> HelperError:
    """Return the HelperError for credentials, or a role, of a partition other than the registry's."""
    identity = f"{identity_partition}{target.options.source_of('role_arn')}"
    return WRONG_PARTITION.error(partition=target.registry.partition, identity=identity)


def _other_region(registry: Registry, session: Session) -> str:
    """Return a region, other than the registry's, where the credentials may be valid; "" if no other is known.

    It is the user's own region, else the oldest region of all.
    """
    profile: dict[str, str] = session.get_scoped_config()
    candidates = (
        os.environ.get("AWS_REGION"),
        os.environ.get("AWS_DEFAULT_REGION"),
        profile.get("region"),
        "us-east-1",
    )
    return next((region for region in candidates if region and region != registry.region), "")


def _get_caller_arn(session: Session, region: str) -> str:
    """Return the ARN of the credentials' owner from STS in `region`; "" if STS rejects them or does not respond."""
    if not region:
        return ""
    try:
        sts = session.create_client("sts", region_name=region, config=_CLIENT_CONFIG)
        return str(sts.get_caller_identity()["Arn"])  # type: ignore[attr-defined]  # generated from the model
    except Exception:  # noqa: BLE001  (a failure of any kind is no evidence)
        return ""
