"""The result of an exchange: the token, and the source of the credentials for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence


class CredentialSource(NamedTuple):
    """The source of an exchange's credentials, as far as the trust in the cache entry depends on it.

    Times are in seconds, and infinite if there is no limit: `session_ttl` is the remaining lifetime of the temporary
    session, such as that of a role at STS; `max_age` limits the age of an entry whose dependencies cannot be observed.
    `files` are dependencies in addition to the usual files. `machine_bound` means that the credentials belong to this
    machine, `used_process` that they are from a credential_process, and `non_interactive` that they can be obtained
    again without a prompt and without running a program. `role_identity` is the URL of the metadata service and the
    role identity that it reported.
    """

    session_ttl: float = float("inf")
    max_age: float = float("inf")
    files: Sequence[str] = ()
    machine_bound: bool = False
    used_process: bool = False
    non_interactive: bool = False
    role_identity: tuple[str, str] | None = None


class Token(NamedTuple):
    """A token that ECR issued.

    `expires_at` is in seconds since the epoch, UTC. `notes` are for the user. `endpoint` is the URL of the registry
    that AWS returns with the token, the caller's own; it is "" for ECR Public.
    """

    username: str
    password: str
    expires_at: float
    source: CredentialSource = CredentialSource()
    notes: Sequence[str] = ()
    endpoint: str = ""

    def __repr__(self) -> str:
        """Return a text without the password, which a failing test or a traceback would otherwise show."""
        return f"Token({self.username!r}, expires_at={self.expires_at})"
