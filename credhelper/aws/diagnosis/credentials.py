"""Failures of the search for credentials, diagnosed by botocore's provider and its exception."""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable

from botocore import exceptions as boto
from botocore.parsers import ResponseParserError

from credhelper.aws import imds
from credhelper.aws.diagnosis import (
    api_errors,
    container,
    credential_process,
    invalid_value,
    network,
    profiles,
    roles,
    sso,
    web_identity,
)
from credhelper.aws.diagnosis.quoting import describe
from credhelper.aws.provider_chain import INSTANCE_METHOD
from credhelper.error_catalog.api import CREDENTIALS_EXPIRED_AT_SOURCE, MALFORMED_ANSWER
from credhelper.error_catalog.credential_sources import CREDENTIALS_MISTYPED, CREDENTIALS_UNUSABLE
from credhelper.error_catalog.profiles import EMPTY_CREDENTIAL_SOURCE
from credhelper.error_catalog.quoting import describe_type

if TYPE_CHECKING:
    from botocore.credentials import Credentials

    from credhelper.aws.observer import Observer
    from credhelper.ecr.target import Target
    from credhelper.errors import HelperError

_INSTANCE_CREDENTIAL_SOURCE = "Ec2InstanceMetadata"  # its name in a credential_source of a profile
_STILL_EXPIRED = "still expired"

_STS_METHODS = ("assume-role", "assume-role-with-web-identity")
_PARSE_ERRORS = (ResponseParserError, ValueError, LookupError, TypeError, AttributeError)

_DIAGNOSE_BY_PROVIDER: dict[str, Callable[[Exception, Observer], HelperError | None]] = {
    "custom-process": credential_process.diagnose,
    "container-role": container.diagnose,
    "assume-role-with-web-identity": web_identity.diagnose,
    "sso": sso.diagnose,
    "login": sso.diagnose_login,
}


def diagnose(
    error: Exception, target: Target, observer: Observer, elapsed: float, get_metadata_endpoint: Callable[[], str]
) -> HelperError | None:
    """Return the HelperError for an exception that botocore's credential chain raised after `elapsed` seconds.

    Return None for an exception that no provider raised, which is a bug. `get_metadata_endpoint` returns the URL at
    which the instance's metadata is queried.
    """
    provider, session = observer.provider_of(error), observer.session
    helper_error = (
        _diagnose_api_call(error, target, observer, elapsed)
        or profiles.diagnose(error, target, session)
        or network.diagnose_missing_endpoint(error)
        or _diagnose_malformed_response(error, observer)
        or _diagnose_metadata(error, provider, get_metadata_endpoint)
        or _diagnose_provider(error, provider, observer)
    )
    if helper_error is None and provider:
        return _unusable_error(error, provider)
    if helper_error is None and (isinstance(error, boto.BotoCoreError) or invalid_value.has_invalid_number(session)):
        return invalid_value.diagnose(error, target, session)
    return helper_error


def diagnose_invalid_keys(credentials: Credentials) -> HelperError | None:
    """Return the HelperError for a key with a character that no key contains; None if all keys are valid.

    botocore would send such a key, and quote it in its error.
    """
    keys = credentials.get_frozen_credentials()
    parts = {"access key id": keys.access_key, "secret access key": keys.secret_key, "session token": keys.token}
    part = next((name for name, text in parts.items() if text is not None and not _is_valid_key(text)), None)
    return CREDENTIALS_MISTYPED.error(provider=credentials.method, part=part) if part else None


def _is_valid_key(text: object) -> bool:
    return isinstance(text, str) and text.isascii() and text.isprintable()


def _diagnose_api_call(error: Exception, target: Target, observer: Observer, elapsed: float) -> HelperError | None:
    """Diagnose an error response, or an unreachable endpoint, in the same way as for ECR."""
    if isinstance(error, boto.ClientError):
        return api_errors.diagnose(error, target, observer)
    is_metadata = observer.provider_of(error) in (INSTANCE_METHOD, "container-role")
    if isinstance(error, network.ERRORS) and not is_metadata:
        return network.diagnose(error, target, observer.session, elapsed)
    return None


def _diagnose_malformed_response(error: Exception, observer: Observer) -> HelperError | None:
    """Diagnose a response that botocore could not parse, or that lacks a required value."""
    # A UnicodeEncodeError is about the request, not the response.
    is_parse_error = isinstance(error, _PARSE_ERRORS) and not isinstance(error, UnicodeEncodeError)
    return MALFORMED_ANSWER.error() if is_parse_error and observer.is_calling else None


def _diagnose_metadata(error: Exception, provider: str, get_metadata_endpoint: Callable[[], str]) -> HelperError | None:
    if not _is_of_metadata(error, provider, get_metadata_endpoint) or _STILL_EXPIRED in str(error):
        return None
    return imds.diagnose(get_metadata_endpoint())


def _is_of_metadata(error: Exception, provider: str, get_metadata_endpoint: Callable[[], str]) -> bool:
    if provider:
        return (
            provider == INSTANCE_METHOD or getattr(error, "kwargs", {}).get("provider") == _INSTANCE_CREDENTIAL_SOURCE
        )
    # botocore raises these for an invalid endpoint, while it creates the chain.
    return isinstance(error, boto.InvalidIMDSEndpointError) or (
        isinstance(error, ValueError) and not imds.is_valid_endpoint(get_metadata_endpoint())
    )


def _diagnose_provider(error: Exception, provider: str, observer: Observer) -> HelperError | None:
    if isinstance(error, RuntimeError) and _STILL_EXPIRED in str(error):
        return CREDENTIALS_EXPIRED_AT_SOURCE.error(provider=provider)
    diagnose_error = _DIAGNOSE_BY_PROVIDER.get(provider)
    helper_error = diagnose_error(error, observer) if diagnose_error else None
    if helper_error is not None:
        return helper_error
    if isinstance(error, boto.CredentialRetrievalError):  # a credential_source without credentials
        reason = EMPTY_CREDENTIAL_SOURCE.format(source=error.kwargs["provider"])
        return profiles.incomplete_error(reason, observer.session)
    if provider in _STS_METHODS and isinstance(error, _PARSE_ERRORS):
        return MALFORMED_ANSWER.error()
    return roles.diagnose(error, observer)


def _unusable_error(error: Exception, provider: str) -> HelperError:
    # Exceptions that are not from botocore may quote their input.
    reason = describe(error) if isinstance(error, boto.BotoCoreError) else describe_type(error)
    return CREDENTIALS_UNUSABLE.error(provider=provider, reason=reason)
