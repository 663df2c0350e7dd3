"""The skew of this machine's clock, measured if a response from AWS contains the time."""

from __future__ import annotations

import re
import time
from datetime import datetime, timezone
from typing import TYPE_CHECKING

from credhelper.aws.diagnosis.quoting import code_of, describe
from credhelper.error_catalog import api

if TYPE_CHECKING:
    from botocore.exceptions import ClientError

    from credhelper.errors import HelperError

_MAX_SKEW = 300  # seconds; AWS rejects a signature whose time is further off (AWS page "Signature Version 4")
_TIME_CODES = frozenset(("RequestExpired", "RequestTimeTooSkewed"))
_SIGNATURE_CODES = frozenset(("InvalidSignatureException", "SignatureDoesNotMatch", *_TIME_CODES))
_SIGNATURE_EXPIRED, _SIGNATURE_NOT_YET_CURRENT = "Signature expired", "Signature not yet current"
_SIGNATURE_TIME_FORMAT, _HTTP_DATE_FORMAT = "%Y%m%dT%H%M%SZ", "%a, %d %b %Y %H:%M:%S GMT"
_SIGNATURE_TIMES = re.compile(r"Signature [a-z ]+: (\d{8}T\d{6}Z) is [^(]*\((\d{8}T\d{6}Z) ", re.ASCII)


def diagnose(error: ClientError) -> HelperError | None:
    """Return the HelperError for a request that AWS rejected because of its signing time; None for other causes."""
    code = code_of(error)
    skew = _measure_skew(error)
    is_time_error = code in _TIME_CODES or _SIGNATURE_EXPIRED in str(error) or _SIGNATURE_NOT_YET_CURRENT in str(error)
    if code not in _SIGNATURE_CODES or not (is_time_error or (skew is not None and abs(skew) > _MAX_SKEW)):
        return None
    return api.CLOCK_SKEWED.error(skew=_describe_skew(skew), reason=describe(error))


def _describe_skew(skew: float | None) -> str:
    if skew is None or abs(skew) < 60:
        return api.SKEW_UNKNOWN
    minutes = round(abs(skew) / 60)
    duration = f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{minutes} min"
    return (api.SKEW_AHEAD if skew > 0 else api.SKEW_BEHIND).format(duration=duration)


def _measure_skew(error: ClientError) -> float | None:
    """Return the seconds that the clock is ahead, by AWS's message or the date of its response; None if unknown."""
    match = _SIGNATURE_TIMES.search(str(error))
    date = error.response.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("date", "")
    try:
        if match is not None:
            return _parse_time(match.group(1)) - _parse_time(match.group(2))
        return time.time() - _parse_time(date, _HTTP_DATE_FORMAT)
    except ValueError:  # a missing or invalid time
        return None


def _parse_time(text: str, time_format: str = _SIGNATURE_TIME_FORMAT) -> float:
    return datetime.strptime(text, time_format).replace(tzinfo=timezone.utc).timestamp()
