"""A role that is to be assumed: whether its ARN is one, who may assume it, and what else STS does not take."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from botocore import exceptions as boto

from credhelper.aws.diagnosis import access_denied
from credhelper.aws.diagnosis.quoting import code_of, describe
from credhelper.error_catalog.profiles import EMPTY_ARN, REFUSED_BY_BOTOCORE, ROLE_ARN_BAD, ROLE_REFUSED

if TYPE_CHECKING:
    from botocore.exceptions import ClientError

    from credhelper.aws.observer import Observer
    from credhelper.errors import HelperError

_ROLE_ARN = re.compile(r"arn:aws[a-z-]*:iam::\d{12}:role/[\w+=,.@/-]+", re.ASCII)


def diagnose_response(error: ClientError, observer: Observer) -> HelperError | None:
    """Give the HelperError for an answer of STS's AssumeRole, if it is of the role."""
    code = code_of(error)
    if code in access_denied.CODES:
        return access_denied.role_denied_error(error, observer.role_arn)
    return _invalid_error(observer.role_arn, describe(error)) if code == "ValidationError" else None


def diagnose(error: Exception, observer: Observer) -> HelperError | None:
    """Give the HelperError for a role that botocore does not even ask for; None if the error is of something else.
    What it quotes of its own rules is left out: it repeats values.
    """
    is_of_role = isinstance(error, boto.ParamValidationError)
    return _invalid_error(observer.role_arn, REFUSED_BY_BOTOCORE) if is_of_role else None


def _invalid_error(arn: str, reason: str) -> HelperError:
    if not _ROLE_ARN.fullmatch(arn):
        return ROLE_ARN_BAD.error(arn=arn or EMPTY_ARN)
    return ROLE_REFUSED.error(arn=arn, reason=reason)
