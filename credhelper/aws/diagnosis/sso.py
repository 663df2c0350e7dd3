"""IAM Identity Center (SSO) and `aws login`: a sign-in that is missing, has expired, or does not allow the role."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from botocore import exceptions as boto

from credhelper.aws.diagnosis import profiles
from credhelper.aws.diagnosis.quoting import describe
from credhelper.error_catalog import credential_sources as catalog
from credhelper.error_catalog.access_denied import SSO_ROLE_DENIED
from credhelper.error_catalog.api import MALFORMED_ANSWER

if TYPE_CHECKING:
    from botocore.exceptions import ClientError
    from botocore.session import Session

    from credhelper.aws.observer import Observer
    from credhelper.errors import HelperError


def diagnose_response(error: ClientError, observer: Observer) -> HelperError:
    """Return the HelperError for an error response of SSO's GetRoleCredentials.

    A 401 is not among them: botocore has its own exception for it.
    """
    settings = _find_profile(observer.session).settings
    role, account = (str(settings.get(key, "?")) for key in ("sso_role_name", "sso_account_id"))
    return SSO_ROLE_DENIED.error(role=role, account=account, reason=describe(error))


def diagnose(error: Exception, observer: Observer) -> HelperError | None:
    """Return the HelperError for a sign-in that yields no credentials; None if the sign-in is not the cause."""
    if isinstance(error, (boto.UnauthorizedSSOTokenError, boto.TokenRetrievalError)):
        return catalog.SSO_EXPIRED.error(**_login_fields(observer.session))
    if observer.has_response and not isinstance(error, OSError):  # an OSError may be about the sign-in's file
        return MALFORMED_ANSWER.error()
    if isinstance(error, boto.BotoCoreError) and not isinstance(error, boto.SSOTokenLoadError):
        return None
    is_missing = isinstance(error, boto.SSOTokenLoadError) and "does not exist" in str(error)
    reason = catalog.NO_SIGN_IN if is_missing else catalog.BROKEN_SIGN_IN
    return catalog.SSO_MISSING.error(reason=reason, **_login_fields(observer.session))


def diagnose_login(error: Exception, observer: Observer) -> HelperError:
    """Return the HelperError for a failed session of `aws login`."""
    if isinstance(error, boto.MissingDependencyException):
        return catalog.LOGIN_UNSUPPORTED.error(python=sys.executable)
    reason = describe(error) if isinstance(error, boto.BotoCoreError) else catalog.BROKEN_SESSION
    return catalog.LOGIN_EXPIRED.error(reason=reason, profile=_find_profile(observer.session, ("login_session",)).name)


def _login_fields(session: Session) -> dict[str, str]:
    """Return the fields that name the sign-in: its session in the configuration, else the profile."""
    profile = _find_profile(session)
    sso_session = str(profile.settings.get("sso_session", ""))
    return {"sso_session": sso_session, "profile": "" if "sso_session" in profile.settings else profile.name}


def _find_profile(session: Session, key_prefixes: tuple[str, ...] = ("sso_",)) -> profiles.Profile:
    """Return the profile in use that signs in: the first with a setting that begins with one of `key_prefixes`."""
    active_profiles = profiles.iter_active_profiles(session)
    login_profiles = (
        profile for profile in active_profiles if any(key.startswith(key_prefixes) for key in profile.settings)
    )
    return next(login_profiles, profiles.Profile(session.profile or "default", {}))
