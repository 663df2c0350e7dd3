"""What may not be repeated of what others say, wherever they say it: keys, tokens, and the passwords in URLs."""

from __future__ import annotations

import os
import re

_OF_ENVIRONMENT = (
    *("AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN", "AWS_CONTAINER_AUTHORIZATION_TOKEN"),
    *("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"),
)
# Of a signature that does not match AWS sends back what should have been signed, which holds the session's token.
_SIGNED = re.compile(r" ?\bThe (?:Canonical String|String-to-Sign)\b.*", re.IGNORECASE | re.DOTALL)
# What a token of STS or of IAM Identity Center, or an issuer's JWT, begins with.
_TOKEN = re.compile(r"\b(?:IQoJb3JpZ2lu|FwoGZXIvYXdz|FQoGZXIvYXdz|AQoD|aoaAAAAA|eyJ)[\w+/=%.-]{16,}", re.ASCII)
_OF_QUERY = re.compile(r"(X-Amz-(?:Security-Token|Signature)=)[^\s&]+", re.IGNORECASE)
# STS quotes what it does not take.
_PARAMETER = re.compile(r"Value '[^']*'(?= at '(?:externalId|webIdentityToken|tokenCode)')")
_USER = re.compile(r"//\S*@")  # a password may hold what ends a host

_LONGEST = 10_000  # characters that are looked at


def cut_out(text: str) -> str:
    """Give a text without the secrets in it."""
    text = _SIGNED.sub("", text[:_LONGEST])
    for secret in filter(None, map(os.environ.get, _OF_ENVIRONMENT)):
        text = text.replace(secret, "***")
    text = _PARAMETER.sub("Value '***'", _OF_QUERY.sub(r"\1***", _TOKEN.sub("***", text)))
    return _USER.sub("//***@", text)
