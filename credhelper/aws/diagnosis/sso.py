"""IAM Identity Center (SSO) and `aws login`: a sign-in that is not there, has ended, or does not give the role."""

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
    """Give the HelperError for an answer of SSO's GetRoleCredentials. (botocore has its own error for a 401.)"""
    settings = _find_profile(observer.session).settings
    role, account = (str(settings.get(key, "?")) for key in ("sso_role_name", "sso_account_id"))
    return SSO_ROLE_DENIED.error(role=role, account=account, reason=describe(error))


def diagnose(error: Exception, observer: Observer) -> HelperError | None:
    """Give the HelperError for a sign-in with which no credentials are to be had; None if it is not the sign-in."""
    if isinstance(error, (boto.UnauthorizedSSOTokenError, boto.TokenRetrievalError)):
        return catalog.SSO_EXPIRED.error(**_login_fields(observer.session))
    if observer.has_response and not isinstance(error, OSError):  # such as one about the file that keeps the sign-in
        return MALFORMED_ANSWER.error()
    if isinstance(error, boto.BotoCoreError) and not isinstance(error, boto.SSOTokenLoadError):
        return None
    is_missing = isinstance(error, boto.SSOTokenLoadError) and "does not exist" in str(error)
    reason = catalog.NO_SIGN_IN if is_missing else catalog.BROKEN_SIGN_IN
    return catalog.SSO_MISSING.error(reason=reason, **_login_fields(observer.session))


def diagnose_login(error: Exception, observer: Observer) -> HelperError:
    """Give the HelperError for a session of `aws login`."""
    if isinstance(error, boto.MissingDependencyException):
        return catalog.LOGIN_UNSUPPORTED.error(python=sys.executable)
    reason = describe(error) if isinstance(error, boto.BotoCoreError) else catalog.BROKEN_SESSION
    return catalog.LOGIN_EXPIRED.error(reason=reason, profile=_find_profile(observer.session, ("login_session",)).name)


def _login_fields(session: Session) -> dict[str, str]:
    """Give what names the sign-in: its session in the configuration, else the profile."""
    profile = _find_profile(session)
    sso_session = str(profile.settings.get("sso_session", ""))
    return {"sso_session": sso_session, "profile": "" if "sso_session" in profile.settings else profile.name}


def _find_profile(session: Session, key_prefixes: tuple[str, ...] = ("sso_",)) -> profiles.Profile:
    """Give the profile that signs in, of those in use: by a setting that begins with one of `key_prefixes`."""
    active_profiles = profiles.iter_active_profiles(session)
    login_profiles = (
        profile for profile in active_profiles if any(key.startswith(key_prefixes) for key in profile.settings)
    )
    return next(login_profiles, profiles.Profile(session.profile or "default", {}))
