"""Lifetimes: how long a token is fresh, and when it is refreshed. Pure: time and jitter are arguments.

tests/simulation runs this policy for ten thousand instances on a simulated clock.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from credhelper.entry import Lifetime

if TYPE_CHECKING:
    from credhelper.clock import Instant
    from credhelper.ecr.token import Token

MAX_LIFETIME = 12 * 3600  # seconds; no token of AWS lives longer, so a later expiry means that the clock is wrong
REVALIDATE_AFTER = 300  # seconds for which a role identity is trusted that only the metadata service can confirm

_REFRESH_WINDOW_START = 0.75


def lifetime_of(token: Token, now: Instant, jitter: float) -> Lifetime:
    """Return the lifetime of `token`, issued `now`; `jitter` is a random number in [0, 1).

    A token is fresh for half of its lifetime (as in AWS's own tools: a refresh that fails can be retried for hours),
    but not beyond the end of the STS session with which it was fetched, since AWS's documents disagree on whether it
    outlives the session. A background refresh is due at a random time in the last quarter of the freshness lifetime, so
    that machines that started together do not refresh together. Interactive credentials (MFA, SSO) are never refreshed
    in the background.
    """
    source = token.source
    expires_in = min(token.expires_at - now.wall, MAX_LIFETIME, source.max_age)
    freshness_lifetime = min((token.expires_at - now.wall) / 2, MAX_LIFETIME / 2, source.max_age, source.session_ttl)
    refresh_after = (
        freshness_lifetime * (_REFRESH_WINDOW_START + (1 - _REFRESH_WINDOW_START) * jitter)
        if source.non_interactive
        else expires_in
    )
    return Lifetime(
        now,
        REVALIDATE_AFTER if source.role_identity and source.non_interactive else refresh_after,
        refresh_after,
        freshness_lifetime,
        expires_in,
    )


def anonymous_lifetime(now: Instant, *, is_transient: bool) -> Lifetime:
    """Return how long pulls from ECR Public stay anonymous before a token is requested again.

    It is an hour, since a token only raises a limit, or a minute after a transient failure.
    """
    seconds = 60 if is_transient else 3600
    return Lifetime(now, seconds, seconds, seconds, seconds)
