"""IAM Identity Center: the portal, which issues a role's keys to a signed-in user, and OIDC, which renews a sign-in.

https://docs.aws.amazon.com/singlesignon/latest/PortalAPIReference/API_GetRoleCredentials.html
https://docs.aws.amazon.com/singlesignon/latest/OIDCAPIReference/API_CreateToken.html
"""

from __future__ import annotations

import json
from urllib.parse import parse_qs, urlsplit

from tests.fake_ec2.services.messages import NO_RESPONSE, Request, Response, json_response
from tests.fake_ec2.services.principals import assumed_role
from tests.fake_ec2.services.state import Cloud

_HOUR = 3600
_REFRESHED_LIFETIME = 8 * _HOUR  # seconds that a renewed sign-in lasts


def respond(cloud: Cloud, request: Request) -> Response:
    """Return a role's keys for a signed-in user, or a new access token for a refresh token."""
    mode = cloud.behaviour.sso
    is_key_request = request.path == "/federation/credentials"
    request.call.operation = "GetRoleCredentials" if is_key_request else "CreateToken"
    if mode == "hang":
        return NO_RESPONSE
    if mode == "fail":
        return _refuse(500, "InternalServerException", "Internal server error")
    return _issue_keys(cloud, request) if is_key_request else _refresh_sign_in(cloud, request)


def _issue_keys(cloud: Cloud, request: Request) -> Response:
    user = cloud.behaviour.sign_ins.get(request.headers.get("x-amz-sso_bearer_token", ""))
    if user is None:
        return _refuse(401, "UnauthorizedException", "Session token not found or invalid")
    if cloud.behaviour.sso == "deny":
        return _refuse(403, "ForbiddenException", "No access")
    query = {name: values[0] for name, values in parse_qs(urlsplit(request.target).query).items()}
    role = f"AWSReservedSSO_{query['role_name']}_0123456789abcdef"
    principal = assumed_role(role, user, query["account_id"], cloud.behaviour.region)
    request.call.principal = principal
    keys = cloud.keys.issue(principal, _HOUR)
    credentials = {
        "accessKeyId": keys.access_key,
        "secretAccessKey": keys.secret_key,
        "sessionToken": keys.token,
        "expiration": int(keys.expires_at * 1000),
    }
    return json_response(200, {"roleCredentials": credentials})


def _refresh_sign_in(cloud: Cloud, request: Request) -> Response:
    token = cloud.behaviour.renewals.get(json.loads(request.read()).get("refreshToken", ""))
    if token is None:
        return _refuse(400, "InvalidGrantException", "Invalid refresh token provided")
    return json_response(200, {"accessToken": token, "tokenType": "Bearer", "expiresIn": _REFRESHED_LIFETIME})


def _refuse(status: int, code: str, message: str) -> Response:
    response = json_response(status, {"message": message, "__type": code})
    response.headers.append(("x-amzn-ErrorType", code))
    return response
