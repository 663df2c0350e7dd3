"""Messages from AWS, botocore and the operating system, as text for the fields of the error catalog."""

from __future__ import annotations

import re

from credhelper.error_catalog.quoting import MAX_LENGTH, describe_type, quote
from credhelper.fingerprint import strip_userinfo

_URL_DELIMITER = re.compile("[/?#]")
_CODE_PATTERN = re.compile(r"[\w.:#/-]{1,64}", re.ASCII)  # of AWS's errors; some services prefix a namespace


def code_of(error: object) -> str:
    """Return the code of an error response from AWS, as text whatever its type; "" if there is no code."""
    return str(_error_of(error).get("Code") or "")


def describe(error: BaseException) -> str:
    """Quote an exception; for an error response from AWS, its message and its code.

    A text that cannot be a code is omitted.
    """
    code = code_of(error)
    suffix = f" ({code})" if _CODE_PATTERN.fullmatch(code) else ""
    return message_of(error)[: MAX_LENGTH - len(suffix)] + suffix


def message_of(error: BaseException) -> str:
    """Quote an exception; for an error response from AWS, its message alone."""
    parts = str(_error_of(error).get("Message", error)).split()
    return quote(" ".join(parts)) or describe_type(error)


def _error_of(error: object) -> dict[str, object]:
    response: dict[str, dict[str, object]] = getattr(error, "response", None) or {}
    return response.get("Error", {})


def netloc(url: str) -> str:
    """Return the scheme, host and port of a URL: its userinfo, path and query may be secret."""
    public_url = strip_userinfo(url)
    scheme, separator, rest = public_url.partition("://") if "://" in public_url else ("", "", public_url)
    return f"{scheme}{separator}{_URL_DELIMITER.split(rest, maxsplit=1)[0]}"
