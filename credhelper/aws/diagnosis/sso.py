"""IAM Identity Center (SSO) and `aws login`: a sign-in that is not there, has ended, or does not give the role."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from botocore import exceptions as boto

from credhelper.aws.diagnosis import profiles
from credhelper.aws.diagnosis.malformed_answer import malformed_answer_error
from credhelper.aws.diagnosis.quoting import quote_error
from credhelper.error_catalog.quoting import shell_quote
from credhelper.errors import HelperError, printable

if TYPE_CHECKING:
    from botocore.exceptions import ClientError
    from botocore.session import Session

    from credhelper.aws.observer import Observer
    from credhelper.ecr.target import Target


def diagnose_response(error: ClientError, target: Target, observer: Observer) -> HelperError:
    """Give the HelperError for an answer of SSO's GetRoleCredentials. (botocore has its own error for a 401.)"""
    settings = _find_profile(observer.session).settings
    role, account = (printable(str(settings.get(key, "?"))) for key in ("sso_role_name", "sso_account_id"))
    return HelperError(
        "sso-role-denied",
        f"the sign-in for {target.host} does not give the role {role} in the account {account}: {quote_error(error)}",
        "look at sso_role_name and sso_account_id of the profile; who administers IAM Identity Center assigns them",
    )


def diagnose(error: Exception, target: Target, observer: Observer) -> HelperError | None:
    """Give the HelperError for a sign-in with which no credentials are to be had; None if it is not the sign-in."""
    if isinstance(error, (boto.UnauthorizedSSOTokenError, boto.TokenRetrievalError)):
        return _expired_error(target, observer.session)
    if observer.has_response and not isinstance(error, OSError):  # such as one about the file that keeps the sign-in
        return malformed_answer_error(target)
    if isinstance(error, boto.BotoCoreError) and not isinstance(error, boto.SSOTokenLoadError):
        return None
    is_missing = isinstance(error, boto.SSOTokenLoadError) and "does not exist" in str(error)
    reason = "there is no sign-in" if is_missing else "what ~/.aws/sso/cache keeps of the sign-in is broken"
    return HelperError(
        "sso-missing",
        f"IAM Identity Center gives no credentials for {target.host}: {reason}",
        f"sign in: {_login_command(observer.session)}",
    )


def diagnose_login(error: Exception, target: Target, observer: Observer) -> HelperError:
    """Give the HelperError for a session of `aws login`."""
    if isinstance(error, boto.MissingDependencyException):
        return HelperError(
            "login-unsupported",
            f"the profile for {target.host} is one of aws login, and a part of botocore that it needs is not installed",
            f'install it: {shell_quote(sys.executable)} -m pip install "botocore[crt]"\n'
            "or let the AWS CLI give the keys: credential_process = aws configure export-credentials --profile NAME",
        )
    reason = quote(error) if isinstance(error, boto.BotoCoreError) else "what is kept of it is broken"
    profile = _find_profile(observer.session, ("login_session",))
    return HelperError(
        "login-expired",
        f"the session of aws login for {target.host} gives no credentials: {reason}",
        f"sign in: aws login --profile {shell_quote(profile.name)}",
    )


def _expired_error(target: Target, session: Session) -> HelperError:
    return HelperError(
        "sso-expired",
        f"the sign-in to IAM Identity Center for {target.host} has expired",
        f"sign in again: {_login_command(session)}",
    )


def _login_command(session: Session) -> str:
    profile = _find_profile(session)
    if "sso_session" in profile.settings:
        return f"aws sso login --sso-session {shell_quote(str(profile.settings['sso_session']))}"
    return f"aws sso login --profile {shell_quote(profile.name)}"


def _find_profile(session: Session, key_prefixes: tuple[str, ...] = ("sso_",)) -> profiles.Profile:
    """Give the profile that signs in, of those in use: by a setting that begins with one of `key_prefixes`."""
    active_profiles = profiles.iter_active_profiles(session)
    login_profiles = (
        profile for profile in active_profiles if any(key.startswith(key_prefixes) for key in profile.settings)
    )
    return next(login_profiles, profiles.Profile(session.profile or "default", {}))
