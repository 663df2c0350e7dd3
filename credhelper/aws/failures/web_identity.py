"""A role that is assumed with a web identity's token from a file: EKS's (IRSA), or another issuer's."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from credhelper.aws.failures import denied, frames, profiles
from credhelper.aws.failures.words import code_of, line, role_name
from credhelper.errors import HelperError, printable

if TYPE_CHECKING:
    from botocore.exceptions import ClientError
    from botocore.session import Session

    from credhelper.target import Target

_FILE = "AWS_WEB_IDENTITY_TOKEN_FILE"
_MOUNT = "look at what mounts it: on EKS, the serviceAccountName of the pod, and its role-arn annotation"


def refused(error: ClientError, target: Target, session: Session) -> HelperError | None:
    """Give the HelperError for an answer of STS's AssumeRoleWithWebIdentity, if it is of the token or the role."""
    code = code_of(error)
    said = line(error)
    role = printable(frames.asked(error, "RoleArn"))
    if code in ("ExpiredTokenException", "ExpiredToken"):
        return HelperError(
            "web-identity-expired",
            f"the web identity's token in {_token_file(session)} has expired, so {target.host} got no token: {said}",
            f"let what issues it write a new one; {_MOUNT}",
        )
    if code in denied.CODES:
        return HelperError(
            "web-identity-denied",
            f"the web identity may not assume {role}, so {target.host} got no token: {said}",
            "its trust policy must name the OIDC provider, and its conditions the token's aud and sub\n"
            f"aws iam get-role --role-name {role_name(role)} --query Role.AssumeRolePolicyDocument",
        )
    if code in ("InvalidIdentityToken", "InvalidIdentityTokenException"):
        return HelperError(
            "web-identity-refused",
            f"STS does not take the web identity's token in {_token_file(session)} for {target.host}: {said}",
            "let the role's account have the issuer of the token as its OIDC provider\n"
            "aws iam list-open-id-connect-providers",
        )
    return None


def explain(error: Exception, target: Target, session: Session) -> HelperError | None:
    """Give the HelperError for a token that could not be read; None if the error is of something else."""
    path = _token_file(session)
    if isinstance(error, OSError):
        why = error.strerror
    elif isinstance(error, UnicodeDecodeError) or (os.path.exists(path) and not os.path.getsize(path)):
        why = "it holds no token"
    else:
        return None
    return HelperError(
        "web-identity-missing",
        f"the web identity's token for {target.host} could not be read from {path}: {why}",
        f"let {_FILE}, or web_identity_token_file of the profile, name a file that there is\n{_MOUNT}",
    )


def _token_file(session: Session) -> str:
    of_profiles = (str(each.settings.get("web_identity_token_file", "")) for each in profiles.in_use(session))
    # botocore does not look at the variable for a profile that was given to it, as that of a rule is.
    of_environment = "" if session.instance_variables().get("profile") else os.environ.get(_FILE)
    return printable(of_environment or next(filter(None, of_profiles), ""))
