"""botocore's credentials -> their source, on which the trust in a cache entry depends."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from credhelper.aws.diagnosis.profiles import iter_active_profiles
from credhelper.cache.lifetime import REVALIDATE_AFTER
from credhelper.ecr.token import CredentialSource

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from botocore.credentials import Credentials
    from botocore.session import Session

# botocore's names (the METHOD of its credential providers).
_MACHINE_METHODS = frozenset(("iam-role", "container-role"))
_SESSION_METHODS = frozenset(("assume-role", "assume-role-with-web-identity", "sso", "login"))

_ACCESS_KEY_VARIABLE = "AWS_ACCESS_KEY_ID"
# Secrets in the environment, which a child process would inherit.
_SECRET_VARIABLES = (_ACCESS_KEY_VARIABLE, "AWS_CONTAINER_AUTHORIZATION_TOKEN")

_MAX_SESSION_TTL = 12 * 3600  # seconds; the limit of STS, and the longest lifetime of a token


def source_of(
    session: Session, credentials: Credentials, role_identity: tuple[str, str] | None = None
) -> CredentialSource:
    """Return the source of the `credentials` that `session` found.

    `role_identity` is the URL of the metadata service and the role identity that it reported.
    """
    profiles = [profile.settings for profile in iter_active_profiles(session)]
    used_process = any("credential_process" in profile for profile in profiles)
    # A program does not report whose keys it prints; neither does a metadata service that is not an EC2 instance's.
    is_unobservable = used_process or (credentials.method == "iam-role" and role_identity is None)
    return CredentialSource(
        session_ttl=_remaining_seconds(credentials) if credentials.method in _SESSION_METHODS else float("inf"),
        max_age=REVALIDATE_AFTER if is_unobservable else float("inf"),
        # A relative path has been refused already, or belongs to a setting that is not used here.
        files=[path for profile in profiles for path in _list_files(profile) if os.path.isabs(path)],
        machine_bound=credentials.method in _MACHINE_METHODS
        or any("credential_source" in profile for profile in profiles),
        used_process=used_process,
        non_interactive=not (
            used_process or any(map(os.environ.get, _SECRET_VARIABLES)) or any(map(_is_interactive, profiles))
        ),
        role_identity=role_identity,
    )


def needs_mfa(session: Session) -> bool:
    """Return whether the credential chain would prompt for an MFA code, which botocore does on the terminal."""
    if os.environ.get(_ACCESS_KEY_VARIABLE) and not session.instance_variables().get("profile"):
        return False  # botocore uses these keys; only a profile that was passed to the session takes precedence
    return any(
        "mfa_serial" in profile.settings and "role_arn" in profile.settings for profile in iter_active_profiles(session)
    )


def _is_interactive(profile: Mapping[str, Any]) -> bool:
    """Return whether the credentials of the profile require a sign-in or an MFA code."""
    return any(key.startswith("sso_") or key in ("login_session", "mfa_serial") for key in profile)


def _list_files(profile: Mapping[str, Any]) -> Iterator[str]:
    for key in ("web_identity_token_file", "ca_bundle"):
        if profile.get(key):
            yield os.path.expanduser(profile[key])
    if any(key.startswith("sso_") for key in profile):
        yield from _list_directory(os.path.expanduser("~/.aws/sso/cache"))
    if "login_session" in profile:
        cache_directory = os.environ.get("AWS_LOGIN_CACHE_DIRECTORY") or "~/.aws/login/cache"
        yield from _list_directory(os.path.expanduser(cache_directory))


def _list_directory(path: str) -> Iterator[str]:
    """Yield the directory and its entries: a token that is rewritten in place does not change the directory itself."""
    yield path
    if os.path.isdir(path):
        yield from (entry.path for entry in os.scandir(path))


def _remaining_seconds(credentials: Credentials) -> float:
    """Return the number of seconds until the credentials expire, at most `_MAX_SESSION_TTL`.

    The expiry itself is private to botocore; its public method only reports whether the credentials expire within a
    given number of seconds, hence the binary search.
    """
    low, high = 0, _MAX_SESSION_TTL
    while low < high:
        middle = (low + high + 1) // 2
        if credentials.refresh_needed(refresh_in=middle):  # type: ignore[attr-defined]
            high = middle - 1
        else:
            low = middle
    return low
