"""The region of whoever names none: the environment's, else the profile's, else the instance's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError

from credhelper.aws import chain, failures, metadata
from credhelper.aws.failures.words import place
from credhelper.aws.file_access import new_session
from credhelper.errors import HelperError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from botocore.session import Session

    from credhelper.target import Target
    from credhelper.watch import Progress


def find(environ: Mapping[str, str], target: Target, watch: Progress) -> str:
    """Give the region that a command without one means, as it is written wherever it is found.

    AWS_REGION beats AWS_DEFAULT_REGION, as in the AWS SDKs (AWS page "AWS Region" of their reference guide).
    `target` is what a token is wanted for; a failure names it.

    Raises HelperError: "no-region" where nobody names one, and others where ~/.aws/config cannot be followed.
    """
    named = environ.get("AWS_REGION") or environ.get("AWS_DEFAULT_REGION")
    if named:
        return named
    session = new_session(target.options.profile)
    return _of_files(session, target) or _of_instance(session, environ, watch) or _fail()


def _of_files(session: Session, target: Target) -> str:
    try:
        return str(session.get_config_variable("region") or "")
    except BotoCoreError as error:
        raise failures.of_client(error, target, session) from error


def _of_instance(session: Session, environ: Mapping[str, str], watch: Progress) -> str:
    if environ.get("AWS_EC2_METADATA_DISABLED", "").lower() == "true":
        return ""
    endpoint = chain.metadata_endpoint(session)
    watch.step(f"asking the instance's metadata at {place(endpoint)} for its region")
    try:
        return metadata.region(endpoint)
    except ValueError:  # what is set is no address
        return ""


def _fail() -> str:
    raise HelperError(
        "no-region",
        "no region is named: neither by --region, AWS_REGION or AWS_DEFAULT_REGION, nor by the profile in "
        "~/.aws/config, and no instance metadata tells one",
        "name it: --region us-east-1",
    )
