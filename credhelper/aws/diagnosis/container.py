"""Container credentials: from ECS's service, EKS's Pod Identity agent, or another service that variables name."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from botocore.exceptions import SSLError

from credhelper.aws.diagnosis.quoting import netloc
from credhelper.error_catalog import credential_sources as catalog

if TYPE_CHECKING:
    from credhelper.aws.observer import Observer
    from credhelper.errors import HelperError

_RELATIVE_URI, _FULL_URI = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI"
_AUTH_TOKEN, _AUTH_TOKEN_FILE = "AWS_CONTAINER_AUTHORIZATION_TOKEN", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"
_ECS_ENDPOINT = "http://169.254.170.2"
_STATUS_PATTERN = re.compile(r"Received non 200 response (\d{3})", re.ASCII)
_NO_RESPONSE = "Received error when attempting to retrieve"


def diagnose(error: Exception, _observer: Observer) -> HelperError:
    """Return the HelperError for a failure of the container's credential service, or of the access to it."""
    message = str(error)
    if isinstance(error, SSLError):  # checked first, since it is also an OSError
        return catalog.CONTAINER_UNREACHABLE.error(service=_service_location(), outcome=catalog.UNREACHABLE_BY_TLS)
    if isinstance(error, OSError):
        reason = catalog.TOKEN_UNREADABLE.format(location=_token_location(), error=error.strerror)
    elif isinstance(error, ValueError) and "Unsupported host" in message:
        reason = catalog.ADDRESS_UNSAFE.format(service=_service_location())
    elif isinstance(error, ValueError) and "Auth token" in message:
        reason = catalog.TOKEN_BAD.format(location=_token_location())
    else:
        return _service_error(message)
    return catalog.CONTAINER_MISCONFIGURED.error(reason=reason)


def _service_error(message: str) -> HelperError:
    match = _STATUS_PATTERN.search(message)
    status = match.group(1) if match else ""
    if _NO_RESPONSE in message or status >= "500":
        kind, outcome = catalog.CONTAINER_UNREACHABLE, catalog.UNREACHABLE
    else:
        kind, outcome = catalog.CONTAINER_REFUSED, catalog.GARBLED
    if status:
        outcome = catalog.ANSWERS_STATUS.format(status=status)
    return kind.error(service=_service_location(), outcome=outcome)


def _service_location() -> str:
    """Return the URL of the service without its path, which is as confidential as a password."""
    return netloc(_ECS_ENDPOINT if _RELATIVE_URI in os.environ else os.environ.get(_FULL_URI, ""))


def _token_location() -> str:
    return os.environ.get(_AUTH_TOKEN_FILE, _AUTH_TOKEN)
