"""What an exchange returns: the token, and where the credentials for it came from."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence


class CredentialSource(NamedTuple):
    """Where the credentials of an exchange came from, as far as the trust in its entry depends on it.

    `session_ttl` is how long the session still lives that was asked of STS for it, and `max_age` how long
    it is trusted at all, where what it depends on cannot be seen (infinite where there is no such bound);
    `files` are files beside the usual ones; `machine_bound` says that the credentials are this machine's,
    `used_process` that a credential_process gave them, and `non_interactive` that getting them again asks nobody
    and runs nothing. `role_identity` is the URL of the metadata service and the role identity that it reported.
    """

    session_ttl: float = float("inf")
    max_age: float = float("inf")
    files: Sequence[str] = ()
    machine_bound: bool = False
    used_process: bool = False
    non_interactive: bool = False
    role_identity: tuple[str, str] | None = None


class Token(NamedTuple):
    """What ECR gave; `expires_at` is in seconds of UTC since the epoch, and `notes` are for the person. `endpoint`
    is the URL of the registry that AWS names with it, the caller's own (ECR Public names none).
    """

    username: str
    password: str
    expires_at: float
    source: CredentialSource = CredentialSource()
    notes: Sequence[str] = ()
    endpoint: str = ""

    def __repr__(self) -> str:
        """Without the password: a failing test, or a traceback for whoever debugs, would show it."""
        return f"Token({self.username!r}, expires_at={self.expires_at})"
