"""Timeouts, delays and jitter, all in seconds.

Pure, and imports nothing. A random argument in [0, 1) adds jitter, so that clients that fail together do not retry
together.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

RUN_TIMEOUT = 15.0  # of a whole run; Docker would wait longer
TIMEOUT_HINT = "CREDHELPER_TIMEOUT, or timeout of a rule,"  # names, in messages, the settings that change the timeout
MAX_RUN_TIMEOUT = 600.0  # the largest CREDHELPER_TIMEOUT

LOCK_TIMEOUT = 4.0  # for a lock holder that may have been stopped; then one waiter proceeds without the lock
STALE_REFRESH_TIMEOUT = 2.0  # for a refresh while a stale token could be served
FAILURE_TTL = 60.0  # after a failure, a stale token is served at once: buildx requests one host after the other
OPTIONAL_KEYRING_TIMEOUT = 3.0  # for a keyring that a run does not depend on
BACKGROUND_INTERVAL = 300.0  # between two background refreshes of a token, failed or not

_THROTTLE_DELAY_RANGE = (2.0, 5.0)  # for new requests after AWS throttled one
_BACKOFF_BASE, _MAX_BACKOFF = 2.0, 60.0
DEFAULT_RETRY_FOR = 900.0  # for `refresh --wait`


def run_timeout(environ: "Mapping[str, str]") -> "tuple[float, str]":
    """Return the timeout of a run, and a warning if CREDHELPER_TIMEOUT is invalid."""
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
    return RUN_TIMEOUT, f"CREDHELPER_TIMEOUT is not a number of seconds {limits}; using {RUN_TIMEOUT:.0f}"


def optional_keyring_timeout(environ: "Mapping[str, str]") -> float:
    """Return the timeout for a keyring that a run does not depend on: at most half of the run's timeout."""
    return min(OPTIONAL_KEYRING_TIMEOUT, run_timeout(environ)[0] / 2)


def throttle_delay(jitter: float) -> float:
    """Return the seconds for which this machine holds back new requests after AWS has throttled one."""
    low, high = _THROTTLE_DELAY_RANGE
    return low + (high - low) * jitter


def refresh_jitter(remaining: float, jitter: float) -> float:
    """Return the delay before a background refresh of a token that stays fresh for `remaining` seconds.

    Hits of a fleet may be synchronized: if all instances pulled on the hour, all would refresh within one second.
    """
    return max(0.0, min(BACKGROUND_INTERVAL, remaining / 2)) * jitter


def backoff(failures: int, jitter: float) -> float:
    """Return the delay before the next attempt after so many consecutive failures (1, 2, ...).

    This is the "full jitter" of the AWS Architecture Blog, "Exponential Backoff And Jitter", which made the fewest
    calls of the variants compared there.
    """
    return min(_MAX_BACKOFF, _BACKOFF_BASE * 2.0 ** min(failures, 10)) * jitter
