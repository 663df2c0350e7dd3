"""Requests of a client or a program, and this program itself: its protocol, commands, API, deadline and bugs."""

from __future__ import annotations

from credhelper import errors
from credhelper.error_catalog.kind import Command, ErrorKind

NO_SERVER = ErrorKind(
    "no-server",
    "the client sent no server URL",
    errors.NO_SERVER,
    "it is empty",
    ("write the registry's host to standard input:", Command("echo HOST | docker-credential-ecr get")),
    stdout=f"`{errors.NO_SERVER}`",
)

BAD_SERVER = ErrorKind(
    "bad-server",
    "the client sent something that is not a server URL",
    "invalid server URL",
    "it is not a host name",
    ("send a host such as 123456789012.dkr.ecr.us-east-1.amazonaws.com, and nothing else",),
)
BAD_SERVER_LENGTH = BAD_SERVER._replace(why="it is longer than {limit} bytes")
BAD_SERVER_CHARACTER = BAD_SERVER._replace(why="it contains a character that is not printable ASCII")
BAD_SERVER_USER = BAD_SERVER._replace(why="it contains a user name")
BAD_SERVER_PORT = BAD_SERVER._replace(why="its port is not a number")

_FIELDS = "ServerURL, Username and Secret"
BAD_LOGIN = ErrorKind(
    "bad-login",
    "the client sent something that is not a login to `store`",
    "invalid login",
    f"it is not a JSON object of at most {{limit}} MiB with {_FIELDS}",
    (f"send a JSON object with {_FIELDS}, as docker login does",),
)
BAD_LOGIN_FIELD = BAD_LOGIN._replace(why=f"{_FIELDS} must be strings without a NUL character")
BAD_LOGIN_WITHOUT_SERVER = BAD_LOGIN._replace(message=errors.NO_SERVER, why="ServerURL is missing or empty")
BAD_LOGIN_WITHOUT_USERNAME = BAD_LOGIN._replace(message=errors.NO_USERNAME, why="Username is missing or empty")

ERASE_FAILED = ErrorKind(
    "erase-failed",
    "the file of a token cannot be deleted",
    "cannot delete the token",
    "{reason}",
    ("delete the files whose names begin with {host} in {directory}",),
)

NO_REGION = ErrorKind(
    "no-region",
    "`get-login` has no region, and none is configured",
    "no AWS region is configured",
    "--region, AWS_REGION and AWS_DEFAULT_REGION are not set, the profile in ~/.aws/config has no region, and the "
    "instance metadata service did not report one",
    ("name the region, as in --region us-east-1",),
    stdout="nothing",
)
BAD_REGION = ErrorKind(
    "no-region",
    "the region has an invalid name",
    "invalid AWS region: {region}",
    "",
    ("name a region such as us-east-1, as in --region us-east-1",),
    stdout="nothing",
)
TOKEN_WITHOUT_REGISTRY = ErrorKind(
    "malformed-answer",
    "`get-login` receives a token without a registry",
    "unexpected response: AWS returned a token for {region} without the registry's address",
    "",
    (
        "name the account of the registry:",
        Command("docker-credential-ecr get-login --region {region} --registry-ids ACCOUNT"),
    ),
    stdout="nothing",
)

NOT_ECR = ErrorKind(
    "not-ecr",
    "a Python program requests a registry that is not in ECR",
    "not a registry in Amazon ECR",
    "",
    ("request a registry such as 123456789012.dkr.ecr.us-east-1.amazonaws.com, or define an alias in the settings",),
    stdout="an exception",
)
PUBLIC_ANONYMOUS = ErrorKind(
    "public-anonymous",
    "a Python program requests ECR Public and has no AWS credentials",
    "no token for ECR Public",
    "there are no AWS credentials, and pulling public images needs none",
    ("pull without credentials; AWS credentials would only raise the rate limit",),
    stdout="an exception",
)

TIMED_OUT = ErrorKind(
    "timed-out",
    "the run exceeds its deadline; the step that hangs is named",
    "timed out after {timeout} seconds",
    "{hang}",
    (
        "check that step: a file system or a program that hangs must be fixed there",
        "{timeout_setting} allows more time",
    ),
    is_transient=True,
)
EXCHANGE_TIMED_OUT = TIMED_OUT._replace(
    when="AWS does not return a token before the deadline; the step that hangs is named",
    message="timed out while requesting a token from AWS",
    fix=(
        "check that step: DNS, routes, security groups, proxies; a docker-credential-ecr that is stopped (ps)",
        "{timeout_setting} allows more time",
    ),
)

INTERNAL = ErrorKind(
    "internal",
    "a bug in the program",
    "internal error",
    "this is a bug, in {location}",
    ("report it, with the output of the same command under CREDHELPER_DEBUG=1",),
)

ROWS = (
    *(NO_SERVER, BAD_SERVER, BAD_SERVER_LENGTH, BAD_SERVER_CHARACTER, BAD_SERVER_USER, BAD_SERVER_PORT),
    *(BAD_LOGIN, BAD_LOGIN_FIELD, BAD_LOGIN_WITHOUT_SERVER, BAD_LOGIN_WITHOUT_USERNAME, ERASE_FAILED),
    *(NO_REGION, BAD_REGION, TOKEN_WITHOUT_REGISTRY, NOT_ECR, PUBLIC_ANONYMOUS),
    *(TIMED_OUT, EXCHANGE_TIMED_OUT, INTERNAL),
)
