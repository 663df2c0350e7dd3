"""Error responses from AWS, diagnosed by their code, and by further evidence where the code is ambiguous."""

from __future__ import annotations

from typing import TYPE_CHECKING

from credhelper.aws.diagnosis import access_denied, clock_skew, partition, roles, sso, web_identity
from credhelper.aws.diagnosis.quoting import code_of, describe
from credhelper.error_catalog.api import (
    AWS_FAILED,
    CREDENTIALS_EXPIRED,
    CREDENTIALS_INVALID,
    NOT_FROM_AWS,
    SECRET_WRONG,
    SERVICE_FAILED,
    STS_DISABLED,
    THROTTLED,
)
from credhelper.error_catalog.network import ENDPOINT_MISMATCH

if TYPE_CHECKING:
    from botocore.exceptions import ClientError

    from credhelper.aws.observer import Observer
    from credhelper.ecr.target import Target
    from credhelper.errors import HelperError

_THROTTLING_CODES = frozenset(("ThrottlingException", "Throttling", "TooManyRequestsException", "RequestLimitExceeded"))
_EXPIRED_CODES = frozenset(("ExpiredTokenException", "ExpiredToken"))
_UNKNOWN_KEY_CODES = frozenset(("UnrecognizedClientException", "InvalidClientTokenId"))
_BAD_SIGNATURE_CODES = frozenset(("InvalidSignatureException", "SignatureDoesNotMatch"))
_INVALID_CODES = frozenset(
    ("IncompleteSignature", "MissingAuthenticationToken", "MissingAuthenticationTokenException", "InvalidToken")
)
_WRONG_SCOPE_MESSAGE = "Credential should be scoped to"
_TOO_MANY_REQUESTS, _SERVER_ERROR = 429, 500

# The calls of the credential chain with a diagnosis of their own.
_DIAGNOSE_BY_OPERATION = {
    "AssumeRole": roles.diagnose_response,
    "AssumeRoleWithWebIdentity": web_identity.diagnose_response,
    "GetRoleCredentials": sso.diagnose_response,
}


def diagnose(error: ClientError, target: Target, observer: Observer, role_identity: str = "") -> HelperError:
    """Return the HelperError for an error response from AWS.

    `role_identity` is the role identity that the metadata service reported; "" if the credentials did not come from it.
    """
    code = code_of(error)
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if code in _THROTTLING_CODES or status == _TOO_MANY_REQUESTS:
        return THROTTLED.error(region=target.registry.region)
    if status >= _SERVER_ERROR:
        return SERVICE_FAILED.error(reason=describe(error), region=target.registry.region)
    diagnose_operation = _DIAGNOSE_BY_OPERATION.get(error.operation_name)
    return (
        (diagnose_operation(error, observer) if diagnose_operation else None)
        or clock_skew.diagnose(error)
        or _diagnose_credentials(error, code, target, observer, role_identity)
        or _other_error(error)
    )


def _diagnose_credentials(
    error: ClientError, code: str, target: Target, observer: Observer, role_identity: str
) -> HelperError | None:
    if code in access_denied.CODES and error.operation_name == "GetAuthorizationToken":
        return access_denied.token_denied_error(error, target.registry)
    if code in _EXPIRED_CODES:
        return CREDENTIALS_EXPIRED.error(reason=describe(error))
    if code == "RegionDisabledException":
        return STS_DISABLED.error(reason=describe(error))
    if code in _UNKNOWN_KEY_CODES:
        return partition.diagnose(error, target, observer, role_identity) or _invalid_error(error)
    if code in _BAD_SIGNATURE_CODES:
        kind = ENDPOINT_MISMATCH if _WRONG_SCOPE_MESSAGE in str(error) else SECRET_WRONG
        return kind.error(reason=describe(error), region=target.registry.region)
    return _invalid_error(error) if code in _INVALID_CODES else None


def _invalid_error(error: ClientError) -> HelperError:
    return CREDENTIALS_INVALID.error(reason=describe(error))


def _other_error(error: ClientError) -> HelperError:
    # botocore uses the HTTP status as the code if a response has no code.
    return (NOT_FROM_AWS if code_of(error).isdigit() else AWS_FAILED).error(reason=describe(error))
