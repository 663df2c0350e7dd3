"""ECR's and ECR Public's GetAuthorizationToken, in the protocol of their models (JSON 1.1).

https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_GetAuthorizationToken.html
"""

from __future__ import annotations

import base64
import json
import uuid

from tests.instance.services import mischief
from tests.instance.services.faults import Fault
from tests.instance.services.messages import Answer, Request
from tests.instance.services.principals import account_of, name_of
from tests.instance.services.regions import partition
from tests.instance.services.signatures import signer
from tests.instance.services.state import Cloud
from tests.instance.services.tokens import Token

_TARGETS = {
    "ecr": "AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken",
    "ecr-public": "SpencerFrontendService.GetAuthorizationToken",
}


def answer(cloud: Cloud, request: Request) -> Answer:
    """Give a token to a signed call of a principal that may have one."""
    request.call.operation = request.headers.get("X-Amz-Target", "").rpartition(".")[2]
    body = request.read()
    try:
        principal, region = signer(cloud, request)
        told = mischief.before(cloud, request)
        if told is not None:
            return told
        _permit(cloud, request, principal, region)
        return _granted(cloud, request, principal, region, body)
    except Fault as fault:
        return _json(fault.wording.json_status, _refused(fault))


def _permit(cloud: Cloud, request: Request, principal: str, region: str) -> None:
    if request.headers.get("X-Amz-Target") != _TARGETS[request.service]:
        raise Fault("unknown", operation=request.call.operation)
    action = f"{request.service}:GetAuthorizationToken"
    mischief.refuse(cloud, request, principal, action, "*")
    if request.service == "ecr-public" and region != "us-east-1":
        raise Fault("unsupported", operation="GetAuthorizationToken")
    if not cloud.told.policies.get(name_of(principal), True):
        raise Fault("deny", principal=principal, action=action, resource="*")


def _granted(cloud: Cloud, request: Request, principal: str, region: str, body: bytes) -> Answer:
    told = cloud.told
    token = cloud.tokens.issue(principal, request.service, region, life=told.token_life, colon=told.colon)
    public = request.service == "ecr-public"
    data: object = _authorization(token) if public else _for_registries(token, body)
    if told.of(request.service) == "empty":
        data = {} if public else []
    granted = _json(200, {"authorizationData": data})
    granted.dripping = told.of(request.service) == "drip"
    return granted


def _for_registries(token: Token, body: bytes) -> list[dict[str, object]]:
    """Give one element for each registry that was named (deprecated, yet clients do), all with one token."""
    accounts = json.loads(body).get("registryIds") or [account_of(token.principal)]
    suffix = partition(token.region).suffix
    return [
        {**_authorization(token), "proxyEndpoint": f"https://{account}.dkr.ecr.{token.region}.{suffix}"}
        for account in accounts
    ]


def _authorization(token: Token) -> dict[str, object]:
    encoded = base64.b64encode(f"AWS:{token.password}".encode()).decode()
    return {"authorizationToken": encoded, "expiresAt": round(token.expires, 3)}


def _refused(fault: Fault) -> dict[str, object]:
    # A denial comes from the layer that evaluates policies, which writes the key with a capital.
    denied = fault.wording.json_code == "AccessDeniedException"
    message = "Message" if denied else "message"
    return {"__type": fault.wording.json_code, message: str(fault)}


def _json(status: int, content: dict[str, object]) -> Answer:
    headers = [("x-amzn-RequestId", str(uuid.uuid4())), ("Content-Type", "application/x-amz-json-1.1")]
    return Answer(status, json.dumps(content).encode(), headers)
