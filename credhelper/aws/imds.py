"""The instance metadata service (IMDS): the identity of the instance's role, and why there are no credentials.

botocore reports neither. The responses are those of the AWS page "Retrieve instance metadata for your EC2 instance"; a
role that EC2 may not assume, and a container behind the hop limit, are recognized by symptoms of their own.
"""

from __future__ import annotations

import http.client
import json
import os
import re
import urllib.error
import urllib.parse
import urllib.request
from typing import TYPE_CHECKING, NamedTuple

from credhelper.error_catalog import metadata as catalog

if TYPE_CHECKING:
    from credhelper.errors import HelperError

_TIMEOUT = 1.0  # seconds; behind the hop limit no response arrives, and the user is waiting
_TOKEN_PATH = "/latest/api/token"  # noqa: S105  (a path)
_ROLE_PATH = "/latest/meta-data/iam/security-credentials/"
_INFO_PATH = "/latest/meta-data/iam/info"
_REGION_PATH = "/latest/meta-data/placement/region"
_INSTANCE_ID_PATH = "/latest/meta-data/instance-id"

_UNAUTHORIZED, _FORBIDDEN, _NOT_FOUND, _OK = 401, 403, 404, 200

# The syntax of the metadata, from the API references of IAM and EC2. Any other response may contain whatever a proxy
# returns, such as the credentials themselves: it is neither quoted nor stored.
_ROLE_NAME_PATTERN = re.compile(r"[\w+=,.@-]{1,64}", re.ASCII)
_INSTANCE_ID_PATTERN = re.compile(r"i-[0-9a-f]{1,32}", re.ASCII)
_PROFILE_ARN_PATTERN = re.compile(r"arn:aws[a-z-]{0,20}:iam::\d{12}:instance-profile/[\w+=,.@/-]{1,640}", re.ASCII)
_PROFILE_ID_PATTERN = re.compile(r"[A-Z0-9]{1,128}", re.ASCII)
_REGION_PATTERN = re.compile(r"[a-z0-9-]{1,40}", re.ASCII)
_CODE_PATTERN = re.compile(r"[A-Za-z]{1,40}", re.ASCII)


class RoleInfo(NamedTuple):
    """The instance's role, as far as the metadata service reported it.

    `identity` consists of the instance profile's ARN and id (another account may have a role of the same name) and the
    role's name; it is "none" if there is no role, and "" if it is unknown. `name` is the role's name alone. `diagnosis`
    is the error if there can be no credentials.
    """

    identity: str
    name: str = ""
    diagnosis: HelperError | None = None


NO_ROLE = "none"


def diagnose_disabled() -> HelperError | None:
    """Return the error if AWS_EC2_METADATA_DISABLED keeps botocore from querying the metadata service.

    As in botocore's IMDSFetcher, only the environment counts, not the configuration, and only the word "true".
    """
    return (
        catalog.METADATA_DISABLED.error() if os.environ.get("AWS_EC2_METADATA_DISABLED", "").lower() == "true" else None
    )


def diagnose(endpoint: str) -> HelperError:
    """Query the metadata service at `endpoint` (a URL) to find out why botocore got no credentials from it."""
    error = diagnose_disabled()
    if error is not None:
        return error
    role_info = instance_role(endpoint)
    return role_info.diagnosis or diagnose_missing_keys(endpoint, role_info.name)


def instance_role(endpoint: str) -> RoleInfo:
    """Query the metadata service at `endpoint` (a URL) for the instance's role.

    Takes at most two seconds if there is no response. No proxy is used: the metadata service is never behind one.
    """
    if not is_valid_endpoint(endpoint):
        return RoleInfo("", diagnosis=catalog.NO_CREDENTIALS_BAD_ENDPOINT.error())
    status, token = _request(endpoint, "PUT", _TOKEN_PATH, {"X-aws-ec2-metadata-token-ttl-seconds": "60"})
    if status == 0:
        is_hop_limit = _request(endpoint, "GET", _ROLE_PATH, {})[0] == _UNAUTHORIZED
        return RoleInfo("", diagnosis=(catalog.METADATA_HOP_LIMIT if is_hop_limit else catalog.NO_CREDENTIALS).error())
    if status == _FORBIDDEN:
        return RoleInfo("", diagnosis=catalog.METADATA_OFF.error())
    if not (token.isascii() and token.isprintable()):
        return RoleInfo("", diagnosis=catalog.METADATA_FAILED_BAD_TOKEN.error())
    return _find_role(endpoint, token)


def _find_role(endpoint: str, token: str) -> RoleInfo:
    headers = {"X-aws-ec2-metadata-token": token}
    status, body = _request(endpoint, "GET", _ROLE_PATH, headers)
    role = body.strip()
    if status == _OK and role:
        if not _ROLE_NAME_PATTERN.fullmatch(role):
            return RoleInfo("", diagnosis=catalog.METADATA_FAILED_BAD_ROLE.error())
        return RoleInfo(_format_identity(role, _request(endpoint, "GET", _INFO_PATH, headers)[1]), role)
    if status not in (_OK, _NOT_FOUND):
        request = catalog.TO_OWN_TOKEN if token else catalog.TO_TOKEN_REQUEST
        return RoleInfo("", diagnosis=_diagnose_status(status, request))
    if not token:
        return RoleInfo("", diagnosis=catalog.NO_CREDENTIALS_FOREIGN_SERVICE.error())
    return RoleInfo(NO_ROLE, diagnosis=_diagnose_no_role(endpoint, token))


def diagnose_missing_keys(endpoint: str, role: str) -> HelperError:
    """Query the metadata service at `endpoint` to find out why it returned no keys for `role`, which it had named."""
    _, token = _request(endpoint, "PUT", _TOKEN_PATH, {"X-aws-ec2-metadata-token-ttl-seconds": "60"})
    _, body = _request(endpoint, "GET", _ROLE_PATH + role, {"X-aws-ec2-metadata-token": token})
    return _diagnose_role_without_keys(endpoint, role, body)


def _diagnose_no_role(endpoint: str, token: str) -> HelperError:
    _, instance_id = _request(endpoint, "GET", _INSTANCE_ID_PATH, {"X-aws-ec2-metadata-token": token})
    is_id = _INSTANCE_ID_PATTERN.fullmatch(instance_id.strip())
    return catalog.NO_ROLE.error(instance_id=instance_id.strip() if is_id else "ID")


def instance_region(endpoint: str) -> str:
    """Return the region of this instance, from the metadata service at `endpoint`; "" if it is unknown."""
    _, token = _request(endpoint, "PUT", _TOKEN_PATH, {"X-aws-ec2-metadata-token-ttl-seconds": "60"})
    name = _request(endpoint, "GET", _REGION_PATH, {"X-aws-ec2-metadata-token": token})[1].strip() if token else ""
    return name if _REGION_PATTERN.fullmatch(name) else ""


def _diagnose_status(status: int, request: str) -> HelperError:
    if status == _UNAUTHORIZED:
        return catalog.METADATA_REFUSED.error(request=request)
    return catalog.METADATA_FAILED.error(status=str(status or "nothing"))


def _format_identity(role: str, info: str) -> str:
    try:
        profile_info = json.loads(info)
        arn, id_ = str(profile_info["InstanceProfileArn"]), str(profile_info["InstanceProfileId"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return ""  # a service that only resembles instance metadata
    return f"{arn} {id_} {role}" if _PROFILE_ARN_PATTERN.fullmatch(arn) and _PROFILE_ID_PATTERN.fullmatch(id_) else ""


def _diagnose_role_without_keys(endpoint: str, role: str, body: str) -> HelperError:
    try:
        code = str(json.loads(body)["Code"])
        code = code if _CODE_PATTERN.fullmatch(code) else "an unknown code"
    except (ValueError, KeyError, TypeError, RecursionError):
        code = "no keys"
    if code == "Success":
        return _diagnose_proxy(endpoint) or catalog.METADATA_FAILED_ONCE.error(role=role)
    kind = catalog.ROLE_UNTRUSTED if code == "AssumeRoleUnauthorizedAccess" else catalog.ROLE_WITHOUT_KEYS
    return kind.error(role=role, code=code)


def _diagnose_proxy(endpoint: str) -> HelperError | None:
    """Return the error if botocore uses a proxy for the request that has just succeeded without a proxy."""
    url = urllib.parse.urlsplit(endpoint)
    proxy = urllib.request.getproxies().get(url.scheme)
    if proxy is None or urllib.request.proxy_bypass(url.netloc):
        return None
    variable = f"{url.scheme}_proxy"
    variable = variable if os.environ.get(variable) else variable.upper()
    return catalog.METADATA_PROXIED.error(variable=variable, name=str(url.hostname))


def is_valid_endpoint(endpoint: str) -> bool:
    """Return whether `endpoint` is a URL to which a metadata request can be sent."""
    try:
        url = urllib.parse.urlsplit(endpoint)
        hostname, _ = (url.hostname or "").encode("idna"), url.port
    except ValueError:
        return False
    return url.scheme in ("http", "https") and bool(hostname)


def _create_opener(scheme: str) -> urllib.request.OpenerDirector:
    """Return an opener that uses no proxy and follows no redirect: no other server must get the session token.

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
    """Return the status and the text of the response; (0, "") if there is no response."""
    try:
        request = urllib.request.Request(endpoint.rstrip("/") + path, method=method, headers=headers)  # noqa: S310
        with _create_opener(request.type).open(request, timeout=_TIMEOUT) as response:
            return response.status, response.read(1 << 16).decode("utf-8", "replace")
    except urllib.error.HTTPError as error:
        with error:
            return error.code, ""
    except (OSError, http.client.HTTPException, ValueError):  # the last for an invalid host or path
        return 0, ""
