"""A failed exchange, left for those who want the same token: who waited for it shares it, and need not fail again.

A file beside the entries, named as the lock is. It never holds a secret: errors hold none. What must not be in its name
is in it as a salted digest.
"""

from __future__ import annotations

import json
from typing import NamedTuple

from credhelper.clock import Instant
from credhelper.errors import HelperError
from credhelper.private_file import read_private_file


class RecentFailure(NamedTuple):
    """What failed, and when; `salted` is a digest of what is confidential of the identity (evidence.salted_digest)."""

    failed_at: Instant
    host: str
    error: HelperError
    identity_digest: bytes = b"-"

    def for_host(self, host: str) -> HelperError:
        """Give the failure as it is told to the client that wants `host`."""
        error = self.error
        message, fix = (text.replace(self.host, host) for text in (error.message, error.fix))
        return HelperError(error.id, message, fix)


def serialize(failure: RecentFailure) -> bytes:
    """Give the bytes of the file."""
    failed_at, error = failure.failed_at, failure.error
    fields = [
        failed_at.wall,
        failed_at.boot.decode("ascii"),
        failed_at.uptime,
        failure.identity_digest.decode("ascii"),
        failure.host,
    ]
    return json.dumps([*fields, error.id, error.message, error.fix]).encode("ascii")


def read(path: str) -> RecentFailure | None:
    """Give what the file `path` holds, if it is ours and whole."""
    data = read_private_file(path)
    if data is None:
        return None
    try:
        wall, boot, uptime, identity_digest, host, error_id, message, fix = json.loads(data)
        identity_digest = str(identity_digest).encode("ascii")
        failed_at = Instant(float(wall), str(boot).encode("ascii"), float(uptime))
    except (ValueError, TypeError, OverflowError, RecursionError):
        return None
    return RecentFailure(failed_at, str(host), HelperError(str(error_id), str(message), str(fix)), identity_digest)
