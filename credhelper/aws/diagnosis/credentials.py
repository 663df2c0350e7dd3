"""What went wrong while credentials were looked for: which of botocore's providers was at work, and what it met."""

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

_INSTANCE_CREDENTIAL_SOURCE = "Ec2InstanceMetadata"  # as a profile's credential_source calls it
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
    """Give the HelperError for what botocore's credential chain let out after `elapsed` seconds; None if it came
    from none of its providers, and is a fault of ours. `get_metadata_endpoint` gives the URL at which the instance's
    metadata is asked.
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
    """Give the HelperError for keys with what no key has in it, which botocore would send, and repeat in its error."""
    keys = credentials.get_frozen_credentials()
    parts = {"access key id": keys.access_key, "secret access key": keys.secret_key, "session token": keys.token}
    part = next((name for name, text in parts.items() if text is not None and not _is_valid_key(text)), None)
    return CREDENTIALS_MISTYPED.error(provider=credentials.method, part=part) if part else None


def _is_valid_key(text: object) -> bool:
    return isinstance(text, str) and text.isascii() and text.isprintable()


def _diagnose_api_call(error: Exception, target: Target, observer: Observer, elapsed: float) -> HelperError | None:
    """What was answered, or was not reached, is told as it is of ECR."""
    if isinstance(error, boto.ClientError):
        return api_errors.diagnose(error, target, observer)
    is_metadata = observer.provider_of(error) in (INSTANCE_METHOD, "container-role")
    if isinstance(error, network.ERRORS) and not is_metadata:
        return network.diagnose(error, target, observer.session, elapsed)
    return None


def _diagnose_malformed_response(error: Exception, observer: Observer) -> HelperError | None:
    """What botocore could not read, or did not find in it what must be there."""
    # What cannot be encoded was to be sent.
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
    # botocore raises these for an invalid address, while it creates the chain.
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
    if isinstance(error, boto.CredentialRetrievalError):  # a credential_source that gives none
        reason = EMPTY_CREDENTIAL_SOURCE.format(source=error.kwargs["provider"])
        return profiles.incomplete_error(reason, observer.session)
    if provider in _STS_METHODS and isinstance(error, _PARSE_ERRORS):
        return MALFORMED_ANSWER.error()
    return roles.diagnose(error, observer)


def _unusable_error(error: Exception, provider: str) -> HelperError:
    # What others than botocore raise may quote what they were given.
    reason = describe(error) if isinstance(error, boto.BotoCoreError) else describe_type(error)
    return CREDENTIALS_UNUSABLE.error(provider=provider, reason=reason)
