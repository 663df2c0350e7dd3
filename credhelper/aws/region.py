"""The default region: from the environment, else from the profile, else the instance's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError

from credhelper.aws import credentials, imds
from credhelper.aws.diagnosis import exchange_errors
from credhelper.aws.diagnosis.quoting import netloc
from credhelper.aws.file_access import create_session
from credhelper.error_catalog.client import NO_REGION

if TYPE_CHECKING:
    from collections.abc import Mapping

    from botocore.session import Session

    from credhelper.ecr.target import Target
    from credhelper.system.deadline import Progress


def find_region(environ: Mapping[str, str], target: Target, progress: Progress) -> str:
    """Return the region for a command that was run without one, exactly as its source spells it.

    AWS_REGION beats AWS_DEFAULT_REGION, as in the AWS SDKs (AWS page "AWS Region" of their reference guide).
    `target` is the target for which a token is requested; errors refer to it.

    Raises HelperError: "no-region" if no source has a region, other errors if ~/.aws/config cannot be used.
    """
    region = environ.get("AWS_REGION") or environ.get("AWS_DEFAULT_REGION")
    if region:
        return region
    session = create_session(target.options.profile)
    region = _region_from_config(session, target) or _region_from_metadata(session, environ, progress)
    if not region:
        raise NO_REGION.error()
    return region


def _region_from_config(session: Session, target: Target) -> str:
    try:
        return str(session.get_config_variable("region") or "")
    except BotoCoreError as error:
        raise exchange_errors.diagnose_client_error(error, target, session) from error


def _region_from_metadata(session: Session, environ: Mapping[str, str], progress: Progress) -> str:
    if environ.get("AWS_EC2_METADATA_DISABLED", "").lower() == "true":
        return ""
    endpoint = credentials.metadata_endpoint(session)
    progress.step(f"requesting the region from the instance metadata service at {netloc(endpoint)}")
    try:
        return imds.instance_region(endpoint)
    except ValueError:  # the configured endpoint is not a URL
        return ""
