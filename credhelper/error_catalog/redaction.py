"""What may not be repeated of what others say, wherever they say it: keys, tokens, and the passwords in URLs."""

from __future__ import annotations

import os
import re

from credhelper.fingerprint import is_secret_name

_SECRET_VARIABLES = (
    *("AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN", "AWS_CONTAINER_AUTHORIZATION_TOKEN"),
    *("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"),
)
# Of a signature that does not match AWS sends back what should have been signed, which holds the session's token.
_CANONICAL_STRING = re.compile(r" ?\bThe (?:Canonical String|String-to-Sign)\b.*", re.IGNORECASE | re.DOTALL)
# What a token of STS or of IAM Identity Center, or an issuer's JWT, begins with.
_TOKEN_PATTERN = re.compile(r"\b(?:IQoJb3JpZ2lu|FwoGZXIvYXdz|FQoGZXIvYXdz|AQoD|aoaAAAAA|eyJ)[\w+/=%.-]{16,}", re.ASCII)
_QUERY_SECRET = re.compile(r"(X-Amz-(?:Security-Token|Signature)=)[^\s&]+", re.IGNORECASE)
# STS quotes what it does not take.
_PARAMETER_VALUE = re.compile(r"Value '[^']*'(?= at '(?:externalId|webIdentityToken|tokenCode)')")
# A field whose name says that its value is secret: in JSON, in a query, in a header, in XML. A document of credentials
# has them wherever it comes from.
_SENSITIVE_NAME = (
    r"[\w-]{0,40}(?:secret|passw|passphrase|token|credential|authorization|cookie|api-?_?key|private-?_?key)[\w-]{0,40}"
)
_SECRET_FIELD = (
    re.compile(
        rf"""(["']{_SENSITIVE_NAME}["']\s*:\s*)(?:"(?:[^"\\]|\\.)*"?|'[^']*'?|\[[^\]]*|[^\s,}}\]{{\["']+)""",
        re.IGNORECASE,
    ),
    re.compile(rf"""(\b{_SENSITIVE_NAME}\s?=\s?)(?:"[^"]*"?|'[^']*'?|[^\s&;,{{\["']+)""", re.IGNORECASE),
    re.compile(
        r"""(\b(?:[\w-]{0,40}secret[_-]?access[_-]?key|[\w-]{0,40}(?:session|security|access)[_-]?token|password)"""
        r"""\s*:\s*)\S+""",
        re.IGNORECASE,
    ),
    re.compile(r"(\b(?:authorization|(?:set-)?cookie)\s*:\s*).*", re.IGNORECASE),
    re.compile(rf"(<{_SENSITIVE_NAME}>)[^<]*", re.IGNORECASE),
)
# A secret access key by its form alone: 40 letters, digits, "+" and "/", of each kind of letter and a digit.
_KEY_PATTERN = re.compile(
    r"(?<![\w+/=])(?=[a-z0-9+/]*[A-Z])(?=[A-Z0-9+/]*[a-z])(?=[A-Za-z+/]*\d)[A-Za-z0-9+/]{40}(?![\w+/=])", re.ASCII
)
_USERINFO = re.compile(r"//\S*@")  # a password may hold what ends a host

_MAX_LENGTH = 10_000  # characters that are looked at
_MIN_SECRET_LENGTH = 4  # characters of a secret; what is shorter would be found in any text


def redact(text: str) -> str:
    """Return `text`, or its first 10,000 characters, without the secrets in it."""
    is_truncated = len(text) > _MAX_LENGTH
    text = text[:_MAX_LENGTH]
    original = text.rpartition(" ")[0] if is_truncated else ""  # half of a word that is a secret is not recognized
    text = _CANONICAL_STRING.sub("", original or text)
    for secret in _environment_secrets():
        text = text.replace(secret, "***")
    for mask_field in _SECRET_FIELD:
        text = mask_field.sub(r"\1***", text)
    text = _KEY_PATTERN.sub("***", text)
    text = _PARAMETER_VALUE.sub("Value '***'", _QUERY_SECRET.sub(r"\1***", _TOKEN_PATTERN.sub("***", text)))
    return _USERINFO.sub("//***@", text)


def _environment_secrets() -> list[str]:
    """Return the secrets of the environment, the longest first: one may be a part of another."""
    known_values = (
        name for name in os.environ if name.startswith(("AWS_", "BOTO", "CREDHELPER_")) and is_secret_name(name)
    )
    by_name = (value for value in map(os.environ.get, known_values) if value and len(value) >= _MIN_SECRET_LENGTH)
    return sorted({*filter(None, map(os.environ.get, _SECRET_VARIABLES)), *by_name}, key=len, reverse=True)
