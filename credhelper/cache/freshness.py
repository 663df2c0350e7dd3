"""How long a token serves, and when it is renewed. Pure: the clock and the dice are arguments.

tests/fleet runs this very policy for ten thousand instances on a simulated clock.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from credhelper.entry import Life

if TYPE_CHECKING:
    from credhelper.cache.record import Token
    from credhelper.entry import Moment

LONGEST_LIFE = 12 * 3600  # seconds; AWS gives no longer token, so a later expiry is a wrong clock's
UNSEEN_CHANGES = 300  # seconds for which an identity is trusted that no look at this machine can check

_LAST_QUARTER = 0.75


def life(token: Token, now: Moment, chance: float) -> Life:
    """Give the life of `token`, bought `now`. `chance` is a number in [0, 1), another one each time.

    It is fresh for half of its life (as AWS's own tools have it: a refresh that fails then has hours to be tried
    again), and not past the session of STS that it was bought with: AWS's documents disagree on whether it outlives
    that. It is renewed behind a hit in the last quarter of that time, each at a moment of its own, so that machines
    that started together do not come back together; one that somebody would have to be asked for is never.
    """
    origin = token.origin
    whole = min(token.expires - now.wall, LONGEST_LIFE, origin.leash_seconds)
    fresh = min((token.expires - now.wall) / 2, LONGEST_LIFE / 2, origin.leash_seconds, origin.session_seconds)
    renew = fresh * (_LAST_QUARTER + (1 - _LAST_QUARTER) * chance) if origin.unattended else whole
    return Life(now, UNSEEN_CHANGES if origin.told and origin.unattended else renew, renew, fresh, whole)


def anonymous(now: Moment, *, outage: bool) -> Life:
    """Give how long ECR Public is pulled from without a token before one is asked for again: an hour, since nothing
    is gained but a higher limit; a minute where AWS just could not be reached.
    """
    seconds = 60 if outage else 3600
    return Life(now, seconds, seconds, seconds, seconds)
