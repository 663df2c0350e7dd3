"""The registries: who may pass (`answer`), in ECR's own statuses and words."""

from __future__ import annotations

import base64
import binascii
import json
import re

from tests.instance.services.messages import Answer, Request, text
from tests.instance.services.places import PUBLIC_HOSTS
from tests.instance.services.principals import account_of
from tests.instance.services.proxy import forward
from tests.instance.services.regions import partition
from tests.instance.services.state import Cloud
from tests.instance.services.tokens import Token

_ANONYMOUS = "anonymous"
_PULLED = re.compile(r"/v2/(?P<name>.+)/(?P<what>manifests|blobs)/[^/]+")


def answer(cloud: Cloud, request: Request) -> Answer:
    """Pass a request with a good token on to the registry behind."""
    scheme, credential = _authorization(request)
    if request.call.host in PUBLIC_HOSTS:
        return _public(cloud, request, scheme, credential)
    if scheme != "basic":
        return _challenge(request, 'Basic realm="https://{host}/",service="ecr.amazonaws.com"')
    refusal = _refusal(cloud, request, _password(credential), "ecr") or _repository_policy(cloud, request)
    return refusal or forward(cloud.registry, request)


def _public(cloud: Cloud, request: Request, scheme: str, credential: str) -> Answer:
    """Answer for ECR Public: a token is exchanged for a bearer token at /token/, and only that is taken.

    Pulling is free to all. The ping alone asks for credentials, so that a client that has some brings them
    (the real one asks at every path, and hands out anonymous bearer tokens too).
    """
    if request.path == "/token/":
        password = _password(credential) if scheme == "basic" else _ANONYMOUS
        return _refusal(cloud, request, password, "ecr-public") or _bearer(password)
    if scheme:
        password = credential if scheme == "bearer" else ""
        return _refusal(cloud, request, password, "ecr-public") or forward(cloud.registry, request)
    if request.method in ("GET", "HEAD") and request.path != "/v2/":
        return forward(cloud.registry, request)
    return _challenge(request, 'Bearer realm="https://{host}/token/",service="{host}",scope="aws"')


def _authorization(request: Request) -> tuple[str, str]:
    scheme, _, credential = request.headers.get("Authorization", "").partition(" ")
    return scheme.lower(), credential.strip()


def _password(credential: str) -> str:
    """Give the password of a Basic credential, empty if there is none for ECR's user name."""
    try:
        user, _, password = base64.b64decode(credential, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return ""
    return password if user == "AWS" else ""


def _refusal(cloud: Cloud, request: Request, password: str, service: str) -> Answer | None:
    """Say why a password does not open this registry, None if it does."""
    if service == "ecr-public" and password == _ANONYMOUS:
        return None if request.method in ("GET", "HEAD") else _denied(403, "Not Authorized")
    token: Token | None = cloud.tokens.find(password, service, request.region or "")
    if token is None:
        return _denied(400, "Your Authorization Token is invalid.")
    request.call.principal = token.principal
    if cloud.tokens.expired(token):
        return _denied(403, "Your authorization token has expired. Reauthenticate and try again.")
    return None


def _repository_policy(cloud: Cloud, request: Request) -> Answer | None:
    """Say that a repository's policy names no principal of another account, None where it does."""
    account = request.call.host.partition(".")[0]
    principal = str(request.call.principal)
    asked = _PULLED.fullmatch(request.path)
    if asked is None or account == account_of(principal) or cloud.told.repositories.get(account, True):
        return None
    action = "ecr:BatchGetImage" if asked["what"] == "manifests" else "ecr:GetDownloadUrlForLayer"
    region = request.region or ""
    arn = f"arn:{partition(region).name}:ecr:{region}:{account}:repository/{asked['name']}"
    return _denied(
        403,
        f"User: {principal} is not authorized to perform: {action} on resource: {arn}"
        f" because no resource-based policy allows the {action} action",
    )


def _challenge(request: Request, challenge: str) -> Answer:
    refused = text(401, "Not Authorized\n")
    refused.headers.append(("Www-Authenticate", challenge.format(host=request.call.host)))
    return _as_registry(refused)


def _denied(status: int, message: str) -> Answer:
    errors = {"errors": [{"code": "DENIED", "message": message}]}
    return _as_registry(
        Answer(status, json.dumps(errors).encode(), [("Content-Type", "application/json; charset=utf-8")])
    )


def _bearer(token: str) -> Answer:
    return Answer(200, json.dumps({"token": token}).encode(), [("Content-Type", "application/json")])


def _as_registry(answer: Answer) -> Answer:
    answer.headers.append(("Docker-Distribution-Api-Version", "registry/2.0"))
    return answer
