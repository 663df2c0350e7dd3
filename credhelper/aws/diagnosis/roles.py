"""A role that is to be assumed: whether its ARN is one, who may assume it, and what else STS does not take."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from botocore import exceptions as boto

from credhelper.aws.diagnosis import access_denied
from credhelper.aws.diagnosis.quoting import code_of, quote
from credhelper.errors import HelperError, printable

if TYPE_CHECKING:
    from botocore.exceptions import ClientError

    from credhelper.aws.observer import Observer
    from credhelper.ecr.target import Target

_ROLE_ARN = re.compile(r"arn:aws[a-z-]*:iam::\d{12}:role/[\w+=,.@/-]+", re.ASCII)


def diagnose_response(error: ClientError, target: Target, observer: Observer) -> HelperError | None:
    """Give the HelperError for an answer of STS's AssumeRole, if it is of the role."""
    code = code_of(error)
    if code in access_denied.CODES:
        return access_denied.role_denied_error(error, target, observer.role_arn)
    return _invalid_error(observer.role_arn, quote(error), target) if code == "ValidationError" else None


def diagnose(error: Exception, target: Target, observer: Observer) -> HelperError | None:
    """Give the HelperError for a role that botocore does not even ask for; None if the error is of something else.
    What it quotes of its own rules is left out: it repeats values.
    """
    return (
        _invalid_error(observer.role_arn, "botocore does not take it", target)
        if isinstance(error, boto.ParamValidationError)
        else None
    )


def _invalid_error(arn: str, reason: str, target: Target) -> HelperError:
    if not _ROLE_ARN.fullmatch(arn):
        return HelperError(
            "role-arn-bad",
            f"{printable(arn) or 'nothing'}, the role_arn for {target.host}, is the ARN of no role",
            "it looks like arn:aws:iam::123456789012:role/NAME: aws iam get-role --role-name NAME --query Role.Arn",
        )
    return HelperError(
        "role-refused",
        f"the role {printable(arn)} for {target.host} cannot be assumed as it is asked for: {reason}",
        "look at role_session_name, external_id and duration_seconds\n"
        "a session lives no longer than the role's MaxSessionDuration, and an hour if another role assumes it",
    )
