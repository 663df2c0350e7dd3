"""ECR's and ECR Public's GetAuthorizationToken, in the protocol of their service models (JSON 1.1).

https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_GetAuthorizationToken.html
"""

from __future__ import annotations

import base64
import json
import uuid

from tests.fake_ec2.services import fault_injection
from tests.fake_ec2.services.faults import Fault
from tests.fake_ec2.services.messages import Request, Response
from tests.fake_ec2.services.principals import account_of, name_of
from tests.fake_ec2.services.regions import partition_of
from tests.fake_ec2.services.signatures import authenticate
from tests.fake_ec2.services.state import Cloud
from tests.fake_ec2.services.tokens import Token

_TARGETS = {
    "ecr": "AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken",
    "ecr-public": "SpencerFrontendService.GetAuthorizationToken",
}


def respond(cloud: Cloud, request: Request) -> Response:
    """Return a token if the call is signed and its principal is allowed to get one."""
    request.call.operation = request.headers.get("X-Amz-Target", "").rpartition(".")[2]
    body = request.read()
    try:
        principal, region = authenticate(cloud, request)
        injected = fault_injection.inject_response(cloud, request)
        if injected is not None:
            return injected
        _permit(cloud, request, principal, region)
        return _grant(cloud, request, principal, region, body)
    except Fault as fault:
        return _json_response(fault.wording.json_status, _render_fault(fault))


def _permit(cloud: Cloud, request: Request, principal: str, region: str) -> None:
    if request.headers.get("X-Amz-Target") != _TARGETS[request.service]:
        raise Fault("unknown", operation=request.call.operation)
    action = f"{request.service}:GetAuthorizationToken"
    fault_injection.inject_refusal(cloud, request, principal, action, "*")
    if request.service == "ecr-public" and region != "us-east-1":
        raise Fault("unsupported", operation="GetAuthorizationToken")
    if not cloud.behaviour.policies.get(name_of(principal), True):
        raise Fault("deny", principal=principal, action=action, resource="*")


def _grant(cloud: Cloud, request: Request, principal: str, region: str, body: bytes) -> Response:
    behaviour = cloud.behaviour
    token = cloud.tokens.issue(principal, request.service, region, lifetime=behaviour.token_life, colon=behaviour.colon)
    is_public = request.service == "ecr-public"
    data: object = _authorization_data(token) if is_public else _authorize_registries(token, body)
    if behaviour.mode_of(request.service) == "empty":
        data = {} if is_public else []
    response = _json_response(200, {"authorizationData": data})
    response.byte_by_byte = behaviour.mode_of(request.service) == "drip"
    return response


def _authorize_registries(token: Token, body: bytes) -> list[dict[str, object]]:
    """Return one element per registry in the request (deprecated, but clients still do it), all with the same token."""
    accounts = json.loads(body).get("registryIds") or [account_of(token.principal)]
    suffix = partition_of(token.region).suffix
    return [
        {**_authorization_data(token), "proxyEndpoint": f"https://{account}.dkr.ecr.{token.region}.{suffix}"}
        for account in accounts
    ]


def _authorization_data(token: Token) -> dict[str, object]:
    encoded = base64.b64encode(f"AWS:{token.password}".encode()).decode()
    return {"authorizationToken": encoded, "expiresAt": round(token.expires_at, 3)}


def _render_fault(fault: Fault) -> dict[str, object]:
    # A denial comes from the layer that evaluates policies, which capitalizes the key.
    is_denial = fault.wording.json_code == "AccessDeniedException"
    message_key = "Message" if is_denial else "message"
    return {"__type": fault.wording.json_code, message_key: str(fault)}


def _json_response(status: int, content: dict[str, object]) -> Response:
    headers = [("x-amzn-RequestId", str(uuid.uuid4())), ("Content-Type", "application/x-amz-json-1.1")]
    return Response(status, json.dumps(content).encode(), headers)
