"""What AWS, botocore and the machine say, in words that may be repeated: in one line, and without a secret."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from botocore.exceptions import ClientError

# Of a signature that does not match AWS sends back the canonical string, which holds the session's token.
_CANONICAL = " The Canonical String for this request"
_LONGEST = 500  # characters of what others say

_SECRETS = (
    *("AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN", "AWS_CONTAINER_AUTHORIZATION_TOKEN"),
    *("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"),
)
_USER_INFO = re.compile(r"//[^\s/@]*@")
_ARN = re.compile(r"arn:[\w-]+:(?:sts|iam)::\d*:[\w+=,.@/-]+", re.ASCII)


class Principal(NamedTuple):
    """Who called: `kind` is role or user, `name` its name, `arn` its own ARN; "" where AWS did not say."""

    kind: str
    name: str
    arn: str
    account: str


def code_of(error: ClientError) -> str:
    """Give the code of an answer that is an error; as text, whatever stands there."""
    return str(error.response.get("Error", {}).get("Code", ""))


def line(error: object) -> str:
    """Quote what somebody said in one line; AWS with its code."""
    code = _answered(error).get("Code")
    return said(error) + (f" ({plain(code)})" if code else "")


def said(error: object) -> str:
    """Quote what somebody said in one line; of an answer of AWS its message alone."""
    text = " ".join(str(_answered(error).get("Message", error)).split()).partition(_CANONICAL)[0]
    for secret in filter(None, map(os.environ.get, _SECRETS)):
        text = text.replace(secret, "***")
    return plain(_USER_INFO.sub("//***@", text)[:_LONGEST]) or type(error).__name__


def _answered(error: object) -> dict[str, str]:
    response: dict[str, dict[str, str]] = getattr(error, "response", None) or {}
    return response.get("Error", {})


def plain(text: str) -> str:
    """Give a text without what would move a terminal's cursor."""
    return "".join(each if each.isprintable() else "?" for each in text)


def place(url: str) -> str:
    """Give scheme, host and port of a URL: a user's password, a path or a query may be secret."""
    parts = urlsplit(url)
    return plain(f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}")


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
        return Principal("role", name, f"{prefix.replace(':sts:', ':iam:')}:role/{name}", account)
    if kind == "user":
        return Principal("user", rest.rpartition("/")[2], arn, account)
    return Principal("role", "ROLE", arn, account or "ACCOUNT")


def role_name(arn: str) -> str:
    """Give the name in a role's ARN, without its path."""
    return plain(arn.rpartition("/")[2]) or "ROLE"


def partition_of(arn: str) -> str:
    """Give the partition in an ARN; "" if it is none."""
    head, _, rest = arn.partition(":")
    return rest.partition(":")[0] if head == "arn" else ""
