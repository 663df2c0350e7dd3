"""Roles that are assumed with a web identity token from a file: from EKS (IRSA) or another issuer."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from credhelper.aws.diagnosis import access_denied, profiles
from credhelper.aws.diagnosis.arns import role_name
from credhelper.aws.diagnosis.quoting import code_of, describe
from credhelper.error_catalog import credential_sources as catalog
from credhelper.error_catalog.access_denied import WEB_IDENTITY_DENIED

if TYPE_CHECKING:
    from botocore.exceptions import ClientError
    from botocore.session import Session

    from credhelper.aws.observer import Observer
    from credhelper.errors import HelperError

_FILE_VARIABLE = "AWS_WEB_IDENTITY_TOKEN_FILE"


def diagnose_response(error: ClientError, observer: Observer) -> HelperError | None:
    """Return the HelperError for an error response of STS's AssumeRoleWithWebIdentity.

    Return None if the error is not about the token or the role.
    """
    code, reason, path = code_of(error), describe(error), _find_token_file(observer.session)
    if code in ("ExpiredTokenException", "ExpiredToken"):
        return catalog.WEB_IDENTITY_EXPIRED.error(path=path, reason=reason)
    if code in access_denied.CODES:
        role = observer.role_arn
        return WEB_IDENTITY_DENIED.error(role=role, role_name=role_name(role), reason=reason)
    if code in ("InvalidIdentityToken", "InvalidIdentityTokenException"):
        return catalog.WEB_IDENTITY_REFUSED.error(path=path, reason=reason)
    return None


def diagnose(error: Exception, observer: Observer) -> HelperError | None:
    """Return the HelperError for a token that could not be read; None for other errors."""
    path = _find_token_file(observer.session)
    if isinstance(error, OSError):
        return catalog.WEB_IDENTITY_MISSING.error(path=path, reason=str(error.strerror))
    if isinstance(error, UnicodeDecodeError) or (os.path.exists(path) and not os.path.getsize(path)):
        return catalog.WEB_IDENTITY_MISSING.error(path=path, reason=catalog.NO_TOKEN)
    return None


def _find_token_file(session: Session) -> str:
    profile_files = (
        str(profile.settings.get("web_identity_token_file", "")) for profile in profiles.iter_active_profiles(session)
    )
    # botocore ignores the variable if a profile was passed to the session, as a rule's profile is.
    environment_file = "" if session.instance_variables().get("profile") else os.environ.get(_FILE_VARIABLE)
    return environment_file or next(filter(None, profile_files), "")
