"""Failures of an exchange after its credentials are found: no client can be created, or the token request fails."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore import exceptions as boto
from botocore.parsers import ResponseParserError

from credhelper.aws.diagnosis import api_errors, invalid_value, network, profiles
from credhelper.aws.diagnosis.quoting import describe
from credhelper.error_catalog.api import AWS_FAILED

if TYPE_CHECKING:
    from botocore.session import Session

    from credhelper.aws.observer import Observer
    from credhelper.ecr.target import Target
    from credhelper.ecr.token import CredentialSource
    from credhelper.errors import HelperError

# botocore's own two base classes, and the other exceptions that its credential chain is known to raise.
BOTOCORE_ERRORS = (
    *(boto.BotoCoreError, boto.ClientError, ResponseParserError, OSError, EOFError),
    *(ValueError, LookupError, TypeError, AttributeError, RuntimeError, ArithmeticError),
)


def diagnose_client_error(error: Exception, target: Target, session: Session) -> HelperError:
    """Return the HelperError for a botocore client or session that could not be created."""
    if isinstance(error, ValueError) and not profiles.find_nested_setting(session):
        return network.no_endpoint_error(error)
    return network.diagnose_missing_endpoint(error) or invalid_value.diagnose(error, target, session)


def diagnose_token_error(
    error: Exception, target: Target, observer: Observer, source: CredentialSource, elapsed: float
) -> HelperError:
    """Return the HelperError for a token request, with credentials of `source`, that failed after `elapsed` seconds."""
    if isinstance(error, boto.ClientError):
        return api_errors.diagnose(error, target, observer, source.role_identity[1] if source.role_identity else "")
    if isinstance(error, (*network.ERRORS, OSError)):
        return network.diagnose(error, target, observer.session, elapsed)
    return network.diagnose_missing_endpoint(error) or AWS_FAILED.error(reason=describe(error))
