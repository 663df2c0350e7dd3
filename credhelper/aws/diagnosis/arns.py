"""ARNs: whose they are, and which partition of AWS they belong to."""

from __future__ import annotations

import re
from typing import NamedTuple

from botocore.utils import ArnParser

_PRINCIPAL_ARN = re.compile(r"arn:[\w-]+:(?:sts|iam)::\d*:[!-~]+", re.ASCII)  # a path may hold anything that prints


class Principal(NamedTuple):
    """Who called: `kind` is role or user, "" for one that no policy can be attached to (a federated user, the root of
    an account); `name` is its name, `arn` its own ARN, "" where AWS did not say.
    """

    kind: str
    name: str
    arn: str
    account: str


def find_principal(text: str) -> Principal:
    """Give the first principal that AWS names in a sentence. An assumed role's ARN lacks the role's path, and its name
    alone is what the commands need.
    """
    match = _PRINCIPAL_ARN.search(text)
    if match is None:
        return Principal("role", "ROLE", "", "ACCOUNT")
    arn = match.group()
    parts = ArnParser().parse_arn(arn)
    account = parts["account"] or "ACCOUNT"
    kind, _, rest = parts["resource"].partition("/")
    if kind == "assumed-role":
        name = rest.partition("/")[0]
        return Principal("role", name, f"arn:{parts['partition']}:iam::{parts['account']}:role/{name}", account)
    if kind == "user":
        return Principal("user", rest.rpartition("/")[2], arn, account)
    return Principal("", "ROLE", arn, account)


def role_name(arn: str) -> str:
    """Give the name in a role's ARN, without its path; "ROLE" if there is none."""
    return arn.rpartition("/")[2] or "ROLE"


def partition_of(arn: str) -> str:
    """Give the partition in an ARN; "" if it is none."""
    return ArnParser().parse_arn(arn)["partition"] if ArnParser.is_arn(arn) else ""
