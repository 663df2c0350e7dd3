"""The tokens that ECR issued, and their validation by the registry."""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass
from typing import Callable


@dataclass(frozen=True)
class Token:
    """A password and its scope; `expires_at` is in seconds since the epoch."""

    password: str
    principal: str
    service: str
    region: str
    expires_at: float


class IssuedTokens:
    """Every issued token: each is valid for all registries of its service and region."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """Initialize with the clock, in seconds since the epoch."""
        self._clock = clock
        self._issued: dict[str, Token] = {}

    def issue(self, principal: str, service: str, region: str, *, lifetime: float, colon: bool) -> Token:
        """Issue a token; real passwords have 1,800 to 2,700 characters and no fixed length."""
        password = base64.b64encode(secrets.token_bytes(1350 + secrets.randbelow(670))).decode()
        if colon:
            password = password[:900] + ":" + password[900:]
        token = Token(password, principal, service, region, self._clock() + lifetime)
        self._issued[password] = token
        return token

    def find(self, password: str, service: str, region: str) -> Token | None:
        """Return the token of a password, expired or not, if it is valid for this service and region, or None."""
        token = self._issued.get(password)
        return token if token and (token.service, token.region) == (service, region) else None

    def is_expired(self, token: Token) -> bool:
        """Return whether a token has expired."""
        return token.expires_at <= self._clock()
