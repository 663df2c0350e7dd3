"""AWS answers with an error: whose fault it is, by its code, and by another look where that says too little."""

from __future__ import annotations

from typing import TYPE_CHECKING

from credhelper.aws.failures import answers, clock, denied, foreign, roles, sso, web_identity
from credhelper.aws.failures.words import code_of, line
from credhelper.errors import HelperError

if TYPE_CHECKING:
    from botocore.exceptions import ClientError
    from botocore.session import Session

    from credhelper.target import Target

_THROTTLED = frozenset(("ThrottlingException", "Throttling", "TooManyRequestsException", "RequestLimitExceeded"))
_EXPIRED = frozenset(("ExpiredTokenException", "ExpiredToken"))
_UNKNOWN_KEYS = frozenset(("UnrecognizedClientException", "InvalidClientTokenId"))
_BAD_SIGNATURE = frozenset(("InvalidSignatureException", "SignatureDoesNotMatch"))
_INVALID = frozenset(
    ("IncompleteSignature", "MissingAuthenticationToken", "MissingAuthenticationTokenException", "InvalidToken")
)
_ELSEWHERE = "Credential should be scoped to"
_TOO_MANY, _SERVER_ERROR = 429, 500

# The calls of the credential chain that have failures of their own.
_BY_CALL = {
    "AssumeRole": roles.refused,
    "AssumeRoleWithWebIdentity": web_identity.refused,
    "GetRoleCredentials": sso.refused,
}


def explain(error: ClientError, target: Target, session: Session, instance: str = "") -> HelperError:
    """Give the HelperError for an answer of AWS that is an error; `instance` is what metadata told of whose the
    instance's role is, if it gave the credentials.
    """
    code = code_of(error)
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if code in _THROTTLED or status == _TOO_MANY:
        return _throttled(target)
    if status >= _SERVER_ERROR:
        return _service_failed(error, target)
    of_call = _BY_CALL.get(error.operation_name)
    return (
        (of_call(error, target, session) if of_call else None)
        or clock.skewed(error, target)
        or _of_credentials(error, code, target, session, instance)
        or _other(error, target)
    )


def _of_credentials(
    error: ClientError, code: str, target: Target, session: Session, instance: str
) -> HelperError | None:
    if code in denied.CODES and error.operation_name == "GetAuthorizationToken":
        return denied.of_token(error, target)
    if code in _EXPIRED:
        return _expired(error, target)
    if code == "RegionDisabledException":
        return foreign.sts_disabled(error, target)
    if code in _UNKNOWN_KEYS:
        return foreign.explain(error, target, session, instance) or _invalid(error, target)
    if code in _BAD_SIGNATURE:
        return _elsewhere(error, target) if _ELSEWHERE in str(error) else _secret_wrong(error, target)
    return _invalid(error, target) if code in _INVALID else None


def _throttled(target: Target) -> HelperError:
    return HelperError(
        "throttled",
        f"AWS is throttling the requests for tokens of {target.registry.region}, so {target.host} got none",
        "try again in a minute; the limit is the account's, for each region, so look at what else asks for tokens",
    )


def _service_failed(error: ClientError, target: Target) -> HelperError:
    return HelperError(
        "service-failed",
        f"AWS failed while it was asked for a token of {target.host}: {line(error)}",
        "try again; if it lasts, look at AWS's health dashboard for " + target.registry.region,
    )


def _expired(error: ClientError, target: Target) -> HelperError:
    return HelperError(
        "credentials-expired",
        f"AWS refused the credentials for {target.host} as expired: {line(error)}",
        "renew them: aws sso login, or a new session\n"
        "if they are in the environment: unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN",
    )


def _invalid(error: ClientError, target: Target) -> HelperError:
    return HelperError(
        "credentials-invalid",
        f"AWS refused the credentials for {target.host} as invalid: {line(error)}",
        "renew them: the access key may be deleted or made inactive, or its session token be left out or be another's\n"
        "aws sts get-caller-identity shows whether AWS knows them",
    )


def _secret_wrong(error: ClientError, target: Target) -> HelperError:
    return HelperError(
        "secret-wrong",
        f"AWS knows the access key for {target.host}, and what was signed with its secret key is not right: "
        f"{line(error)}",
        "copy the secret access key again: it is not that of the access key id\n"
        "if it is: a proxy that changes the headers of requests breaks their signature",
    )


def _elsewhere(error: ClientError, target: Target) -> HelperError:
    return HelperError(
        "endpoint-mismatch",
        f"the endpoint that was asked for a token of {target.host} is of another region or service: {line(error)}",
        f"let AWS_ENDPOINT_URL_ECR, if set, name an endpoint of {target.registry.region}, or unset it",
    )


def _other(error: ClientError, target: Target) -> HelperError:
    if code_of(error).isdigit():  # botocore puts the status there, where an answer has no code
        return answers.of_another(error, target)
    return HelperError("aws-failed", f"AWS gave no token for {target.host}: {line(error)}", "look at what it says")
