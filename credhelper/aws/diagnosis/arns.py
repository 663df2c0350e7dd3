"""ARNs: the principal or role that an ARN names, and its partition."""

from __future__ import annotations

import re
from typing import NamedTuple

from botocore.utils import ArnParser

_PRINCIPAL_ARN = re.compile(r"arn:[\w-]+:(?:sts|iam)::\d*:[!-~]+", re.ASCII)  # a path may hold any printable character


class Principal(NamedTuple):
    """The caller of a request.

    `kind` is role or user, and "" for a principal to which no policy can be attached (a federated user, the root user
    of an account). `name` is its name, and `arn` is its own ARN, "" if AWS did not report it.
    """

    kind: str
    name: str
    arn: str
    account: str


def find_principal(text: str) -> Principal:
    """Return the first principal that a message from AWS names.

    The ARN of an assumed role lacks the role's path, but the commands need only its name.
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
    """Return the name in a role's ARN, without its path; "ROLE" if the ARN has no name."""
    return arn.rpartition("/")[2] or "ROLE"


def partition_of(arn: str) -> str:
    """Return the partition in an ARN; "" if `arn` is not an ARN."""
    return ArnParser().parse_arn(arn)["partition"] if ArnParser.is_arn(arn) else ""
