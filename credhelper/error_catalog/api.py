"""Errors that AWS returns: to the request for a token, or to a request for credentials."""

from __future__ import annotations

from credhelper.error_catalog.kind import Command, ErrorKind

CREDENTIALS_EXPIRED = ErrorKind(
    "credentials-expired",
    "the AWS credentials have expired",
    "the AWS credentials have expired",
    "{reason}",
    (
        "renew them: run aws sso login, or start a new session",
        (
            "if they are in the environment, remove them:",
            Command("unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN"),
        ),
    ),
)
CREDENTIALS_EXPIRED_AT_SOURCE = CREDENTIALS_EXPIRED._replace(
    why="their source ({provider}) has no newer ones",
    fix=("renew them at their source; for keys in the environment, AWS_CREDENTIAL_EXPIRATION is when they expire",),
)
CREDENTIALS_INVALID = ErrorKind(
    "credentials-invalid",
    "AWS does not recognize the credentials",
    "AWS does not recognize the credentials",
    "{reason}",
    (
        (
            "replace them: the access key may have been deleted or deactivated, or the session token may be missing or "
            "belong to another key"
        ),
        ("this shows whether AWS recognizes them:", Command("aws sts get-caller-identity")),
    ),
)
SECRET_WRONG = ErrorKind(
    "secret-wrong",
    "the signature is wrong, because the secret key does not belong to the access key",
    "the secret access key does not match the access key ID",
    "{reason}",
    (
        "copy the secret access key again",
        "if it is correct, check for a proxy that changes the headers of requests, which invalidates their signature",
    ),
)

CLOCK_SKEWED = ErrorKind(
    "clock-skewed",
    "the clock of this machine is wrong; the message reports by how much",
    "AWS refused the request: {skew}",
    "{reason}",
    ("set the clock (date -u shows it):", Command("chronyc makestep || timedatectl set-ntp true")),
)
# The {skew} of the clock.
SKEW_UNKNOWN = "its signature has the wrong time"
SKEW_AHEAD, SKEW_BEHIND = (
    "this machine's clock is {duration} ahead of AWS's",
    "this machine's clock is {duration} behind AWS's",
)

REGION_DISABLED = ErrorKind(
    "region-disabled",
    "the region rejects credentials that are valid in other regions",
    "{region} rejects credentials that are valid in other regions",
    "{reason}",
    (
        ("if the account has not enabled {region}:", Command("aws account enable-region --region-name {region}")),
        (
            "if it has: sessions of the global STS endpoint are not valid there; set "
            "AWS_STS_REGIONAL_ENDPOINTS=regional where the session is started, or make all sessions valid everywhere:"
        ),
        Command("aws iam set-security-token-service-preferences --global-endpoint-token-version v2Token"),
    ),
)
STS_DISABLED = REGION_DISABLED._replace(
    when="the account has deactivated STS in the region",
    message="STS is deactivated in the region",
    fix=(
        "activate it: IAM console, Account settings, Security Token Service (STS)",
        "or use STS in another region: set region in a rule of the settings",
    ),
)
WRONG_PARTITION = ErrorKind(
    "wrong-partition",
    "the credentials belong to another partition (China, GovCloud, ...)",
    "the AWS credentials belong to another partition",
    "the registry is in the partition {partition}, the identity in {identity}; credentials are valid in one partition "
    "only",
    ("use an identity of {partition} for this registry: set AWS_PROFILE, or profile in a rule of the settings",),
)

THROTTLED = ErrorKind(
    "throttled",
    "AWS throttles requests for tokens",
    "AWS throttled the request",
    "the account exceeds the rate of requests for tokens in {region}",
    ("try again in a minute, and find out what else in this account and region requests tokens",),
    is_transient=True,
)
SERVICE_FAILED = ErrorKind(
    "service-failed",
    "AWS answers with a status of 500 or higher",
    "AWS failed to process the request",
    "{reason}",
    ("try again; if the error persists, see AWS's health dashboard for {region}",),
    is_transient=True,
)

MALFORMED_ANSWER = ErrorKind(
    "malformed-answer",
    "the response cannot be parsed",
    "unexpected response: it contains no token",
    "",
    ("try again; if AWS_ENDPOINT_URL_ECR or a proxy is set, check which server answers",),
)
NOT_FROM_AWS = MALFORMED_ANSWER._replace(
    when="the response is not an AWS API response",
    message="unexpected response: it is not an AWS API response",
    why="{reason}",
    fix=(
        "check which server answers in place of AWS: a proxy, a captive portal, or the server of AWS_ENDPOINT_URL_ECR",
    ),
)
EMPTY_ANSWER = ErrorKind(
    "empty-answer",
    "ECR answers without a token",
    "unexpected response: authorizationData is empty",
    "",
    ("try again; if the error persists, see AWS's health dashboard",),
)
AWS_FAILED = ErrorKind(
    "aws-failed",
    "AWS returns another error, which is quoted",
    "AWS returned an error",
    "{reason}",
    ("correct what AWS reports; this shows the identity that is used:", Command("aws sts get-caller-identity")),
)

ROWS = (
    *(CREDENTIALS_EXPIRED, CREDENTIALS_EXPIRED_AT_SOURCE, CREDENTIALS_INVALID, SECRET_WRONG, CLOCK_SKEWED),
    *(REGION_DISABLED, STS_DISABLED, WRONG_PARTITION, THROTTLED, SERVICE_FAILED),
    *(MALFORMED_ANSWER, NOT_FROM_AWS, EMPTY_ANSWER, AWS_FAILED),
)
