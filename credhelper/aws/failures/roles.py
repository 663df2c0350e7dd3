"""A role that is to be assumed: whether its ARN is one, who may assume it, and what else STS does not take."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from botocore import exceptions as boto

from credhelper.aws.failures import denied, profiles
from credhelper.aws.failures.words import line, plain
from credhelper.errors import HelperError

if TYPE_CHECKING:
    from botocore.exceptions import ClientError
    from botocore.session import Session

    from credhelper.target import Target

_ROLE = re.compile(r"arn:aws[a-z-]*:iam::\d{12}:role/[\w+=,.@/-]+", re.ASCII)


def refused(error: ClientError, target: Target, session: Session) -> HelperError | None:
    """Give the HelperError for an answer of STS's AssumeRole, if it is of the role."""
    code = error.response.get("Error", {}).get("Code", "")
    if code in denied.CODES:
        return denied.of_role(error, target)
    return _invalid(line(error), target, session) if code == "ValidationError" else None


def explain(error: Exception, target: Target, session: Session) -> HelperError | None:
    """Give the HelperError for a role that botocore does not even ask for; None if the error is of something else.
    What it quotes of its own rules is left out: it repeats values.
    """
    if isinstance(error, boto.ParamValidationError):
        return _invalid("botocore does not take it", target, session)
    return None


def _invalid(why: str, target: Target, session: Session) -> HelperError:
    bad = next((arn for arn in _arns(target, session) if not _ROLE.fullmatch(arn)), None)
    if bad is not None:
        return HelperError(
            "role-arn-bad",
            f"{plain(bad) or 'nothing'}, the role_arn for {target.host}, is the ARN of no role",
            "it looks like arn:aws:iam::123456789012:role/NAME: aws iam get-role --role-name NAME --query Role.Arn",
        )
    return HelperError(
        "role-refused",
        f"the role for {target.host} cannot be assumed as it is asked for: {why}",
        "look at duration_seconds (no longer than the role's MaxSessionDuration; an hour for a role that is assumed\n"
        "by another), role_session_name and external_id",
    )


def _arns(target: Target, session: Session) -> list[str]:
    of_profiles = [str(each.settings["role_arn"]) for each in profiles.in_use(session) if "role_arn" in each.settings]
    return [target.access.role_arn, *of_profiles] if target.access.role_arn else of_profiles
