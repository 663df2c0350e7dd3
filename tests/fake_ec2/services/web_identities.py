"""Web identity tokens: what a Kubernetes cluster gives its service accounts. The signature is not checked.

The claims are those of https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/.
"""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any

ISSUER = "https://oidc.eks.us-east-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE"
"""The one issuer that STS and EKS Pod Identity know here."""


def mint_token(subject: str, expires: float, *, issuer: str = ISSUER) -> str:
    """Give the token of a subject, such as system:serviceaccount:NAMESPACE:NAME; expires in seconds since the epoch."""
    header = {"alg": "RS256", "kid": "stand-in"}
    payload = {"aud": ["sts.amazonaws.com"], "exp": int(expires), "iss": issuer, "sub": subject}
    return f"{_encode(header)}.{_encode(payload)}.{_encode('a signature')}"


def parse_claims(token: str) -> dict[str, Any]:
    """Give what a token says; ValueError where it is none."""
    _, payload, _ = token.split(".")
    claims = _decode(payload)
    if not (isinstance(claims, dict) and claims.keys() >= {"exp", "iss", "sub"}):
        raise ValueError("a claim is missing")
    return claims


def _encode(content: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


def _decode(text: str) -> object:
    try:
        return json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (binascii.Error, UnicodeError) as error:
        raise ValueError("it is not encoded as a token is") from error
