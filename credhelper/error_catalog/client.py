"""What a client or a program asks for, and this program itself: its protocol, its commands, its API, its time."""

from __future__ import annotations

from credhelper import errors
from credhelper.error_catalog.kind import Command, ErrorKind

NO_SERVER = ErrorKind(
    "no-server",
    "the client sent nothing",
    errors.NO_SERVER,
    ("send the registry's host on standard input",),
    stdout=f"`{errors.NO_SERVER}`",
)

BAD_SERVER = ErrorKind(
    "bad-server",
    "what the client sent is no registry's host; the sentence says why",
    "what the client sent is not a registry's host: it is not a host name",
    ("send a host such as 123456789012.dkr.ecr.us-east-1.amazonaws.com, and nothing else",),
)
BAD_SERVER_LENGTH = BAD_SERVER._replace(
    message="what the client sent is not a registry's host: it is longer than {limit} bytes"
)
BAD_SERVER_CHARACTER = BAD_SERVER._replace(
    message="what the client sent is not a registry's host: it holds a character that is not printable ASCII"
)
BAD_SERVER_USER = BAD_SERVER._replace(message="what the client sent is not a registry's host: it holds a user name")
BAD_SERVER_PORT = BAD_SERVER._replace(message="what the client sent is not a registry's host: its port is not a number")

_FIELDS = "ServerURL, Username and Secret"
BAD_LOGIN = ErrorKind(
    "bad-login",
    "what the client sent to `store` is no login",
    f"what the client sent is not a login: a JSON object of at most {{limit}} MiB with {_FIELDS}",
    (f"send what docker login sends: {_FIELDS}",),
)
BAD_LOGIN_FIELD = BAD_LOGIN._replace(
    message=f"what the client sent is not a login: {_FIELDS} are text without a NUL",
)
BAD_LOGIN_WITHOUT_SERVER = BAD_LOGIN._replace(message=errors.NO_SERVER)
BAD_LOGIN_WITHOUT_USERNAME = BAD_LOGIN._replace(message=errors.NO_USERNAME)

ERASE_FAILED = ErrorKind(
    "erase-failed",
    "a token's file could not be removed",
    "the token of {host} could not be erased: {reason}",
    ("remove the files of {host} in {directory}",),
)

NO_REGION = ErrorKind(
    "no-region",
    "`get-login` is to guess the region, and nobody names one",
    "no region is named: neither by --region, AWS_REGION or AWS_DEFAULT_REGION, nor by the profile in ~/.aws/config, "
    "and no instance metadata tells one",
    ("name it: --region us-east-1",),
    stdout="nothing",
)
BAD_REGION = ErrorKind(
    "no-region",
    "what is named is no region",
    "'{region}' is no region",
    ("name one such as us-east-1: --region us-east-1",),
    stdout="nothing",
)
TOKEN_WITHOUT_REGISTRY = ErrorKind(
    "malformed-answer",
    "`get-login` gets a token, and no registry with it",
    "AWS gave a token for {region} and named no registry of ECR with it",
    (
        (
            "name the registry by its account:",
            Command("docker-credential-ecr get-login --region {region} --registry-ids ACCOUNT"),
        ),
    ),
    stdout="nothing",
)

NOT_ECR = ErrorKind(
    "not-ecr",
    "Python asks for a registry that is not ECR's",
    "{host} is not a registry of ECR",
    (
        (
            "ask for one such as 123456789012.dkr.ecr.us-east-1.amazonaws.com, "
            "or name what stands behind it in `aliases` of the settings"
        ),
    ),
    stdout="an exception",
)
PUBLIC_ANONYMOUS = ErrorKind(
    "public-anonymous",
    "Python asks for ECR Public, which gives no token",
    "there is no token for {host}, and none is needed: it serves images to everybody",
    ("pull without credentials; AWS credentials would raise the limit",),
    stdout="an exception",
)

TIMED_OUT = ErrorKind(
    "timed-out",
    "the run's time was over; the step that hung is named",
    "no answer within {timeout} seconds: {hang}",
    (
        "look at what it names; a file system or a program that hangs must be mended there",
        "{timeout_setting} gives it more seconds",
    ),
    is_transient=True,
)
EXCHANGE_TIMED_OUT = ErrorKind(
    "timed-out",
    "AWS gave no token within the run's time; the step that hung is named",
    "no token for {host} in time: {hang}",
    (
        "look at what it names: DNS, route, security group, proxy; a stopped docker-credential-ecr (ps)",
        "{timeout_setting} gives it more seconds",
    ),
    is_transient=True,
)

INTERNAL = ErrorKind(
    "internal",
    "a fault of the program itself",
    "a fault of docker-credential-ecr itself: {error}",
    ("please report it, with what CREDHELPER_DEBUG=1 prints",),
)

ROWS = (
    *(NO_SERVER, BAD_SERVER, BAD_SERVER_LENGTH, BAD_SERVER_CHARACTER, BAD_SERVER_USER, BAD_SERVER_PORT),
    *(BAD_LOGIN, BAD_LOGIN_FIELD, BAD_LOGIN_WITHOUT_SERVER, BAD_LOGIN_WITHOUT_USERNAME, ERASE_FAILED),
    *(NO_REGION, BAD_REGION, TOKEN_WITHOUT_REGISTRY, NOT_ECR, PUBLIC_ANONYMOUS),
    *(TIMED_OUT, EXCHANGE_TIMED_OUT, INTERNAL),
)
