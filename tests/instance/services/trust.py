"""Who may assume which role, and for how long.

https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
"""

from __future__ import annotations

from typing import Any

from tests.instance.services import web_identities
from tests.instance.services.faults import Fault
from tests.instance.services.principals import account_of, name_of
from tests.instance.services.state import Cloud

_HOUR = 3600

Form = dict[str, str]


def admit(cloud: Cloud, form: Form, principal: str) -> float:
    """Give the seconds that a principal's session of a role may live; raise Fault where it may have none."""
    role = form["RoleArn"]
    trust = cloud.told.trust.get(role, {})
    outsider = trust.get("external_id", form.get("ExternalId")) != form.get("ExternalId")
    if outsider or not _trusts(trust, principal):
        raise Fault("untrusting", principal=principal, resource=role)
    return _life(trust, form, chained=":assumed-role/" in principal)


def admit_web_identity(cloud: Cloud, form: Form) -> tuple[str, float]:
    """Give the subject of a web identity, and the seconds that its session of a role may live; or raise Fault."""
    said = read(cloud, form.get("WebIdentityToken", ""))
    trust = cloud.told.trust.get(form["RoleArn"], {})
    if said["sub"] not in trust.get("by", [said["sub"]]):
        raise Fault("untrusting-web")
    return said["sub"], _life(trust, form, chained=False)


def read(cloud: Cloud, token: str) -> dict[str, Any]:
    """Give what a web identity token says, if its issuer is known and its time is not over; or raise Fault."""
    try:
        said = web_identities.claims(token)
    except ValueError:
        raise Fault("no-web-identity") from None
    if said["iss"] != web_identities.ISSUER:
        raise Fault("unknown-issuer", issuer=said["iss"])
    if said["exp"] <= cloud.clock():
        raise Fault("expired-web", now=str(int(cloud.clock())), until=str(said["exp"]))
    return said


def _trusts(trust: dict[str, Any], principal: str) -> bool:
    """Whether a principal is named itself, or as the role whose session it is."""
    role = f":iam::{account_of(principal)}:role/{name_of(principal)}"
    return any(named == principal or named.endswith(role) for named in trust.get("by", [principal]))


def _life(trust: dict[str, Any], form: Form, *, chained: bool) -> float:
    asked = int(form.get("DurationSeconds", _HOUR))
    if asked > trust.get("longest", _HOUR):
        raise Fault("too-long")
    if chained and asked > _HOUR:
        raise Fault("too-long-for-a-chain")
    return asked
