"""The instance metadata service, version 2.

https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from typing import Callable

from tests.instance.services.messages import NEVER, Answer, Request, text
from tests.instance.services.principals import assumed_role, stamp
from tests.instance.services.regions import partition
from tests.instance.services.state import Cloud

_TOKEN = "/latest/api/token"
_ROLE = "/latest/meta-data/iam/security-credentials/"
_LIFE = "X-aws-ec2-metadata-token-ttl-seconds"
_LONGEST = 21600
_TO_EVERYTHING = {
    "off": (403, "403 - Forbidden"),
    "refused-token": (401, "401 - Unauthorized"),
    "fail": (500, "500 - Internal Server Error"),
}


def answer(cloud: Cloud, request: Request) -> Answer:
    """Give a session token for a PUT, and what the instance may know for a GET that carries one."""
    told = cloud.told.metadata
    asks_token = request.method == "PUT" and request.path == _TOKEN
    if told == "silent" or (told == "hop-limit" and asks_token):
        return NEVER
    if told in _TO_EVERYTHING:
        return text(*_TO_EVERYTHING[told])
    if asks_token:
        return _session(cloud, request)
    if cloud.metadata_tokens.get(request.headers.get("X-aws-ec2-metadata-token", ""), 0) <= cloud.clock():
        return text(401, "401 - Unauthorized")
    return _document(cloud, request.path)


def _session(cloud: Cloud, request: Request) -> Answer:
    life = request.headers.get(_LIFE, "")
    if not (life.isdecimal() and 1 <= int(life) <= _LONGEST):
        return text(400, "400 - Bad Request")
    token = base64.urlsafe_b64encode(secrets.token_bytes(40)).decode()
    cloud.metadata_tokens[token] = cloud.clock() + int(life)
    given = text(200, token)
    given.headers.append((_LIFE, life))
    return given


def _document(cloud: Cloud, path: str) -> Answer:
    documents: dict[str, Callable[[Cloud], str]] = {
        "/latest/meta-data/instance-id": lambda cloud: cloud.told.instance_id,
        "/latest/meta-data/placement/region": lambda cloud: cloud.told.region,
        "/latest/dynamic/instance-identity/document": _identity,
    }
    if cloud.told.metadata != "no-role":
        documents[_ROLE] = documents[_ROLE.rstrip("/")] = lambda cloud: cloud.told.role
        documents[_ROLE + cloud.told.role] = _keys
        documents["/latest/meta-data/iam/info"] = _profile
    document = documents.get(path)
    return text(200, document(cloud)) if document else text(404, "404 - Not Found")


def _identity(cloud: Cloud) -> str:
    told = cloud.told
    return json.dumps({"accountId": told.account, "instanceId": told.instance_id, "region": told.region})


def _profile(cloud: Cloud) -> str:
    """Tell the instance profile, one for each role, named as it; its id is never given again."""
    told = cloud.told
    arn = f"arn:{partition(told.region).name}:iam::{told.account}:instance-profile/{told.role}"
    number = hashlib.sha256(arn.encode()).hexdigest()[:17].upper()
    updated = stamp(cloud.clock())
    return json.dumps(
        {"Code": "Success", "LastUpdated": updated, "InstanceProfileArn": arn, "InstanceProfileId": f"AIPA{number}"}
    )


def _keys(cloud: Cloud) -> str:
    told = cloud.told
    updated = stamp(cloud.clock())
    if told.metadata == "untrusted":
        message = f"EC2 cannot assume the role {told.role}."
        return json.dumps({"Code": "AssumeRoleUnauthorizedAccess", "Message": message, "LastUpdated": updated})
    principal = assumed_role(told.role, told.instance_id, told.account, told.region)
    session = cloud.keys.for_instance(principal, told.session_life)
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
