"""Decides which principals may assume a role, and for how long.

https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
"""

from __future__ import annotations

from typing import Any

from tests.fake_ec2.services import web_identities
from tests.fake_ec2.services.faults import Fault
from tests.fake_ec2.services.principals import account_of, name_of
from tests.fake_ec2.services.state import Cloud

_HOUR = 3600

Form = dict[str, str]


def admit(cloud: Cloud, form: Form, principal: str) -> float:
    """Return the duration, in seconds, of a principal's session of a role. Raises Fault if it may have none."""
    role = form["RoleArn"]
    policy = cloud.behaviour.trust.get(role, {})
    is_outsider = policy.get("external_id", form.get("ExternalId")) != form.get("ExternalId")
    if is_outsider or not _trusts(policy, principal):
        raise Fault("untrusting", principal=principal, resource=role)
    return _session_duration(policy, form, is_chained=":assumed-role/" in principal)


def admit_web_identity(cloud: Cloud, form: Form) -> tuple[str, float]:
    """Return the subject of a web identity and the duration of its role session in seconds. Raises Fault."""
    claims = verify(cloud, form.get("WebIdentityToken", ""))
    policy = cloud.behaviour.trust.get(form["RoleArn"], {})
    if claims["sub"] not in policy.get("by", [claims["sub"]]):
        raise Fault("untrusting-web")
    return claims["sub"], _session_duration(policy, form, is_chained=False)


def verify(cloud: Cloud, token: str) -> dict[str, Any]:
    """Return the claims of a web identity token. Raises Fault if its issuer is unknown or it has expired."""
    try:
        claims = web_identities.parse_claims(token)
    except ValueError:
        raise Fault("no-web-identity") from None
    if claims["iss"] != web_identities.ISSUER:
        raise Fault("unknown-issuer", issuer=claims["iss"])
    if claims["exp"] <= cloud.clock():
        raise Fault("expired-web", now=str(int(cloud.clock())), until=str(claims["exp"]))
    return claims


def _trusts(policy: dict[str, Any], principal: str) -> bool:
    """Return whether the policy names the principal itself, or the role whose session it is."""
    role = f":iam::{account_of(principal)}:role/{name_of(principal)}"
    return any(trusted_arn == principal or trusted_arn.endswith(role) for trusted_arn in policy.get("by", [principal]))


def _session_duration(policy: dict[str, Any], form: Form, *, is_chained: bool) -> float:
    duration = int(form.get("DurationSeconds", _HOUR))
    if duration > policy.get("longest", _HOUR):
        raise Fault("too-long")
    if is_chained and duration > _HOUR:
        raise Fault("too-long-for-a-chain")
    return duration
