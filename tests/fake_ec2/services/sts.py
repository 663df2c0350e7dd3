"""The STS calls that credential chains make, in STS's query protocol.

https://docs.aws.amazon.com/STS/latest/APIReference/API_Operations.html
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from urllib.parse import parse_qsl
from xml.sax.saxutils import escape

from tests.fake_ec2.services import fault_injection, trust
from tests.fake_ec2.services.faults import Fault
from tests.fake_ec2.services.messages import Request, Response
from tests.fake_ec2.services.principals import account_of, assumed_role, name_of
from tests.fake_ec2.services.signatures import authenticate
from tests.fake_ec2.services.state import Cloud

_NAMESPACE = "https://sts.amazonaws.com/doc/2011-06-15/"

Fields = Mapping[str, object]


def respond(cloud: Cloud, request: Request) -> Response:
    """Return the caller's identity, or the keys of a role that trusts the caller."""
    form = dict(parse_qsl(request.read().decode()))
    action = form.get("Action", "")
    request.call.operation, request.call.role = action, form.get("RoleArn")
    try:
        principal, region = _identify_caller(cloud, request, action)
        injected = fault_injection.inject_response(cloud, request)
        if injected is not None:
            return injected
        fault_injection.inject_refusal(cloud, request, principal, f"sts:{action}", form.get("RoleArn", "*"))
        return _grant(cloud, action, _execute(cloud, action, form, principal, region))
    except Fault as fault:
        return _refuse(fault)


def _identify_caller(cloud: Cloud, request: Request, action: str) -> tuple[str, str]:
    # The only unsigned call: its token identifies the caller.
    if action == "AssumeRoleWithWebIdentity":
        return "anonymous", request.region or cloud.behaviour.region
    return authenticate(cloud, request)


def _execute(cloud: Cloud, action: str, form: dict[str, str], principal: str, region: str) -> Fields:
    if action == "GetCallerIdentity":
        account = account_of(principal)
        return {"Arn": principal, "UserId": f"AIDA:{name_of(principal)}", "Account": account}
    if action == "AssumeRole":
        return _assume_role(cloud, form, region, trust.admit(cloud, form, principal))
    if action == "AssumeRoleWithWebIdentity":
        subject, lifetime = trust.admit_web_identity(cloud, form)
        return {**_assume_role(cloud, form, region, lifetime), "SubjectFromWebIdentityToken": subject}
    raise Fault("unknown", operation=action)


def _assume_role(cloud: Cloud, form: dict[str, str], region: str, lifetime: float) -> Fields:
    role = form["RoleArn"]
    name = form["RoleSessionName"]
    arn = assumed_role(role.rpartition("/")[2], name, account_of(role), region)
    session = cloud.keys.issue(arn, lifetime)
    return {
        "Credentials": {
            "AccessKeyId": session.access_key,
            "SecretAccessKey": session.secret_key,
            "SessionToken": session.token,
            "Expiration": session.expiration,
        },
        "AssumedRoleUser": {"AssumedRoleId": f"AROA:{name}", "Arn": arn},
    }


def _grant(cloud: Cloud, action: str, result: Fields) -> Response:
    mode = cloud.behaviour.sts
    content = {} if mode == "empty" else {f"{action}Result": result}
    response = _xml_response(200, f"{action}Response", {**content, **_response_metadata()})
    response.byte_by_byte = mode == "drip"
    return response


def _response_metadata() -> Fields:
    return {"ResponseMetadata": {"RequestId": str(uuid.uuid4())}}


def _refuse(fault: Fault) -> Response:
    wording = fault.wording
    error = {"Type": "Sender", "Code": wording.query_code, "Message": str(fault)}
    return _xml_response(wording.query_status, "ErrorResponse", {"Error": error, "RequestId": str(uuid.uuid4())})


def _xml_response(status: int, root: str, content: Fields) -> Response:
    body = f'<{root} xmlns="{_NAMESPACE}">{_render_elements(content)}</{root}>'
    return Response(status, body.encode(), [("Content-Type", "text/xml")])


def _render_elements(content: object) -> str:
    if isinstance(content, Mapping):
        return "".join(f"<{name}>{_render_elements(value)}</{name}>" for name, value in content.items())
    return escape(str(content))
