"""The last failed exchange, shared with processes that were already waiting for it, so that none repeats the call.

It is a file next to the entries, named like the lock. It contains no secret, since errors contain none, and the
confidential part of the identity is stored as a salted digest.
"""

from __future__ import annotations

from typing import NamedTuple

from credhelper.clock import Instant
from credhelper.errors import HelperError
from credhelper.private_file import read_private_file


class RecentFailure(NamedTuple):
    """An error and the time at which it occurred.

    The error does not name a host: each process that shares it fills in its own.
    `identity_digest` is a salted digest of the confidential variables of the identity (fingerprint.salted_digest).
    """

    failed_at: Instant
    error: HelperError
    identity_digest: bytes = b"-"


def serialize(failure: RecentFailure) -> bytes:
    """Return the bytes of the file."""
    import json  # noqa: PLC0415  (as in `read`)

    failed_at, error = failure.failed_at, failure.error
    fields = [
        *(failed_at.wall, failed_at.boot.decode("ascii"), failed_at.uptime),
        failure.identity_digest.decode("ascii"),
        *(error.id, error.message, error.fix, error.why, error.is_transient),
    ]
    return json.dumps(fields).encode("ascii")


def read(path: str) -> RecentFailure | None:
    """Return the failure in the file `path`; None if the file is missing, not private, or malformed."""
    data = read_private_file(path)
    if data is None:
        return None
    import json  # noqa: PLC0415  (a process that waits usually finds no failure)

    try:
        wall, boot, uptime, identity_digest, error_id, message, fix, why, is_transient = json.loads(data)
        identity_digest = str(identity_digest).encode("ascii")
        failed_at = Instant(float(wall), str(boot).encode("ascii"), float(uptime))
    except (ValueError, TypeError, OverflowError, RecursionError):
        return None
    error = HelperError(str(error_id), str(message), str(fix), why=str(why), is_transient=is_transient is True)
    return RecentFailure(failed_at, error, identity_digest)
