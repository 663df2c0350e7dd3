"""How long is waited, and for what. Pure; all in seconds. Where a number in [0, 1) is taken, it is another one each
time: what all do at once is done again at once by all, unless each throws its own dice. Imports nothing, as
background.py wants it.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

RUN_TIMEOUT = 15.0  # a whole run; Docker's own patience is longer, a person's is not
TIMEOUT_HINT = "CREDHELPER_TIMEOUT, or timeout of a rule,"  # what changes it, in messages
MAX_RUN_TIMEOUT = 600.0  # what CREDHELPER_TIMEOUT may ask for

LOCK_TIMEOUT = 4.0  # for a holder that may have been stopped; then the next of those who wait goes on beside it
STALE_REFRESH_TIMEOUT = 2.0  # for a renewal, when a token that still serves is at hand
FAILURE_TTL = 60.0  # after a failure: buildx asks serially, and would wait as often as it has hosts
OPTIONAL_KEYRING_TIMEOUT = 3.0  # for a keyring that a run can do without
BACKGROUND_INTERVAL = 300.0  # between two looks behind hits, whether they failed or not

_THROTTLE_DELAY_RANGE = (2.0, 5.0)  # after AWS throttled one of us, the next one comes between these
_BACKOFF_BASE, _MAX_BACKOFF = 2.0, 60.0
DEFAULT_RETRY_FOR = 900.0  # for `refresh --wait`, unless it is told another time


def run_timeout(environ: "Mapping[str, str]") -> "tuple[float, str]":
    """Give how long a run may take, and a note where CREDHELPER_TIMEOUT says nothing that can be followed."""
    value = environ.get("CREDHELPER_TIMEOUT", "")
    if not value:
        return RUN_TIMEOUT, ""
    try:
        timeout = float(value) if value.isascii() else 0.0
    except ValueError:
        timeout = 0.0
    if 1 <= timeout <= MAX_RUN_TIMEOUT:
        return timeout, ""
    limits = f"from 1 to {MAX_RUN_TIMEOUT:.0f}"
    return RUN_TIMEOUT, f"CREDHELPER_TIMEOUT is not a number of seconds {limits}, so {RUN_TIMEOUT:.0f} are taken"


def optional_keyring_timeout(environ: "Mapping[str, str]") -> float:
    """Give how long a keyring is waited for that a run can do without: half of a short run's time is for the rest."""
    return min(OPTIONAL_KEYRING_TIMEOUT, run_timeout(environ)[0] / 2)


def throttle_delay(jitter: float) -> float:
    """Give how long after a throttling nobody of this machine asks again."""
    low, high = _THROTTLE_DELAY_RANGE
    return low + (high - low) * jitter


def refresh_jitter(remaining: float, jitter: float) -> float:
    """Give how long a renewal that nobody waits for is put off, when what it is to replace lasts so much longer.

    Hits may come in step where renewals do not: a fleet that pulls at each full hour would ask in one second, all of
    it, and hour after hour.
    """
    return max(0.0, min(BACKGROUND_INTERVAL, remaining / 2)) * jitter


def backoff(failures: int, jitter: float) -> float:
    """Give how long to wait after so many failures in a row (1, 2, ...), for whoever has all the time.

    "Full jitter" of the AWS Architecture Blog, "Exponential Backoff And Jitter": of what was tried there it made the
    fewest calls.
    """
    return min(_MAX_BACKOFF, _BACKOFF_BASE * 2.0 ** min(failures, 10)) * jitter
