"""The instance metadata service, version 2.

https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from typing import Callable

from tests.fake_ec2.services.messages import NO_RESPONSE, Request, Response, text_response
from tests.fake_ec2.services.principals import assumed_role, format_time
from tests.fake_ec2.services.regions import partition_of
from tests.fake_ec2.services.state import Cloud

_TOKEN_PATH = "/latest/api/token"
_ROLE_PATH = "/latest/meta-data/iam/security-credentials/"
_TTL_HEADER = "X-aws-ec2-metadata-token-ttl-seconds"
_MAX_TTL = 21600
_ERRORS = {
    "off": (403, "403 - Forbidden"),
    "refused-token": (401, "401 - Unauthorized"),
    "fail": (500, "500 - Internal Server Error"),
}


def respond(cloud: Cloud, request: Request) -> Response:
    """Return a session token for a PUT, and the instance's metadata for a GET with a valid session token."""
    mode = cloud.behaviour.metadata
    is_token_request = request.method == "PUT" and request.path == _TOKEN_PATH
    if mode == "silent" or (mode == "hop-limit" and is_token_request):
        return NO_RESPONSE
    if mode in _ERRORS:
        return text_response(*_ERRORS[mode])
    if is_token_request:
        return _start_session(cloud, request)
    if cloud.metadata_tokens.get(request.headers.get("X-aws-ec2-metadata-token", ""), 0) <= cloud.clock():
        return text_response(401, "401 - Unauthorized")
    return _get_document(cloud, request.path)


def _start_session(cloud: Cloud, request: Request) -> Response:
    ttl = request.headers.get(_TTL_HEADER, "")
    if not (ttl.isdecimal() and 1 <= int(ttl) <= _MAX_TTL):
        return text_response(400, "400 - Bad Request")
    token = base64.urlsafe_b64encode(secrets.token_bytes(40)).decode()
    cloud.metadata_tokens[token] = cloud.clock() + int(ttl)
    response = text_response(200, token)
    response.headers.append((_TTL_HEADER, ttl))
    return response


def _get_document(cloud: Cloud, path: str) -> Response:
    documents: dict[str, Callable[[Cloud], str]] = {
        "/latest/meta-data/instance-id": lambda cloud: cloud.behaviour.instance_id,
        "/latest/meta-data/placement/region": lambda cloud: cloud.behaviour.region,
        "/latest/dynamic/instance-identity/document": _render_identity,
    }
    if cloud.behaviour.metadata != "no-role":
        documents[_ROLE_PATH] = documents[_ROLE_PATH.rstrip("/")] = lambda cloud: cloud.behaviour.role
        documents[_ROLE_PATH + cloud.behaviour.role] = _render_keys
        documents["/latest/meta-data/iam/info"] = _render_profile
    render = documents.get(path)
    return text_response(200, render(cloud)) if render else text_response(404, "404 - Not Found")


def _render_identity(cloud: Cloud) -> str:
    behaviour = cloud.behaviour
    return json.dumps({"accountId": behaviour.account, "instanceId": behaviour.instance_id, "region": behaviour.region})


def _render_profile(cloud: Cloud) -> str:
    """Return the instance profile: each role has one of the same name, whose id is never reused."""
    behaviour = cloud.behaviour
    arn = f"arn:{partition_of(behaviour.region).name}:iam::{behaviour.account}:instance-profile/{behaviour.role}"
    digest = hashlib.sha256(arn.encode()).hexdigest()[:17].upper()
    updated = format_time(cloud.clock())
    return json.dumps(
        {"Code": "Success", "LastUpdated": updated, "InstanceProfileArn": arn, "InstanceProfileId": f"AIPA{digest}"}
    )


def _render_keys(cloud: Cloud) -> str:
    behaviour = cloud.behaviour
    updated = format_time(cloud.clock())
    if behaviour.metadata == "untrusted":
        message = f"EC2 cannot assume the role {behaviour.role}."
        return json.dumps({"Code": "AssumeRoleUnauthorizedAccess", "Message": message, "LastUpdated": updated})
    principal = assumed_role(behaviour.role, behaviour.instance_id, behaviour.account, behaviour.region)
    session = cloud.keys.issue_for_instance(principal, behaviour.session_life)
    return json.dumps(
        {
            "Code": "Success",
            "LastUpdated": updated,
            "Type": "AWS-HMAC",
            "AccessKeyId": session.access_key,
            "SecretAccessKey": session.secret_key,
            "Token": session.token,
            "Expiration": session.expiration,
        }
    )
