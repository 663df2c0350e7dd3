"""What AWS, botocore and the machine say, in words that may be repeated: in one line, and without a secret."""

from __future__ import annotations

import re
import shlex
from typing import NamedTuple

from credhelper.aws.failures.secrets import cut_out
from credhelper.errors import printable
from credhelper.evidence import strip_userinfo

_PATH = re.compile("[/?#]")
_LONGEST = 500  # characters of what others say; a denial with the longest ARNs has some fewer
_CODE = re.compile(r"[\w.:#/-]{1,64}", re.ASCII)  # of AWS's errors; some services put a namespace before it
_ARN = re.compile(r"arn:[\w-]+:(?:sts|iam)::\d*:[!-~]+", re.ASCII)  # a path may hold anything that prints


class Principal(NamedTuple):
    """Who called: `kind` is role or user, "" for one that no policy can be attached to (a federated user, the root of
    an account); `name` is its name, as a shell takes it, `arn` its own ARN, "" where AWS did not say.
    """

    kind: str
    name: str
    arn: str
    account: str


def code_of(error: object) -> str:
    """Give the code of an answer of AWS that is an error; as text, whatever stands there. "" where there is none."""
    return str(_answered(error).get("Code") or "")


def line(error: object) -> str:
    """Quote what somebody said in one line; AWS with its code. What could be no code is not repeated."""
    code = code_of(error)
    return said(error) + (f" ({quote(code)})" if _CODE.fullmatch(code) else "")


def said(error: object) -> str:
    """Quote what somebody said in one line; of an answer of AWS its message alone."""
    return quote(str(_answered(error).get("Message", error))) or type(error).__name__


def quote(text: str) -> str:
    """Return foreign text as it may be repeated: in one line, bounded, printable, and without secrets."""
    return printable(cut_out(text)[:_LONGEST])


def _answered(error: object) -> dict[str, object]:
    response: dict[str, dict[str, object]] = getattr(error, "response", None) or {}
    return response.get("Error", {})


def typed(text: str) -> str:
    """Give a text as a shell takes it, for a command that is to be copied."""
    return shlex.quote(printable(text))


def place(url: str) -> str:
    """Give scheme, host and port of a URL: a user's password, a path or a query may be secret."""
    bare = strip_userinfo(url)
    scheme, separator, rest = bare.partition("://") if "://" in bare else ("", "", bare)
    return printable(f"{scheme}{separator}{_PATH.split(rest, maxsplit=1)[0]}")


def principal(text: str) -> Principal:
    """Give the first principal that AWS names in a sentence. An assumed role's ARN lacks the role's path, and its name
    alone is what the commands need.
    """
    found = _ARN.search(text)
    arn = found.group() if found else ""
    prefix, _, resource = arn.rpartition(":")
    account = prefix.rpartition(":")[2]
    kind, _, rest = resource.partition("/")
    if kind == "assumed-role":
        name = rest.partition("/")[0]
        return Principal("role", typed(name), f"{prefix.replace(':sts:', ':iam:')}:role/{name}", account)
    if kind == "user":
        return Principal("user", typed(rest.rpartition("/")[2]), arn, account)
    return Principal("" if arn else "role", "ROLE", arn, account or "ACCOUNT")


def role_name(arn: str) -> str:
    """Give the name in a role's ARN, without its path, as a shell takes it."""
    name = arn.rpartition("/")[2]
    return typed(name) if name else "ROLE"


def partition_of(arn: str) -> str:
    """Give the partition in an ARN; "" if it is none."""
    head, _, rest = arn.partition(":")
    return rest.partition(":")[0] if head == "arn" else ""
