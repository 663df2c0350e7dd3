"""botocore's credentials -> their origin: what the trust in an entry depends on."""

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
# In the environment, which a child would inherit.
_SECRET_VARIABLES = (_ACCESS_KEY_VARIABLE, "AWS_CONTAINER_AUTHORIZATION_TOKEN")

_MAX_SESSION_TTL = 12 * 3600  # seconds; STS's own limit, and a token lives no longer


def source_of(
    session: Session, credentials: Credentials, role_identity: tuple[str, str] | None = None
) -> CredentialSource:
    """Return the source of `credentials`, which `session` found, with the `role_identity` that metadata reported."""
    profiles = [profile.settings for profile in iter_active_profiles(session)]
    used_process = any("credential_process" in profile for profile in profiles)
    # Metadata of something that is no instance, which gives keys and does not tell whose.
    is_unobservable = used_process or (credentials.method == "iam-role" and role_identity is None)
    return CredentialSource(
        session_ttl=_remaining_seconds(credentials) if credentials.method in _SESSION_METHODS else float("inf"),
        max_age=REVALIDATE_AFTER if is_unobservable else float("inf"),
        # A relative path was refused, or belongs to a key that is not used here.
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
    """Whether the credential chain would ask somebody for an MFA code, which botocore does on the terminal."""
    if os.environ.get(_ACCESS_KEY_VARIABLE) and not session.instance_variables().get("profile"):
        return False  # botocore takes these, and no profile but one that was named to it
    return any(
        "mfa_serial" in profile.settings and "role_arn" in profile.settings for profile in iter_active_profiles(session)
    )


def _is_interactive(profile: Mapping[str, Any]) -> bool:
    """Whether its credentials come from a sign-in, or are taken with a code."""
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
    """A folder and all in it: a token is written anew in place, which the folder itself does not show."""
    yield path
    if os.path.isdir(path):
        yield from (entry.path for entry in os.scandir(path))


def _remaining_seconds(credentials: Credentials) -> float:
    """How long the credentials still live. Their expiry is private to botocore, which tells in public only whether
    they need a refresh within so many seconds: asked often enough, that is the same.
    """
    low, high = 0, _MAX_SESSION_TTL
    while low < high:
        middle = (low + high + 1) // 2
        if credentials.refresh_needed(refresh_in=middle):  # type: ignore[attr-defined]
            high = middle - 1
        else:
            low = middle
    return low
