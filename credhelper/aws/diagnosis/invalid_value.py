"""A variable, or a line of ~/.aws/config, whose value botocore does not take: before anybody is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, InvalidConfigError

from credhelper.aws.diagnosis import profiles
from credhelper.aws.diagnosis.quoting import quote_error
from credhelper.errors import HelperError

if TYPE_CHECKING:
    from botocore.session import Session

    from credhelper.ecr.target import Target

_NUMERIC_SETTINGS = ("metadata_service_timeout", "metadata_service_num_attempts")


def diagnose(error: Exception, target: Target, session: Session) -> HelperError:
    """Give the HelperError for what botocore raised over its own configuration."""
    # A client is made when there are credentials: what is then invalid is no profile's lack of them.
    profile_error = None if isinstance(error, InvalidConfigError) else profiles.diagnose(error, target, session)
    return profile_error or HelperError(
        "config-invalid",
        f"no token for {target.host} can be asked for as AWS's variables or ~/.aws/config say: "
        f"{_describe_error(error, session)}",
        "mend what it names: env | grep ^AWS_ shows the variables; each AWS tool on botocore meets the same error",
    )


def has_invalid_number(session: Session) -> bool:
    """Whether a number is none, which botocore finds out when it makes its credential chain."""
    return bool(_find_invalid_number(session))


def _describe_error(error: Exception, session: Session) -> str:
    name = _find_invalid_number(session)
    if name:
        return f"{name}, or AWS_{name.upper()}, is no number"
    # What others than botocore raise may quote what they were given.
    return quote_error(error) if isinstance(error, BotoCoreError) else type(error).__name__


def _find_invalid_number(session: Session) -> str:
    for name in _NUMERIC_SETTINGS:
        try:
            session.get_config_variable(name)
        except (ValueError, TypeError):
            return name
    return ""
