"""How long a token serves, and when it is renewed. Pure: the clock and the dice are arguments.

tests/simulation runs this very policy for ten thousand instances on a simulated clock.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from credhelper.entry import Lifetime

if TYPE_CHECKING:
    from credhelper.clock import Instant
    from credhelper.ecr.token import Token

MAX_LIFETIME = 12 * 3600  # seconds; AWS gives no longer token, so a later expiry is a wrong clock's
REVALIDATE_AFTER = 300  # seconds for which an identity is trusted that no look at this machine can check

_REFRESH_WINDOW_START = 0.75


def lifetime_of(token: Token, now: Instant, jitter: float) -> Lifetime:
    """Give the life of `token`, bought `now`. `jitter` is a number in [0, 1), another one each time.

    It is fresh for half of its life (as AWS's own tools have it: a refresh that fails then has hours to be tried
    again), and not past the session of STS that it was bought with: AWS's documents disagree on whether it outlives
    that. It is renewed behind a hit in the last quarter of that time, each at a moment of its own, so that machines
    that started together do not come back together; one that somebody would have to be asked for is never.
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
    """Give how long ECR Public is pulled from without a token before one is asked for again: an hour, since nothing
    is gained but a higher limit; a minute where AWS just could not be reached.
    """
    seconds = 60 if is_transient else 3600
    return Lifetime(now, seconds, seconds, seconds, seconds)
