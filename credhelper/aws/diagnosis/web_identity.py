"""A role that is assumed with a web identity's token from a file: EKS's (IRSA), or another issuer's."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from credhelper.aws.diagnosis import access_denied, profiles
from credhelper.aws.diagnosis.quoting import code_of, quote, role_name
from credhelper.errors import HelperError, printable

if TYPE_CHECKING:
    from botocore.exceptions import ClientError
    from botocore.session import Session

    from credhelper.aws.observer import Observer
    from credhelper.ecr.target import Target

_FILE_VARIABLE = "AWS_WEB_IDENTITY_TOKEN_FILE"
_MOUNT_FIX = "look at what mounts it: on EKS, the serviceAccountName of the pod, and its role-arn annotation"


def diagnose_response(error: ClientError, target: Target, observer: Observer) -> HelperError | None:
    """Give the HelperError for an answer of STS's AssumeRoleWithWebIdentity, if it is of the token or the role."""
    code = code_of(error)
    message = quote(error)
    role = printable(observer.role_arn)
    session = observer.session
    if code in ("ExpiredTokenException", "ExpiredToken"):
        return HelperError(
            "web-identity-expired",
            f"the web identity's token in {_find_token_file(session)} has expired, "
            f"so {target.host} got no token: {message}",
            f"let what issues it write a new one; {_MOUNT_FIX}",
        )
    if code in access_denied.CODES:
        return HelperError(
            "web-identity-denied",
            f"the web identity may not assume {role}, so {target.host} got no token: {message}",
            "its trust policy must name the OIDC provider, and its conditions the token's aud and sub\n"
            f"aws iam get-role --role-name {role_name(role)} --query Role.AssumeRolePolicyDocument",
        )
    if code in ("InvalidIdentityToken", "InvalidIdentityTokenException"):
        return HelperError(
            "web-identity-refused",
            f"STS does not take the web identity's token in {_find_token_file(session)} for {target.host}: {message}",
            "let the role's account have the issuer of the token as its OIDC provider\n"
            "aws iam list-open-id-connect-providers",
        )
    return None


def diagnose(error: Exception, target: Target, observer: Observer) -> HelperError | None:
    """Give the HelperError for a token that could not be read; None if the error is of something else."""
    path = _find_token_file(observer.session)
    if isinstance(error, OSError):
        reason = error.strerror
    elif isinstance(error, UnicodeDecodeError) or (os.path.exists(path) and not os.path.getsize(path)):
        reason = "it holds no token"
    else:
        return None
    return HelperError(
        "web-identity-missing",
        f"the web identity's token for {target.host} could not be read from {path}: {reason}",
        f"let {_FILE_VARIABLE}, or web_identity_token_file of the profile, name a file that there is\n{_MOUNT_FIX}",
    )


def _find_token_file(session: Session) -> str:
    profile_files = (
        str(profile.settings.get("web_identity_token_file", "")) for profile in profiles.iter_active_profiles(session)
    )
    # botocore does not look at the variable for a profile that was given to it, as that of a rule is.
    environment_file = "" if session.instance_variables().get("profile") else os.environ.get(_FILE_VARIABLE)
    return printable(environment_file or next(filter(None, profile_files), ""))
