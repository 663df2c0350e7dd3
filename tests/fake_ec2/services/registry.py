"""The registries: they authorize requests, with ECR's own statuses and messages."""

from __future__ import annotations

import base64
import binascii
import json
import re

from tests.fake_ec2.services.messages import Request, Response, text_response
from tests.fake_ec2.services.principals import account_of
from tests.fake_ec2.services.proxy import forward
from tests.fake_ec2.services.regions import partition_of
from tests.fake_ec2.services.routing import PUBLIC_HOSTS
from tests.fake_ec2.services.state import Cloud
from tests.fake_ec2.services.tokens import Token

_ANONYMOUS = "anonymous"
_PULL_PATH = re.compile(r"/v2/(?P<name>.+)/(?P<kind>manifests|blobs)/[^/]+")


def respond(cloud: Cloud, request: Request) -> Response:
    """Forward a request with a valid token to the upstream registry."""
    scheme, credential = _parse_authorization(request)
    if request.call.host in PUBLIC_HOSTS:
        return _respond_as_public(cloud, request, scheme, credential)
    if scheme != "basic":
        return _challenge(request, 'Basic realm="https://{host}/",service="ecr.amazonaws.com"')
    refusal = _check_token(cloud, request, _parse_password(credential), "ecr") or _check_repository_policy(
        cloud, request
    )
    return refusal or forward(cloud.registry, request)


def _respond_as_public(cloud: Cloud, request: Request, scheme: str, credential: str) -> Response:
    """Answer for ECR Public: a token is exchanged for a bearer token at /token/, and only the bearer token is accepted.

    Anyone may pull. Only the ping requires credentials, so that a client that has some sends them (the real service
    requires them at every path and also issues anonymous bearer tokens).
    """
    if request.path == "/token/":
        password = _parse_password(credential) if scheme == "basic" else _ANONYMOUS
        return _check_token(cloud, request, password, "ecr-public") or _bearer_response(password)
    if scheme:
        password = credential if scheme == "bearer" else ""
        return _check_token(cloud, request, password, "ecr-public") or forward(cloud.registry, request)
    if request.method in ("GET", "HEAD") and request.path != "/v2/":
        return forward(cloud.registry, request)
    return _challenge(request, 'Bearer realm="https://{host}/token/",service="{host}",scope="aws"')


def _parse_authorization(request: Request) -> tuple[str, str]:
    scheme, _, credential = request.headers.get("Authorization", "").partition(" ")
    return scheme.lower(), credential.strip()


def _parse_password(credential: str) -> str:
    """Return the password of a Basic credential, or "" if the user name is not ECR's."""
    try:
        username, _, password = base64.b64decode(credential, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return ""
    return password if username == "AWS" else ""


def _check_token(cloud: Cloud, request: Request, password: str, service: str) -> Response | None:
    """Return the refusal if a password does not authorize the request, or None if it does."""
    if service == "ecr-public" and password == _ANONYMOUS:
        return None if request.method in ("GET", "HEAD") else _deny(403, "Not Authorized")
    token: Token | None = cloud.tokens.find(password, service, request.region or "")
    if token is None:
        return _deny(400, "Your Authorization Token is invalid.")
    request.call.principal = token.principal
    if cloud.tokens.is_expired(token):
        return _deny(403, "Your authorization token has expired. Reauthenticate and try again.")
    return None


def _check_repository_policy(cloud: Cloud, request: Request) -> Response | None:
    """Return the refusal if the repository's policy does not allow a principal of another account, or None."""
    account = request.call.host.partition(".")[0]
    principal = str(request.call.principal)
    match = _PULL_PATH.fullmatch(request.path)
    if match is None or account == account_of(principal) or cloud.behaviour.repositories.get(account, True):
        return None
    action = "ecr:BatchGetImage" if match["kind"] == "manifests" else "ecr:GetDownloadUrlForLayer"
    region = request.region or ""
    arn = f"arn:{partition_of(region).name}:ecr:{region}:{account}:repository/{match['name']}"
    return _deny(
        403,
        f"User: {principal} is not authorized to perform: {action} on resource: {arn}"
        f" because no resource-based policy allows the {action} action",
    )


def _challenge(request: Request, challenge: str) -> Response:
    response = text_response(401, "Not Authorized\n")
    response.headers.append(("Www-Authenticate", challenge.format(host=request.call.host)))
    return _add_registry_header(response)


def _deny(status: int, message: str) -> Response:
    errors = {"errors": [{"code": "DENIED", "message": message}]}
    return _add_registry_header(
        Response(status, json.dumps(errors).encode(), [("Content-Type", "application/json; charset=utf-8")])
    )


def _bearer_response(token: str) -> Response:
    return Response(200, json.dumps({"token": token}).encode(), [("Content-Type", "application/json")])


def _add_registry_header(response: Response) -> Response:
    response.headers.append(("Docker-Distribution-Api-Version", "registry/2.0"))
    return response
