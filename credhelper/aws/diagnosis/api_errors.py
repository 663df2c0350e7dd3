"""AWS answers with an error: whose fault it is, by its code, and by another look where that says too little."""

from __future__ import annotations

from typing import TYPE_CHECKING

from credhelper.aws.diagnosis import access_denied, clock_skew, partition, roles, sso, web_identity
from credhelper.aws.diagnosis.malformed_answer import non_aws_answer_error
from credhelper.aws.diagnosis.quoting import code_of, quote_error
from credhelper.errors import HelperError

if TYPE_CHECKING:
    from botocore.exceptions import ClientError

    from credhelper.aws.observer import Observer
    from credhelper.ecr.target import Target

_THROTTLING_CODES = frozenset(("ThrottlingException", "Throttling", "TooManyRequestsException", "RequestLimitExceeded"))
_EXPIRED_CODES = frozenset(("ExpiredTokenException", "ExpiredToken"))
_UNKNOWN_KEY_CODES = frozenset(("UnrecognizedClientException", "InvalidClientTokenId"))
_BAD_SIGNATURE_CODES = frozenset(("InvalidSignatureException", "SignatureDoesNotMatch"))
_INVALID_CODES = frozenset(
    ("IncompleteSignature", "MissingAuthenticationToken", "MissingAuthenticationTokenException", "InvalidToken")
)
_WRONG_SCOPE_MESSAGE = "Credential should be scoped to"
_TOO_MANY_REQUESTS, _SERVER_ERROR = 429, 500

# The calls of the credential chain that have failures of their own.
_DIAGNOSE_BY_OPERATION = {
    "AssumeRole": roles.diagnose_response,
    "AssumeRoleWithWebIdentity": web_identity.diagnose_response,
    "GetRoleCredentials": sso.diagnose_response,
}


def diagnose(error: ClientError, target: Target, observer: Observer, role_identity: str = "") -> HelperError:
    """Give the HelperError for an answer of AWS that is an error; `role_identity` is what metadata told of whose the
    instance's role is, if it gave the credentials.
    """
    code = code_of(error)
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if code in _THROTTLING_CODES or status == _TOO_MANY_REQUESTS:
        return _throttling_error(target)
    if status >= _SERVER_ERROR:
        return _service_error(error, target)
    diagnose_operation = _DIAGNOSE_BY_OPERATION.get(error.operation_name)
    return (
        (diagnose_operation(error, target, observer) if diagnose_operation else None)
        or clock_skew.diagnose(error, target)
        or _diagnose_credentials(error, code, target, observer, role_identity)
        or _other_error(error, target)
    )


def _diagnose_credentials(
    error: ClientError, code: str, target: Target, observer: Observer, role_identity: str
) -> HelperError | None:
    if code in access_denied.CODES and error.operation_name == "GetAuthorizationToken":
        return access_denied.token_denied_error(error, target)
    if code in _EXPIRED_CODES:
        return _expired_error(error, target)
    if code == "RegionDisabledException":
        return partition.sts_disabled_error(error, target)
    if code in _UNKNOWN_KEY_CODES:
        return partition.diagnose(error, target, observer, role_identity) or _invalid_error(error, target)
    if code in _BAD_SIGNATURE_CODES:
        return (
            _endpoint_mismatch_error(error, target)
            if _WRONG_SCOPE_MESSAGE in str(error)
            else _wrong_secret_error(error, target)
        )
    return _invalid_error(error, target) if code in _INVALID_CODES else None


def _throttling_error(target: Target) -> HelperError:
    return HelperError(
        "throttled",
        f"AWS is throttling the requests for tokens of {target.registry.region}, so {target.host} got none",
        "try again in a minute; the limit is the account's, for each region, so look at what else asks for tokens",
    )


def _service_error(error: ClientError, target: Target) -> HelperError:
    return HelperError(
        "service-failed",
        f"AWS failed while it was asked for a token of {target.host}: {quote_error(error)}",
        "try again; if it lasts, look at AWS's health dashboard for " + target.registry.region,
    )


def _expired_error(error: ClientError, target: Target) -> HelperError:
    return HelperError(
        "credentials-expired",
        f"AWS refused the credentials for {target.host} as expired: {quote_error(error)}",
        "renew them: aws sso login, or a new session\n"
        "if they are in the environment: unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN",
    )


def _invalid_error(error: ClientError, target: Target) -> HelperError:
    return HelperError(
        "credentials-invalid",
        f"AWS refused the credentials for {target.host} as invalid: {quote_error(error)}",
        "renew them: the access key may be deleted or made inactive, or its session token be left out or be another's\n"
        "aws sts get-caller-identity shows whether AWS knows them",
    )


def _wrong_secret_error(error: ClientError, target: Target) -> HelperError:
    return HelperError(
        "secret-wrong",
        f"AWS knows the access key for {target.host}, and what was signed with its secret key is not right: "
        f"{quote_error(error)}",
        "copy the secret access key again: it is not that of the access key id\n"
        "if it is: a proxy that changes the headers of requests breaks their signature",
    )


def _endpoint_mismatch_error(error: ClientError, target: Target) -> HelperError:
    return HelperError(
        "endpoint-mismatch",
        f"the endpoint that was asked for a token of {target.host} is of another region or service: "
        f"{quote_error(error)}",
        f"let AWS_ENDPOINT_URL_ECR, if set, name an endpoint of {target.registry.region}, or unset it",
    )


def _other_error(error: ClientError, target: Target) -> HelperError:
    if code_of(error).isdigit():  # botocore puts the status there, where an answer has no code
        return non_aws_answer_error(error, target)
    return HelperError(
        "aws-failed", f"AWS gave no token for {target.host}: {quote_error(error)}", "look at what it says"
    )
