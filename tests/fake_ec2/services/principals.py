"""The ARN behind each access key id."""

from __future__ import annotations

import base64
import secrets
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Callable

from tests.fake_ec2.services.faults import Fault
from tests.fake_ec2.services.regions import partition_of


@dataclass(frozen=True)
class Session:
    """Temporary keys, as metadata and STS issue them; `expires_at` is in seconds since the epoch."""

    access_key: str
    secret_key: str
    token: str
    principal: str
    expires_at: float

    @property
    def expiration(self) -> str:
        """Return the expiry time in AWS's format."""
        return format_time(self.expires_at)


def format_time(seconds: float) -> str:
    """Return a time (in seconds since the epoch) in AWS's format (ISO 8601)."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


def assumed_role(role: str, session: str, account: str, region: str) -> str:
    """Return the ARN of a role session; an instance's session has the instance's id as its name."""
    return f"arn:{partition_of(region).name}:sts::{account}:assumed-role/{role}/{session}"


def account_of(principal: str) -> str:
    """Return the account of an ARN."""
    return principal.split(":")[4]


def name_of(principal: str) -> str:
    """Return the name of the role or user in an ARN."""
    return principal.split("/")[1]


class Keys:
    """Every issued session, and the instance's current one."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """Initialize with the clock, in seconds since the epoch."""
        self._clock = clock
        self._lock = threading.Lock()
        self._issued: dict[str, Session] = {}
        self._instance: tuple[float, Session | None] = (0, None)

    def issue(self, principal: str, lifetime: float) -> Session:
        """Issue new keys that are valid for `lifetime` seconds."""
        session = Session(
            access_key="ASIA" + base64.b32encode(secrets.token_bytes(10)).decode(),
            secret_key=base64.b64encode(secrets.token_bytes(30)).decode(),
            token=base64.b64encode(secrets.token_bytes(690)).decode(),
            principal=principal,
            expires_at=self._clock() + lifetime,
        )
        self._issued[session.access_key] = session
        return session

    def issue_for_instance(self, principal: str, lifetime: float) -> Session:
        """Return the instance's keys: the same until they expire or the principal or the lifetime changes."""
        with self._lock:
            previous_lifetime, session = self._instance
            if (
                session is None
                or (session.principal, previous_lifetime) != (principal, lifetime)
                or session.expires_at <= self._clock()
            ):
                session = self.issue(principal, lifetime)
                self._instance = (lifetime, session)
            return session

    def rotate(self) -> None:
        """Issue new keys at the next metadata request; the old ones stay valid, as on EC2."""
        with self._lock:
            self._instance = (0, None)

    def find_principal(self, access_key: str, token: str | None, *, users: Mapping[str, str], account: str) -> str:
        """Return the ARN of a key. Raises Fault if it was not issued, has expired or lacks its session token."""
        if access_key in users:
            return users[access_key]
        if not access_key.startswith("ASIA"):
            return f"arn:aws:iam::{account}:user/{access_key}"
        session = self._issued.get(access_key)
        if session is None or session.token != token:
            raise Fault("invalid")
        if session.expires_at <= self._clock():
            raise Fault("expired")
        return session.principal
