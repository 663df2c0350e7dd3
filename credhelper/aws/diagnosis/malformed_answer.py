"""Answers without an error in which there is no token."""

from __future__ import annotations

from typing import TYPE_CHECKING

from credhelper.aws.diagnosis.quoting import quote_error
from credhelper.errors import HelperError

if TYPE_CHECKING:
    from botocore.exceptions import ClientError

    from credhelper.ecr.target import Target


def malformed_answer_error(target: Target) -> HelperError:
    """Give the HelperError for an answer that is none of AWS's."""
    return HelperError(
        "malformed-answer",
        f"what answered for {target.host} gave no token that could be read",
        "try again; if AWS_ENDPOINT_URL_ECR or a proxy is set, look at what answers there",
    )


def non_aws_answer_error(error: ClientError, target: Target) -> HelperError:
    """Give the HelperError for an error in no form of AWS's, as of a proxy, a portal or a firewall."""
    return HelperError(
        "malformed-answer",
        f"what answered for {target.host} gave no token, and does not speak as AWS does: {quote_error(error)}",
        "look at what answers in AWS's place: a proxy, a portal, or what AWS_ENDPOINT_URL_ECR names",
    )


def empty_answer_error(target: Target) -> HelperError:
    """Give the HelperError for an answer of ECR's that has no token in it."""
    return HelperError(
        "empty-answer",
        f"AWS answered for {target.host} with no token in its authorizationData",
        "try again; if it lasts, it is a fault of AWS's: look at its health dashboard",
    )
