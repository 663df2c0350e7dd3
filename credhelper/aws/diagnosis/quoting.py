"""What AWS, botocore and the machine say, in words that may be repeated: in one line, and without a secret."""

from __future__ import annotations

import re
from typing import NamedTuple

from credhelper.error_catalog.quoting import quote, shell_quote
from credhelper.errors import printable
from credhelper.fingerprint import strip_userinfo

_URL_DELIMITER = re.compile("[/?#]")
_CODE_PATTERN = re.compile(r"[\w.:#/-]{1,64}", re.ASCII)  # of AWS's errors; some services put a namespace before it
_PRINCIPAL_ARN = re.compile(r"arn:[\w-]+:(?:sts|iam)::\d*:[!-~]+", re.ASCII)  # a path may hold anything that prints


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
    return str(_error_of(error).get("Code") or "")


def quote_error(error: object) -> str:
    """Quote what somebody said in one line; AWS with its code. What could be no code is not repeated."""
    code = code_of(error)
    return message_of(error) + (f" ({quote(code)})" if _CODE_PATTERN.fullmatch(code) else "")


def message_of(error: object) -> str:
    """Quote what somebody said in one line; of an answer of AWS its message alone."""
    return quote(str(_error_of(error).get("Message", error))) or type(error).__name__


def _error_of(error: object) -> dict[str, object]:
    response: dict[str, dict[str, object]] = getattr(error, "response", None) or {}
    return response.get("Error", {})


def netloc(url: str) -> str:
    """Give scheme, host and port of a URL: a user's password, a path or a query may be secret."""
    public_url = strip_userinfo(url)
    scheme, separator, rest = public_url.partition("://") if "://" in public_url else ("", "", public_url)
    return printable(f"{scheme}{separator}{_URL_DELIMITER.split(rest, maxsplit=1)[0]}")


def find_principal(text: str) -> Principal:
    """Give the first principal that AWS names in a sentence. An assumed role's ARN lacks the role's path, and its name
    alone is what the commands need.
    """
    match = _PRINCIPAL_ARN.search(text)
    arn = match.group() if match else ""
    prefix, _, resource = arn.rpartition(":")
    account = prefix.rpartition(":")[2]
    kind, _, rest = resource.partition("/")
    if kind == "assumed-role":
        name = rest.partition("/")[0]
        return Principal("role", shell_quote(name), f"{prefix.replace(':sts:', ':iam:')}:role/{name}", account)
    if kind == "user":
        return Principal("user", shell_quote(rest.rpartition("/")[2]), arn, account)
    return Principal("" if arn else "role", "ROLE", arn, account or "ACCOUNT")


def role_name(arn: str) -> str:
    """Give the name in a role's ARN, without its path, as a shell takes it."""
    name = arn.rpartition("/")[2]
    return shell_quote(name) if name else "ROLE"


def partition_of(arn: str) -> str:
    """Give the partition in an ARN; "" if it is none."""
    head, _, rest = arn.partition(":")
    return rest.partition(":")[0] if head == "arn" else ""
