"""The tokens that ECR issued, and what the registry makes of one."""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass
from typing import Callable


@dataclass(frozen=True)
class Token:
    """A password with what it is good for; `expires_at` in seconds since the epoch."""

    password: str
    principal: str
    service: str
    region: str
    expires_at: float


class IssuedTokens:
    """Every token that was issued: one is good for all registries of its service and region."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """Take the clock, seconds since the epoch."""
        self._clock = clock
        self._issued: dict[str, Token] = {}

    def issue(self, principal: str, service: str, region: str, *, lifetime: float, colon: bool) -> Token:
        """Issue a token; real passwords are 1,800 to 2,700 characters, and their size is not fixed."""
        password = base64.b64encode(secrets.token_bytes(1350 + secrets.randbelow(670))).decode()
        if colon:
            password = password[:900] + ":" + password[900:]
        token = Token(password, principal, service, region, self._clock() + lifetime)
        self._issued[password] = token
        return token

    def find(self, password: str, service: str, region: str) -> Token | None:
        """Give the token of a password, expired or not, if it is good for this service and region."""
        token = self._issued.get(password)
        return token if token and (token.service, token.region) == (service, region) else None

    def is_expired(self, token: Token) -> bool:
        """Tell whether a token's time is over."""
        return token.expires_at <= self._clock()
