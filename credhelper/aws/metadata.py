"""What an instance's metadata says: whose its role is, and why it gives no credentials. botocore tells neither.

The answers are those of the AWS page "Retrieve instance metadata for your EC2 instance"; a role that EC2 may not
assume, and a hop limit that a container is behind, have their own ways to show.
"""

from __future__ import annotations

import http.client
import json
import os
import re
import shlex
import urllib.error
import urllib.parse
import urllib.request
from typing import NamedTuple

_PATIENCE = 1.0  # seconds; a hop limit shows by silence, and the person is waiting
_TOKEN = "/latest/api/token"  # noqa: S105  (a path)
_ROLE = "/latest/meta-data/iam/security-credentials/"
_INFO = "/latest/meta-data/iam/info"
_REGION = "/latest/meta-data/placement/region"
_INSTANCE = "/latest/meta-data/instance-id"

_LONGEST_NAME = 64  # characters of a role's name

_UNAUTHORIZED, _FORBIDDEN, _ABSENT, _FINE = 401, 403, 404, 200


# AWS's grammar of what metadata answers (the API references of IAM and EC2). Anything else may be whatever a proxy
# knows, such as the credentials themselves: it is neither repeated nor kept.
_ROLE_NAME = re.compile(r"[\w+=,.@-]{1,64}", re.ASCII)
_INSTANCE_ID = re.compile(r"i-[0-9a-f]{1,32}", re.ASCII)
_PROFILE_ARN = re.compile(r"arn:aws[a-z-]{0,20}:iam::\d{12}:instance-profile/[\w+=,.@/-]{1,640}", re.ASCII)
_PROFILE_ID = re.compile(r"[A-Z0-9]{1,128}", re.ASCII)
_REGION_NAME = re.compile(r"[a-z0-9-]{1,40}", re.ASCII)
_CODE = re.compile(r"[A-Za-z]{1,40}", re.ASCII)


class Cause(NamedTuple):
    """The id of the failure (catalogue.py), one clause that says what was found, and the steps that mend it."""

    id: str
    clause: str
    fix: str


class Seen(NamedTuple):
    """What metadata said, as far as it went.

    `role` is whose the role is: the instance profile's ARN and id (a role's name may be another account's too) and
    the role's name; "none" if there is no role, "" if it is not told. `name` is the role's name alone. `cause` says
    why there can be no credentials.
    """

    role: str
    name: str = ""
    cause: Cause | None = None


NO_ROLE_AT_ALL = "none"


_NOT_HERE = Cause(
    "no-credentials",
    "no instance metadata answers here, so this is no EC2 instance, or one whose metadata is blocked",
    "give credentials: aws configure, aws sso login, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY\n"
    "on EC2: attach a role to the instance, and let 169.254.169.254 through the firewall",
)
_OFF = Cause(
    "metadata-off",
    "instance metadata is turned off (it answers 403)",
    "turn it on: aws ec2 modify-instance-metadata-options --instance-id ID --http-endpoint enabled",
)
_HOP_LIMIT = Cause(
    "metadata-hop-limit",
    "instance metadata takes no token from here: it opens the connection and never answers, as it does for a "
    "container behind a hop limit of 1",
    "raise the limit: aws ec2 modify-instance-metadata-options --instance-id ID --http-put-response-hop-limit 2\n"
    "or run this container with the host's network",
)
_DISABLED = Cause(
    "metadata-disabled",
    "instance metadata is not asked, since AWS_EC2_METADATA_DISABLED is set",
    "unset AWS_EC2_METADATA_DISABLED, or give credentials another way",
)
_OF_ANOTHER = Cause(
    "no-credentials",
    "what answers in the place of instance metadata is not EC2's, since it gives no token and knows of no role: this "
    "is another cloud's machine, or a proxy or a portal answers",
    "give credentials: aws configure, aws sso login, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
)
_NO_METADATA = Cause(
    "metadata-failed",
    "what answers in the place of instance metadata is none: it gave a token that could not be one",
    "look at what answers there, such as a proxy or a portal, and try again",
)
_NO_ROLE_NAME = Cause(
    "metadata-failed",
    "the server in the place of the instance metadata service is not that service: what it returned for the role is "
    "not the name of a role",
    "look at what answers there, such as a proxy or a portal, and try again",
)
_NO_ADDRESS = Cause(
    "no-credentials",
    "what is set as the address of instance metadata is none",
    "unset AWS_EC2_METADATA_SERVICE_ENDPOINT, and ec2_metadata_service_endpoint in ~/.aws/config",
)


def disabled() -> Cause | None:
    """Give the cause, if a variable keeps botocore from asking (its IMDSFetcher): no configuration variable, and only
    the word "true".
    """
    return _DISABLED if os.environ.get("AWS_EC2_METADATA_DISABLED", "").lower() == "true" else None


def why_not(endpoint: str) -> Cause:
    """Ask the metadata service at `endpoint` (a URL) why botocore had no credentials from it."""
    seen = Seen("", cause=disabled()) if disabled() else whose(endpoint)
    return seen.cause or why_no_keys(endpoint, seen.name)


def whose(endpoint: str) -> Seen:
    """Ask the metadata service at `endpoint` (a URL) whose the instance's role is.

    Takes two seconds at most where nothing answers. No proxy is used: metadata is never behind one.
    """
    if not _is_address(endpoint):
        return Seen("", cause=_NO_ADDRESS)
    status, token = _ask(endpoint, "PUT", _TOKEN, {"X-aws-ec2-metadata-token-ttl-seconds": "60"})
    if status == 0:
        silent = _HOP_LIMIT if _ask(endpoint, "GET", _ROLE, {})[0] == _UNAUTHORIZED else _NOT_HERE
        return Seen("", cause=silent)
    if status == _FORBIDDEN or not (token.isascii() and token.isprintable()):
        return Seen("", cause=_OFF if status == _FORBIDDEN else _NO_METADATA)
    return _whose(endpoint, token)


def _whose(endpoint: str, token: str) -> Seen:
    headers = {"X-aws-ec2-metadata-token": token}
    status, name = _ask(endpoint, "GET", _ROLE, headers)
    if status == _ABSENT or (status == _FINE and not name.strip()):
        return Seen(NO_ROLE_AT_ALL, cause=_no_role(endpoint, token)) if token else Seen("", cause=_OF_ANOTHER)
    if status != _FINE:
        return Seen("", cause=_unexpected(status, "to its own token" if token else "to the request for a token"))
    name = name.strip()
    if not _ROLE_NAME.fullmatch(name):
        return Seen("", cause=_NO_ROLE_NAME)
    return Seen(_identity(name, _ask(endpoint, "GET", _INFO, headers)[1]), name)


def why_no_keys(endpoint: str, name: str) -> Cause:
    """Ask the metadata service at `endpoint` why it gave no keys of the role `name`, which it had named."""
    _, token = _ask(endpoint, "PUT", _TOKEN, {"X-aws-ec2-metadata-token-ttl-seconds": "60"})
    _, answer = _ask(endpoint, "GET", _ROLE + name, {"X-aws-ec2-metadata-token": token})
    return _role_without_keys(endpoint, name, answer)


def _no_role(endpoint: str, token: str) -> Cause:
    _, instance = _ask(endpoint, "GET", _INSTANCE, {"X-aws-ec2-metadata-token": token})
    found = _INSTANCE_ID.fullmatch(instance.strip())
    return Cause(
        "no-role",
        "no role is attached to this instance (its metadata answers 404 for the role)",
        "attach one, whose policies hold AmazonEC2ContainerRegistryPullOnly:\n"
        f"aws ec2 associate-iam-instance-profile --instance-id {found.group() if found else 'ID'} "
        "--iam-instance-profile Name=PROFILE",
    )


def region(endpoint: str) -> str:
    """Give the region that the metadata service at `endpoint` says this instance is in; "" where nobody tells."""
    _, token = _ask(endpoint, "PUT", _TOKEN, {"X-aws-ec2-metadata-token-ttl-seconds": "60"})
    name = _ask(endpoint, "GET", _REGION, {"X-aws-ec2-metadata-token": token})[1].strip() if token else ""
    return name if _REGION_NAME.fullmatch(name) else ""


def _unexpected(status: int, to_what: str) -> Cause:
    if status == _UNAUTHORIZED:
        return Cause(
            "metadata-refused",
            f"instance metadata answers 401 {to_what}",
            "look at what answers there, if it is no EC2 instance's own; else at the instance's metadata options:\n"
            "aws ec2 describe-instances --instance-ids ID --query 'Reservations[].Instances[].MetadataOptions'",
        )
    return Cause(
        "metadata-failed",
        f"instance metadata answers {status or 'nothing'}",
        "try again; if it lasts, look at the instance's metadata options, and at what else may answer there",
    )


def _identity(name: str, info: str) -> str:
    try:
        told = json.loads(info)
        arn, id_ = str(told["InstanceProfileArn"]), str(told["InstanceProfileId"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return ""  # something that only resembles an instance's metadata
    return f"{arn} {id_} {name}" if _PROFILE_ARN.fullmatch(arn) and _PROFILE_ID.fullmatch(id_) else ""


def _role_without_keys(endpoint: str, role: str, answer: str) -> Cause:
    try:
        code = str(json.loads(answer)["Code"])
    except (ValueError, KeyError, TypeError, RecursionError):
        code = "no keys"
    if code == "Success":
        return _proxied(endpoint) or _unsteady(role)
    if code == "AssumeRoleUnauthorizedAccess":
        return Cause(
            "role-untrusted",
            f"instance metadata names the role {_shown(role)} and gives {code} for it: EC2 may not assume it",
            "let EC2 assume the role: its trust policy must name the service ec2.amazonaws.com\n"
            f"aws iam get-role --role-name {shlex.quote(_shown(role))} --query Role.AssumeRolePolicyDocument",
        )
    return Cause(
        "role-without-keys",
        f"instance metadata names the role {_shown(role)} and gives {_shown_code(code)} for it",
        f"look whether there still is a role of that name: aws iam get-role --role-name {shlex.quote(_shown(role))}\n"
        "and attach its instance profile to the instance again, if it was made anew",
    )


def _proxied(endpoint: str) -> Cause | None:
    """Give the cause, if botocore asks through a proxy what was just answered without one."""
    parts = urllib.parse.urlsplit(endpoint)
    proxy = urllib.request.getproxies().get(parts.scheme)
    if proxy is None or urllib.request.proxy_bypass(parts.netloc):
        return None
    name = f"{parts.scheme}_proxy"
    name = name if os.environ.get(name) else name.upper()
    return Cause(
        "metadata-proxied",
        f"instance metadata answers, and {name} sends botocore's questions to a proxy instead",
        f"let it be asked directly: NO_PROXY={parts.hostname}, beside what is in it, wherever {name} is set",
    )


def _unsteady(role: str) -> Cause:
    return Cause(
        "metadata-failed",
        f"instance metadata gives keys for the role {_shown(role)} now, and gave none a moment ago",
        "try again",
    )


def _shown(role: str) -> str:
    return ascii(role[:_LONGEST_NAME])[1:-1]


def _shown_code(code: str) -> str:
    return code if code == "no keys" or _CODE.fullmatch(code) else "an unknown code"


def _is_address(endpoint: str) -> bool:
    try:
        parts = urllib.parse.urlsplit(endpoint)
        name, _ = (parts.hostname or "").encode("idna"), parts.port
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(name)


def _opener(scheme: str) -> urllib.request.OpenerDirector:
    """Return an opener that uses no proxy and follows no redirection: the token of metadata belongs to nobody else.

    urllib.request.build_opener would create a TLS context for http too, which takes 20 ms on Python 3.13.
    """
    opener = urllib.request.OpenerDirector()
    opener.add_handler(urllib.request.HTTPSHandler() if scheme == "https" else urllib.request.HTTPHandler())
    for handler in (
        urllib.request.UnknownHandler(),
        urllib.request.HTTPErrorProcessor(),
        urllib.request.HTTPDefaultErrorHandler(),
    ):
        opener.add_handler(handler)
    return opener


def _ask(endpoint: str, method: str, path: str, headers: dict[str, str]) -> tuple[int, str]:
    """Give the status and the text of an answer; (0, "") when none comes."""
    try:
        request = urllib.request.Request(endpoint.rstrip("/") + path, method=method, headers=headers)  # noqa: S310
        with _opener(request.type).open(request, timeout=_PATIENCE) as answer:
            return answer.status, answer.read(1 << 16).decode("utf-8", "replace")
    except urllib.error.HTTPError as error:
        with error:
            return error.code, ""
    except (OSError, http.client.HTTPException, ValueError):  # a name or a path that cannot be written in a request
        return 0, ""
