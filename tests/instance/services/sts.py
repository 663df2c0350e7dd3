"""The STS calls that credential chains make, in its query protocol.

https://docs.aws.amazon.com/STS/latest/APIReference/API_Operations.html
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from urllib.parse import parse_qsl
from xml.sax.saxutils import escape

from tests.instance.services import mischief, trust
from tests.instance.services.faults import Fault
from tests.instance.services.messages import Answer, Request
from tests.instance.services.principals import account_of, assumed_role, name_of
from tests.instance.services.signatures import signer
from tests.instance.services.state import Cloud

_NAMESPACE = "https://sts.amazonaws.com/doc/2011-06-15/"

Fields = Mapping[str, object]


def answer(cloud: Cloud, request: Request) -> Answer:
    """Give an identity, or the keys of a role to whom it trusts."""
    form = dict(parse_qsl(request.read().decode()))
    action = form.get("Action", "")
    request.call.operation, request.call.role = action, form.get("RoleArn")
    try:
        principal, region = _caller(cloud, request, action)
        told = mischief.before(cloud, request)
        if told is not None:
            return told
        mischief.refuse(cloud, request, principal, f"sts:{action}", form.get("RoleArn", "*"))
        return _granted(cloud, action, _result(cloud, action, form, principal, region))
    except Fault as fault:
        return _refused(fault)


def _caller(cloud: Cloud, request: Request, action: str) -> tuple[str, str]:
    # The one call that is not signed: its token stands for the caller.
    if action == "AssumeRoleWithWebIdentity":
        return "anonymous", request.region or cloud.told.region
    return signer(cloud, request)


def _result(cloud: Cloud, action: str, form: dict[str, str], principal: str, region: str) -> Fields:
    if action == "GetCallerIdentity":
        account = account_of(principal)
        return {"Arn": principal, "UserId": f"AIDA:{name_of(principal)}", "Account": account}
    if action == "AssumeRole":
        return _assumed(cloud, form, region, trust.admit(cloud, form, principal))
    if action == "AssumeRoleWithWebIdentity":
        subject, life = trust.admit_web_identity(cloud, form)
        return {**_assumed(cloud, form, region, life), "SubjectFromWebIdentityToken": subject}
    raise Fault("unknown", operation=action)


def _assumed(cloud: Cloud, form: dict[str, str], region: str, life: float) -> Fields:
    role = form["RoleArn"]
    name = form["RoleSessionName"]
    arn = assumed_role(role.rpartition("/")[2], name, account_of(role), region)
    session = cloud.keys.issue(arn, life)
    return {
        "Credentials": {
            "AccessKeyId": session.access_key,
            "SecretAccessKey": session.secret_key,
            "SessionToken": session.token,
            "Expiration": session.expiration,
        },
        "AssumedRoleUser": {"AssumedRoleId": f"AROA:{name}", "Arn": arn},
    }


def _granted(cloud: Cloud, action: str, result: Fields) -> Answer:
    told = cloud.told.sts
    inner = {} if told == "empty" else {f"{action}Result": result}
    granted = _xml(200, f"{action}Response", {**inner, **_metadata()})
    granted.dripping = told == "drip"
    return granted


def _metadata() -> Fields:
    return {"ResponseMetadata": {"RequestId": str(uuid.uuid4())}}


def _refused(fault: Fault) -> Answer:
    wording = fault.wording
    error = {"Type": "Sender", "Code": wording.query_code, "Message": str(fault)}
    return _xml(wording.query_status, "ErrorResponse", {"Error": error, "RequestId": str(uuid.uuid4())})


def _xml(status: int, root: str, content: Fields) -> Answer:
    body = f'<{root} xmlns="{_NAMESPACE}">{_elements(content)}</{root}>'
    return Answer(status, body.encode(), [("Content-Type", "text/xml")])


def _elements(content: object) -> str:
    if isinstance(content, Mapping):
        return "".join(f"<{name}>{_elements(value)}</{name}>" for name, value in content.items())
    return escape(str(content))
