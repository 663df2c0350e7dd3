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

_TIMEOUT = 1.0  # seconds; a hop limit shows by silence, and the person is waiting
_TOKEN_PATH = "/latest/api/token"  # noqa: S105  (a path)
_ROLE_PATH = "/latest/meta-data/iam/security-credentials/"
_INFO_PATH = "/latest/meta-data/iam/info"
_REGION_PATH = "/latest/meta-data/placement/region"
_INSTANCE_ID_PATH = "/latest/meta-data/instance-id"

_MAX_NAME_LENGTH = 64  # characters of a role's name

_UNAUTHORIZED, _FORBIDDEN, _NOT_FOUND, _OK = 401, 403, 404, 200


# AWS's grammar of what metadata answers (the API references of IAM and EC2). Anything else may be whatever a proxy
# knows, such as the credentials themselves: it is neither repeated nor kept.
_ROLE_NAME_PATTERN = re.compile(r"[\w+=,.@-]{1,64}", re.ASCII)
_INSTANCE_ID_PATTERN = re.compile(r"i-[0-9a-f]{1,32}", re.ASCII)
_PROFILE_ARN_PATTERN = re.compile(r"arn:aws[a-z-]{0,20}:iam::\d{12}:instance-profile/[\w+=,.@/-]{1,640}", re.ASCII)
_PROFILE_ID_PATTERN = re.compile(r"[A-Z0-9]{1,128}", re.ASCII)
_REGION_PATTERN = re.compile(r"[a-z0-9-]{1,40}", re.ASCII)
_CODE_PATTERN = re.compile(r"[A-Za-z]{1,40}", re.ASCII)


class Diagnosis(NamedTuple):
    """The id of the failure (catalogue.py), one clause that says what was found, and the steps that mend it."""

    id: str
    reason: str
    fix: str


class RoleInfo(NamedTuple):
    """What metadata said, as far as it went.

    `identity` is whose the role is: the instance profile's ARN and id (a role's name may be another account's too) and
    the role's name; "none" if there is no role, "" if it is not told. `name` is the role's name alone. `diagnosis` says
    why there can be no credentials.
    """

    identity: str
    name: str = ""
    diagnosis: Diagnosis | None = None


NO_ROLE = "none"


_UNREACHABLE = Diagnosis(
    "no-credentials",
    "no instance metadata answers here, so this is no EC2 instance, or one whose metadata is blocked",
    "give credentials: aws configure, aws sso login, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY\n"
    "on EC2: attach a role to the instance, and let 169.254.169.254 through the firewall",
)
_TURNED_OFF = Diagnosis(
    "metadata-off",
    "instance metadata is turned off (it answers 403)",
    "turn it on: aws ec2 modify-instance-metadata-options --instance-id ID --http-endpoint enabled",
)
_HOP_LIMIT = Diagnosis(
    "metadata-hop-limit",
    "instance metadata takes no token from here: it opens the connection and never answers, as it does for a "
    "container behind a hop limit of 1",
    "raise the limit: aws ec2 modify-instance-metadata-options --instance-id ID --http-put-response-hop-limit 2\n"
    "or run this container with the host's network",
)
_DISABLED = Diagnosis(
    "metadata-disabled",
    "instance metadata is not asked, since AWS_EC2_METADATA_DISABLED is set",
    "unset AWS_EC2_METADATA_DISABLED, or give credentials another way",
)
_NOT_EC2 = Diagnosis(
    "no-credentials",
    "what answers in the place of instance metadata is not EC2's, since it gives no token and knows of no role: this "
    "is another cloud's machine, or a proxy or a portal answers",
    "give credentials: aws configure, aws sso login, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
)
_INVALID_TOKEN = Diagnosis(
    "metadata-failed",
    "what answers in the place of instance metadata is none: it gave a token that could not be one",
    "look at what answers there, such as a proxy or a portal, and try again",
)
_INVALID_ROLE_NAME = Diagnosis(
    "metadata-failed",
    "the server in the place of the instance metadata service is not that service: what it returned for the role is "
    "not the name of a role",
    "look at what answers there, such as a proxy or a portal, and try again",
)
_INVALID_ENDPOINT = Diagnosis(
    "no-credentials",
    "what is set as the address of instance metadata is none",
    "unset AWS_EC2_METADATA_SERVICE_ENDPOINT, and ec2_metadata_service_endpoint in ~/.aws/config",
)


def diagnose_disabled() -> Diagnosis | None:
    """Give the cause, if a variable keeps botocore from asking (its IMDSFetcher): no configuration variable, and only
    the word "true".
    """
    return _DISABLED if os.environ.get("AWS_EC2_METADATA_DISABLED", "").lower() == "true" else None


def diagnose(endpoint: str) -> Diagnosis:
    """Ask the metadata service at `endpoint` (a URL) why botocore had no credentials from it."""
    role_info = RoleInfo("", diagnosis=diagnose_disabled()) if diagnose_disabled() else instance_role(endpoint)
    return role_info.diagnosis or diagnose_missing_keys(endpoint, role_info.name)


def instance_role(endpoint: str) -> RoleInfo:
    """Ask the metadata service at `endpoint` (a URL) whose the instance's role is.

    Takes two seconds at most where nothing answers. No proxy is used: metadata is never behind one.
    """
    if not is_valid_endpoint(endpoint):
        return RoleInfo("", diagnosis=_INVALID_ENDPOINT)
    status, token = _request(endpoint, "PUT", _TOKEN_PATH, {"X-aws-ec2-metadata-token-ttl-seconds": "60"})
    if status == 0:
        diagnosis = _HOP_LIMIT if _request(endpoint, "GET", _ROLE_PATH, {})[0] == _UNAUTHORIZED else _UNREACHABLE
        return RoleInfo("", diagnosis=diagnosis)
    if status == _FORBIDDEN or not (token.isascii() and token.isprintable()):
        return RoleInfo("", diagnosis=_TURNED_OFF if status == _FORBIDDEN else _INVALID_TOKEN)
    return _fetch_role_info(endpoint, token)


def _fetch_role_info(endpoint: str, token: str) -> RoleInfo:
    headers = {"X-aws-ec2-metadata-token": token}
    status, name = _request(endpoint, "GET", _ROLE_PATH, headers)
    if status == _NOT_FOUND or (status == _OK and not name.strip()):
        return (
            RoleInfo(NO_ROLE, diagnosis=_diagnose_no_role(endpoint, token))
            if token
            else RoleInfo("", diagnosis=_NOT_EC2)
        )
    if status != _OK:
        return RoleInfo(
            "", diagnosis=_diagnose_status(status, "to its own token" if token else "to the request for a token")
        )
    name = name.strip()
    if not _ROLE_NAME_PATTERN.fullmatch(name):
        return RoleInfo("", diagnosis=_INVALID_ROLE_NAME)
    return RoleInfo(_format_identity(name, _request(endpoint, "GET", _INFO_PATH, headers)[1]), name)


def diagnose_missing_keys(endpoint: str, role: str) -> Diagnosis:
    """Ask the metadata service at `endpoint` why it gave no keys of `role`, which it had named."""
    _, token = _request(endpoint, "PUT", _TOKEN_PATH, {"X-aws-ec2-metadata-token-ttl-seconds": "60"})
    _, body = _request(endpoint, "GET", _ROLE_PATH + role, {"X-aws-ec2-metadata-token": token})
    return _diagnose_role_without_keys(endpoint, role, body)


def _diagnose_no_role(endpoint: str, token: str) -> Diagnosis:
    _, instance_id = _request(endpoint, "GET", _INSTANCE_ID_PATH, {"X-aws-ec2-metadata-token": token})
    id_match = _INSTANCE_ID_PATTERN.fullmatch(instance_id.strip())
    return Diagnosis(
        "no-role",
        "no role is attached to this instance (its metadata answers 404 for the role)",
        "attach one, whose policies hold AmazonEC2ContainerRegistryPullOnly:\n"
        f"aws ec2 associate-iam-instance-profile --instance-id {id_match.group() if id_match else 'ID'} "
        "--iam-instance-profile Name=PROFILE",
    )


def instance_region(endpoint: str) -> str:
    """Give the region that the metadata service at `endpoint` says this instance is in; "" where nobody tells."""
    _, token = _request(endpoint, "PUT", _TOKEN_PATH, {"X-aws-ec2-metadata-token-ttl-seconds": "60"})
    name = _request(endpoint, "GET", _REGION_PATH, {"X-aws-ec2-metadata-token": token})[1].strip() if token else ""
    return name if _REGION_PATTERN.fullmatch(name) else ""


def _diagnose_status(status: int, request_description: str) -> Diagnosis:
    if status == _UNAUTHORIZED:
        return Diagnosis(
            "metadata-refused",
            f"instance metadata answers 401 {request_description}",
            "look at what answers there, if it is no EC2 instance's own; else at the instance's metadata options:\n"
            "aws ec2 describe-instances --instance-ids ID --query 'Reservations[].Instances[].MetadataOptions'",
        )
    return Diagnosis(
        "metadata-failed",
        f"instance metadata answers {status or 'nothing'}",
        "try again; if it lasts, look at the instance's metadata options, and at what else may answer there",
    )


def _format_identity(role: str, info: str) -> str:
    try:
        profile_info = json.loads(info)
        arn, id_ = str(profile_info["InstanceProfileArn"]), str(profile_info["InstanceProfileId"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return ""  # something that only resembles an instance's metadata
    return f"{arn} {id_} {role}" if _PROFILE_ARN_PATTERN.fullmatch(arn) and _PROFILE_ID_PATTERN.fullmatch(id_) else ""


def _diagnose_role_without_keys(endpoint: str, role: str, body: str) -> Diagnosis:
    try:
        code = str(json.loads(body)["Code"])
    except (ValueError, KeyError, TypeError, RecursionError):
        code = "no keys"
    if code == "Success":
        return _diagnose_proxy(endpoint) or _flapping(role)
    if code == "AssumeRoleUnauthorizedAccess":
        return Diagnosis(
            "role-untrusted",
            f"instance metadata names the role {_escape(role)} and gives {code} for it: EC2 may not assume it",
            "let EC2 assume the role: its trust policy must name the service ec2.amazonaws.com\n"
            f"aws iam get-role --role-name {shlex.quote(_escape(role))} --query Role.AssumeRolePolicyDocument",
        )
    return Diagnosis(
        "role-without-keys",
        f"instance metadata names the role {_escape(role)} and gives {_code_or_placeholder(code)} for it",
        f"look whether there still is a role of that name: aws iam get-role --role-name {shlex.quote(_escape(role))}\n"
        "and attach its instance profile to the instance again, if it was made anew",
    )


def _diagnose_proxy(endpoint: str) -> Diagnosis | None:
    """Give the cause, if botocore asks through a proxy what was just answered without one."""
    url = urllib.parse.urlsplit(endpoint)
    proxy = urllib.request.getproxies().get(url.scheme)
    if proxy is None or urllib.request.proxy_bypass(url.netloc):
        return None
    variable = f"{url.scheme}_proxy"
    variable = variable if os.environ.get(variable) else variable.upper()
    return Diagnosis(
        "metadata-proxied",
        f"instance metadata answers, and {variable} sends botocore's questions to a proxy instead",
        f"let it be asked directly: NO_PROXY={url.hostname}, beside what is in it, wherever {variable} is set",
    )


def _flapping(role: str) -> Diagnosis:
    return Diagnosis(
        "metadata-failed",
        f"instance metadata gives keys for the role {_escape(role)} now, and gave none a moment ago",
        "try again",
    )


def _escape(role: str) -> str:
    return ascii(role[:_MAX_NAME_LENGTH])[1:-1]


def _code_or_placeholder(code: str) -> str:
    return code if code == "no keys" or _CODE_PATTERN.fullmatch(code) else "an unknown code"


def is_valid_endpoint(endpoint: str) -> bool:
    """Return whether `endpoint` is a URL at which metadata can be asked."""
    try:
        url = urllib.parse.urlsplit(endpoint)
        hostname, _ = (url.hostname or "").encode("idna"), url.port
    except ValueError:
        return False
    return url.scheme in ("http", "https") and bool(hostname)


def _create_opener(scheme: str) -> urllib.request.OpenerDirector:
    """Return an opener that uses no proxy and follows no redirection: the token of metadata belongs to nobody else.

    urllib.request.build_opener would create a TLS context for http too, which takes 20 ms on Python 3.13.
    """
    director = urllib.request.OpenerDirector()
    director.add_handler(urllib.request.HTTPSHandler() if scheme == "https" else urllib.request.HTTPHandler())
    for handler in (
        urllib.request.UnknownHandler(),
        urllib.request.HTTPErrorProcessor(),
        urllib.request.HTTPDefaultErrorHandler(),
    ):
        director.add_handler(handler)
    return director


def _request(endpoint: str, method: str, path: str, headers: dict[str, str]) -> tuple[int, str]:
    """Give the status and the text of an answer; (0, "") when none comes."""
    try:
        request = urllib.request.Request(endpoint.rstrip("/") + path, method=method, headers=headers)  # noqa: S310
        with _create_opener(request.type).open(request, timeout=_TIMEOUT) as response:
            return response.status, response.read(1 << 16).decode("utf-8", "replace")
    except urllib.error.HTTPError as error:
        with error:
            return error.code, ""
    except (OSError, http.client.HTTPException, ValueError):  # a name or a path that cannot be written in a request
        return 0, ""
