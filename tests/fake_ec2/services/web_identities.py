"""Web identity tokens, as a Kubernetes cluster issues them to its service accounts. The signature is not checked.

The claims are those of https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/.
"""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any

ISSUER = "https://oidc.eks.us-east-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE"
"""The only issuer that STS and EKS Pod Identity accept here."""


def mint_token(subject: str, expires: float, *, issuer: str = ISSUER) -> str:
    """Return a token for a subject (system:serviceaccount:NAMESPACE:NAME); `expires` is in seconds since the epoch."""
    header = {"alg": "RS256", "kid": "stand-in"}
    payload = {"aud": ["sts.amazonaws.com"], "exp": int(expires), "iss": issuer, "sub": subject}
    return f"{_encode(header)}.{_encode(payload)}.{_encode('a signature')}"


def parse_claims(token: str) -> dict[str, Any]:
    """Return a token's claims. Raises ValueError if it is not a valid token."""
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
