"""How far this machine's clock is from AWS's: measured, where an answer tells AWS's time."""

from __future__ import annotations

import re
import time
from datetime import datetime, timezone
from typing import TYPE_CHECKING

from credhelper.aws.failures.words import code_of, line
from credhelper.errors import HelperError

if TYPE_CHECKING:
    from botocore.exceptions import ClientError

    from credhelper.target import Target

_TOLERATED = 300  # seconds; AWS refuses what is signed further off (AWS page "Signature Version 4")
_OF_TIME = frozenset(("RequestExpired", "RequestTimeTooSkewed"))
_OF_SIGNATURES = frozenset(("InvalidSignatureException", "SignatureDoesNotMatch", *_OF_TIME))
_TOO_OLD, _TOO_NEW = "Signature expired", "Signature not yet current"
_OF_SIGNATURE, _OF_HTTP = "%Y%m%dT%H%M%SZ", "%a, %d %b %Y %H:%M:%S GMT"  # how each writes a time
_SIGNED = re.compile(r"Signature [a-z ]+: (\d{8}T\d{6}Z) is [^(]*\((\d{8}T\d{6}Z) ", re.ASCII)


def skewed(error: ClientError, target: Target) -> HelperError | None:
    """Give the HelperError for a request that AWS refused because of the time it was signed at, if that is why."""
    code = code_of(error)
    ahead = _ahead(error)
    named = code in _OF_TIME or _TOO_OLD in str(error) or _TOO_NEW in str(error)
    if code not in _OF_SIGNATURES or not (named or (ahead is not None and abs(ahead) > _TOLERATED)):
        return None
    return HelperError(
        "clock-skewed",
        f"AWS refused the request for a token of {target.host}, since {_words(ahead)}: {line(error)}",
        "set the clock: chronyc makestep, or timedatectl set-ntp true; date -u tells what it shows",
    )


def _words(ahead: float | None) -> str:
    if ahead is None or abs(ahead) < 60:
        return "the time of its signature is not AWS's"
    minutes = round(abs(ahead) / 60)
    length = f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{minutes} min"
    return f"this machine's clock is {length} {'ahead of' if ahead > 0 else 'behind'} AWS's"


def _ahead(error: ClientError) -> float | None:
    """Give the seconds that the clock is ahead, by AWS's sentence or by the date of its answer."""
    said = _SIGNED.search(str(error))
    date = error.response.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("date", "")
    try:
        if said is not None:
            return _seconds(said.group(1)) - _seconds(said.group(2))
        return time.time() - _seconds(date, _OF_HTTP)
    except ValueError:  # a time that there is not
        return None


def _seconds(stamp: str, form: str = _OF_SIGNATURE) -> float:
    return datetime.strptime(stamp, form).replace(tzinfo=timezone.utc).timestamp()
