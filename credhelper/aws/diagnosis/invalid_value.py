"""Variables and lines of ~/.aws/config whose value botocore rejects before it sends any request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, InvalidConfigError

from credhelper.aws.diagnosis import profiles
from credhelper.aws.diagnosis.quoting import describe
from credhelper.error_catalog.profiles import CONFIG_INVALID, NO_NUMBER, REJECTED

if TYPE_CHECKING:
    from botocore.session import Session

    from credhelper.ecr.target import Target
    from credhelper.errors import HelperError

_NUMERIC_SETTINGS = ("metadata_service_timeout", "metadata_service_num_attempts")


def diagnose(error: Exception, target: Target, session: Session) -> HelperError:
    """Return the HelperError for an exception that botocore raised because of its configuration."""
    # A client is created after the credentials are found: an invalid value then does not mean an incomplete profile.
    profile_error = None if isinstance(error, InvalidConfigError) else profiles.diagnose(error, target, session)
    return profile_error or CONFIG_INVALID.error(reason=_describe_error(error, session))


def has_invalid_number(session: Session) -> bool:
    """Return whether a numeric setting is not a number.

    botocore raises an error for it only when it builds the credential chain.
    """
    return bool(_find_invalid_number(session))


def _describe_error(error: Exception, session: Session) -> str:
    name = _find_invalid_number(session)
    if name:
        return NO_NUMBER.format(name=name, NAME=name.upper())
    # Exceptions that are not from botocore may quote their input.
    return describe(error) if isinstance(error, BotoCoreError) else REJECTED


def _find_invalid_number(session: Session) -> str:
    for name in _NUMERIC_SETTINGS:
        try:
            session.get_config_variable(name)
        except (ValueError, TypeError):
            return name
    return ""
