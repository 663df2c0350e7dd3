"""IAM Identity Center: the portal that gives a signed-in person a role's keys, and OIDC, which renews a sign-in.

https://docs.aws.amazon.com/singlesignon/latest/PortalAPIReference/API_GetRoleCredentials.html
https://docs.aws.amazon.com/singlesignon/latest/OIDCAPIReference/API_CreateToken.html
"""

from __future__ import annotations

import json
from urllib.parse import parse_qs, urlsplit

from tests.instance.services.messages import NEVER, Answer, Request, document
from tests.instance.services.principals import assumed_role
from tests.instance.services.state import Cloud

_HOUR = 3600
_RENEWED = 8 * _HOUR  # how long a sign-in lasts once more


def answer(cloud: Cloud, request: Request) -> Answer:
    """Give a role's keys to whoever is signed in, or a new access token for a refresh token."""
    told = cloud.told.sso
    asks_for_keys = request.path == "/federation/credentials"
    request.call.operation = "GetRoleCredentials" if asks_for_keys else "CreateToken"
    if told == "hang":
        return NEVER
    if told == "fail":
        return _refused(500, "InternalServerException", "Internal server error")
    return _keys(cloud, request) if asks_for_keys else _renewed(cloud, request)


def _keys(cloud: Cloud, request: Request) -> Answer:
    person = cloud.told.sign_ins.get(request.headers.get("x-amz-sso_bearer_token", ""))
    if person is None:
        return _refused(401, "UnauthorizedException", "Session token not found or invalid")
    if cloud.told.sso == "deny":
        return _refused(403, "ForbiddenException", "No access")
    asked = {name: values[0] for name, values in parse_qs(urlsplit(request.target).query).items()}
    role = f"AWSReservedSSO_{asked['role_name']}_0123456789abcdef"
    principal = assumed_role(role, person, asked["account_id"], cloud.told.region)
    request.call.principal = principal
    keys = cloud.keys.issue(principal, _HOUR)
    given = {
        "accessKeyId": keys.access_key,
        "secretAccessKey": keys.secret_key,
        "sessionToken": keys.token,
        "expiration": int(keys.expires * 1000),
    }
    return document(200, {"roleCredentials": given})


def _renewed(cloud: Cloud, request: Request) -> Answer:
    token = cloud.told.renewals.get(json.loads(request.read()).get("refreshToken", ""))
    if token is None:
        return _refused(400, "InvalidGrantException", "Invalid refresh token provided")
    return document(200, {"accessToken": token, "tokenType": "Bearer", "expiresIn": _RENEWED})


def _refused(status: int, code: str, message: str) -> Answer:
    refused = document(status, {"message": message, "__type": code})
    refused.headers.append(("x-amzn-ErrorType", code))
    return refused
