"""A variable, or a line of ~/.aws/config, whose value botocore does not take: before anybody is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, InvalidConfigError

from credhelper.aws.failures import profiles
from credhelper.aws.failures.words import line
from credhelper.errors import HelperError

if TYPE_CHECKING:
    from botocore.session import Session

    from credhelper.target import Target

_NUMBERS = ("metadata_service_timeout", "metadata_service_num_attempts")


def explain(error: Exception, target: Target, session: Session) -> HelperError:
    """Give the HelperError for what botocore raised over its own configuration."""
    # A client is made when there are credentials: what is then invalid is no profile's lack of them.
    of_profile = None if isinstance(error, InvalidConfigError) else profiles.explain(error, target, session)
    return of_profile or HelperError(
        "config-invalid",
        f"no token for {target.host} can be asked for as AWS's variables or ~/.aws/config say: {_why(error, session)}",
        "mend what it names: env | grep ^AWS_ shows the variables; each AWS tool on botocore meets the same error",
    )


def is_number_wrong(session: Session) -> bool:
    """Whether a number is none, which botocore finds out when it makes its credential chain."""
    return bool(_no_number(session))


def _why(error: Exception, session: Session) -> str:
    name = _no_number(session)
    if name:
        return f"{name}, or AWS_{name.upper()}, is no number"
    # What others than botocore raise may quote what they were given.
    return line(error) if isinstance(error, BotoCoreError) else type(error).__name__


def _no_number(session: Session) -> str:
    for name in _NUMBERS:
        try:
            session.get_config_variable(name)
        except (ValueError, TypeError):
            return name
    return ""
