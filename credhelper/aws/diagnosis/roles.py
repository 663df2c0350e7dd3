"""Roles that cannot be assumed: the ARN is invalid, access is denied, or STS rejects another value."""

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
    """Return the HelperError for an error response of STS's AssumeRole; None if it is not about the role."""
    code = code_of(error)
    if code in access_denied.CODES:
        return access_denied.role_denied_error(error, observer.role_arn)
    return _invalid_error(observer.role_arn, describe(error)) if code == "ValidationError" else None


def diagnose(error: Exception, observer: Observer) -> HelperError | None:
    """Return the HelperError for a role that botocore rejects before it sends a request; None for other errors.

    botocore's description of the violated rule is left out, since it repeats values.
    """
    is_of_role = isinstance(error, boto.ParamValidationError)
    return _invalid_error(observer.role_arn, REFUSED_BY_BOTOCORE) if is_of_role else None


def _invalid_error(arn: str, reason: str) -> HelperError:
    if not _ROLE_ARN.fullmatch(arn):
        return ROLE_ARN_BAD.error(arn=arn or EMPTY_ARN)
    return ROLE_REFUSED.error(arn=arn, reason=reason)
