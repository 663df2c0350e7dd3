"""What AWS answers: to the call for a token, or to one of those that give credentials."""

from __future__ import annotations

from credhelper.error_catalog.kind import Command, ErrorKind

CREDENTIALS_EXPIRED = ErrorKind(
    "credentials-expired",
    "AWS refuses the credentials as expired, or they say so",
    "AWS refused the credentials for {host} as expired: {reason}",
    (
        "renew them: aws sso login, or a new session",
        (
            "if they are in the environment:",
            Command("unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN"),
        ),
    ),
)
CREDENTIALS_EXPIRED_AT_SOURCE = CREDENTIALS_EXPIRED._replace(
    message="the credentials for {host} have expired, and what gives them ({provider}) has no newer ones",
    fix=(
        ("renew them where they come from; with keys in the environment, AWS_CREDENTIAL_EXPIRATION says when they end"),
    ),
)
CREDENTIALS_INVALID = ErrorKind(
    "credentials-invalid",
    "AWS does not know the credentials",
    "AWS refused the credentials for {host} as invalid: {reason}",
    (
        (
            "renew them: the access key may be deleted or made inactive, or its session token be left out or be "
            "another's"
        ),
        "aws sts get-caller-identity shows whether AWS knows them",
    ),
)
SECRET_WRONG = ErrorKind(
    "secret-wrong",
    "the signature is not right: the secret key is another's",
    "AWS knows the access key for {host}, and what was signed with its secret key is not right: {reason}",
    (
        "copy the secret access key again: it is not that of the access key id",
        "if it is: a proxy that changes the headers of requests breaks their signature",
    ),
)

CLOCK_SKEWED = ErrorKind(
    "clock-skewed",
    "this machine's clock is wrong; by how much is said",
    "AWS refused the request for a token of {host}, since {skew}: {reason}",
    ("set the clock: chronyc makestep, or timedatectl set-ntp true; date -u tells what it shows",),
)
# What is said of the clock.
SKEW_UNKNOWN = "the time of its signature is not AWS's"
SKEW_AHEAD, SKEW_BEHIND = (
    "this machine's clock is {duration} ahead of AWS's",
    "this machine's clock is {duration} behind AWS's",
)

REGION_DISABLED = ErrorKind(
    "region-disabled",
    "the region refuses credentials that are valid elsewhere",
    "{region} refused credentials for {host} that are valid in other regions: {reason}",
    (
        ("{region} must be enabled:", Command("aws account enable-region --region-name {region}")),
        ("if it is: sessions of the global STS endpoint are not valid there; set AWS_STS_REGIONAL_ENDPOINTS=regional"),
        (
            "where the session is started, or",
            Command("aws iam set-security-token-service-preferences --global-endpoint-token-version v2Token"),
        ),
    ),
)
STS_DISABLED = REGION_DISABLED._replace(
    when="the account has turned STS off in the region",
    message="no session for {host} can be had of STS in its region: {reason}",
    fix=(
        "activate it: IAM console, Account settings, Security Token Service (STS)",
        "or let the STS of another region give the session: `region` in a rule of the settings",
    ),
)
WRONG_PARTITION = ErrorKind(
    "wrong-partition",
    "the credentials are of another partition (China, GovCloud, ...)",
    "{host} is in AWS's partition {partition}, and the identity for it in {identity}: neither knows the other's",
    ("use an identity of {partition} for it: a profile of its own, and AWS_PROFILE or a rule that names it",),
)

THROTTLED = ErrorKind(
    "throttled",
    "AWS is throttling requests for tokens",
    "AWS is throttling the requests for tokens of {region}, so {host} got none",
    ("try again in a minute; the limit is the account's, for each region, so look at what else asks for tokens",),
    is_transient=True,
)
SERVICE_FAILED = ErrorKind(
    "service-failed",
    "AWS answers with a status of 500 and more",
    "AWS failed while it was asked for a token of {host}: {reason}",
    ("try again; if it lasts, look at AWS's health dashboard for {region}",),
    is_transient=True,
)

MALFORMED_ANSWER = ErrorKind(
    "malformed-answer",
    "what answered gave nothing that could be read",
    "what answered for {host} gave no token that could be read",
    ("try again; if AWS_ENDPOINT_URL_ECR or a proxy is set, look at what answers there",),
)
NOT_FROM_AWS = MALFORMED_ANSWER._replace(
    when="what answered does not speak as AWS does",
    message="what answered for {host} gave no token, and does not speak as AWS does: {reason}",
    fix=("look at what answers in AWS's place: a proxy, a portal, or what AWS_ENDPOINT_URL_ECR names",),
)
EMPTY_ANSWER = ErrorKind(
    "empty-answer",
    "ECR answered without a token",
    "AWS answered for {host} with no token in its authorizationData",
    ("try again; if it lasts, it is a fault of AWS's: look at its health dashboard",),
)
AWS_FAILED = ErrorKind(
    "aws-failed",
    "AWS answers with another error, which is quoted",
    "AWS gave no token for {host}: {reason}",
    ("look at what it says",),
)

ROWS = (
    *(CREDENTIALS_EXPIRED, CREDENTIALS_EXPIRED_AT_SOURCE, CREDENTIALS_INVALID, SECRET_WRONG, CLOCK_SKEWED),
    *(REGION_DISABLED, STS_DISABLED, WRONG_PARTITION, THROTTLED, SERVICE_FAILED),
    *(MALFORMED_ANSWER, NOT_FROM_AWS, EMPTY_ANSWER, AWS_FAILED),
)
