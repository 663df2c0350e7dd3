"""IAM Identity Center (SSO) and `aws login`: a sign-in that is not there, has ended, or does not give the role."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from botocore import exceptions as boto

from credhelper.aws.failures import answers, frames, profiles
from credhelper.aws.failures.words import line, typed
from credhelper.errors import HelperError, printable

if TYPE_CHECKING:
    from botocore.exceptions import ClientError
    from botocore.session import Session

    from credhelper.target import Target


def refused(error: ClientError, target: Target, session: Session) -> HelperError:
    """Give the HelperError for an answer of SSO's GetRoleCredentials. (botocore has its own error for a 401.)"""
    settings = _profile(session).settings
    role, account = (printable(str(settings.get(key, "?"))) for key in ("sso_role_name", "sso_account_id"))
    return HelperError(
        "sso-role-denied",
        f"the sign-in for {target.host} does not give the role {role} in the account {account}: {line(error)}",
        "look at sso_role_name and sso_account_id of the profile; who administers IAM Identity Center assigns them",
    )


def explain(error: Exception, target: Target, session: Session) -> HelperError | None:
    """Give the HelperError for a sign-in with which no credentials are to be had; None if it is not the sign-in."""
    if isinstance(error, (boto.UnauthorizedSSOTokenError, boto.TokenRetrievalError)):
        return _expired(target, session)
    if frames.is_of_an_answer(error):
        return answers.malformed(target)
    if isinstance(error, boto.BotoCoreError) and not isinstance(error, boto.SSOTokenLoadError):
        return None
    never = isinstance(error, boto.SSOTokenLoadError) and "does not exist" in str(error)
    what = "there is no sign-in" if never else "what ~/.aws/sso/cache keeps of the sign-in is broken"
    return HelperError(
        "sso-missing",
        f"IAM Identity Center gives no credentials for {target.host}: {what}",
        f"sign in: {_command(session)}",
    )


def explain_login(error: Exception, target: Target, session: Session) -> HelperError:
    """Give the HelperError for a session of `aws login`."""
    if isinstance(error, boto.MissingDependencyException):
        return HelperError(
            "login-unsupported",
            f"the profile for {target.host} is one of aws login, and a part of botocore that it needs is not installed",
            f'install it: {typed(sys.executable)} -m pip install "botocore[crt]"\n'
            "or let the AWS CLI give the keys: credential_process = aws configure export-credentials --profile NAME",
        )
    why = line(error) if isinstance(error, boto.BotoCoreError) else "what is kept of it is broken"
    profile = _profile(session, ("login_session",))
    return HelperError(
        "login-expired",
        f"the session of aws login for {target.host} gives no credentials: {why}",
        f"sign in: aws login --profile {typed(profile.name)}",
    )


def _expired(target: Target, session: Session) -> HelperError:
    return HelperError(
        "sso-expired",
        f"the sign-in to IAM Identity Center for {target.host} has expired",
        f"sign in again: {_command(session)}",
    )


def _command(session: Session) -> str:
    profile = _profile(session)
    if "sso_session" in profile.settings:
        return f"aws sso login --sso-session {typed(str(profile.settings['sso_session']))}"
    return f"aws sso login --profile {typed(profile.name)}"


def _profile(session: Session, keys: tuple[str, ...] = ("sso_",)) -> profiles.Profile:
    """Give the profile that signs in, of those in use: by a setting that begins with one of `keys`."""
    in_use = profiles.in_use(session)
    signs_in = (each for each in in_use if any(key.startswith(keys) for key in each.settings))
    return next(signs_in, profiles.Profile(session.profile or "default", {}))
