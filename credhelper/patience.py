"""How long is waited, and for what. Pure; all in seconds. Where a number in [0, 1) is taken, it is another one each
time: what all do at once is done again at once by all, unless each throws its own dice. Imports nothing, as
behind.py wants it.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

RUN = 15.0  # a whole run; Docker's own patience is longer, a person's is not
LONGEST_RUN = 600.0  # what CREDHELPER_TIMEOUT may ask for

LOCK = 4.0  # for a holder that may have been stopped; then the next of those who wait goes on beside it
STALE = 2.0  # for a renewal, when a token that still serves is at hand
STALE_AT_ONCE = 60.0  # after a failure: buildx asks serially, and would wait as often as it has hosts
ASIDE = 3.0  # for a keyring that a run can do without
BEHIND = 300.0  # between two looks behind hits, whether they failed or not

_HELD_BACK = (2.0, 5.0)  # after AWS throttled one of us, the next one comes between these
_BACK_OFF, _LONGEST_BACK_OFF = 2.0, 60.0
WAIT = 900.0  # for `refresh --wait`, unless it is told another time


def of_run(environ: "Mapping[str, str]") -> "tuple[float, str]":
    """Give how long a run may take, and a note where CREDHELPER_TIMEOUT says nothing that can be followed."""
    text = environ.get("CREDHELPER_TIMEOUT", "")
    if not text:
        return RUN, ""
    try:
        seconds = float(text) if text.isascii() else 0.0
    except ValueError:
        seconds = 0.0
    if 1 <= seconds <= LONGEST_RUN:
        return seconds, ""
    return RUN, f"CREDHELPER_TIMEOUT is not a number of seconds from 1 to {LONGEST_RUN:.0f}, so {RUN:.0f} are taken"


def aside(environ: "Mapping[str, str]") -> float:
    """Give how long a keyring is waited for that a run can do without: half of a short run's time is for the rest."""
    return min(ASIDE, of_run(environ)[0] / 2)


def held_back(chance: float) -> float:
    """Give how long after a throttling nobody of this machine asks again."""
    low, high = _HELD_BACK
    return low + (high - low) * chance


def before_renewal(left: float, chance: float) -> float:
    """Give how long a renewal that nobody waits for is put off, when what it is to replace lasts so much longer.

    Hits may come in step where renewals do not: a fleet that pulls at each full hour would ask in one second, all of
    it, and hour after hour.
    """
    return max(0.0, min(BEHIND, left / 2)) * chance


def back_off(failures: int, chance: float) -> float:
    """Give how long to wait after so many failures in a row (1, 2, ...), for whoever has all the time.

    "Full jitter" of the AWS Architecture Blog, "Exponential Backoff And Jitter": of what was tried there it made the
    fewest calls.
    """
    return min(_LONGEST_BACK_OFF, _BACK_OFF * 2.0 ** min(failures, 10)) * chance
