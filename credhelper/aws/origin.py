"""botocore's credentials -> their origin: what the trust in an entry depends on."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from credhelper.aws.failures.profiles import in_use
from credhelper.cache.freshness import REVALIDATE_AFTER
from credhelper.cache.record import CredentialSource

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from botocore.credentials import Credentials
    from botocore.session import Session

# botocore's names (the METHOD of its credential providers).
_OF_THE_MACHINE = frozenset(("iam-role", "container-role"))
_SESSIONS = frozenset(("assume-role", "assume-role-with-web-identity", "sso", "login"))

_KEYS = "AWS_ACCESS_KEY_ID"
_SECRETS = (_KEYS, "AWS_CONTAINER_AUTHORIZATION_TOKEN")  # in the environment, which a child would inherit

_LONGEST_SESSION = 12 * 3600  # seconds; STS's own limit, and a token lives no longer


def of(session: Session, credentials: Credentials, told: tuple[str, str] | None = None) -> CredentialSource:
    """Tell the origin of `credentials`, which `session` found; `told` is who told what the role's identity is."""
    profiles = [each.settings for each in in_use(session)]
    ran_program = any("credential_process" in each for each in profiles)
    # Metadata of something that is no instance, which gives keys and does not tell whose.
    unseen = ran_program or (credentials.method == "iam-role" and told is None)
    return CredentialSource(
        session_ttl=_seconds_left(credentials) if credentials.method in _SESSIONS else float("inf"),
        max_age=REVALIDATE_AFTER if unseen else float("inf"),
        # A relative path was refused, or belongs to a key that is not used here.
        files=[path for profile in profiles for path in _files(profile) if os.path.isabs(path)],
        machine_bound=credentials.method in _OF_THE_MACHINE or any("credential_source" in each for each in profiles),
        used_process=ran_program,
        non_interactive=not (ran_program or any(map(os.environ.get, _SECRETS)) or any(map(_needs_somebody, profiles))),
        role_identity=told,
    )


def asks_for_code(session: Session) -> bool:
    """Whether the credential chain would ask somebody for an MFA code, which botocore does on the terminal."""
    if os.environ.get(_KEYS) and not session.instance_variables().get("profile"):
        return False  # botocore takes these, and no profile but one that was named to it
    return any("mfa_serial" in each.settings and "role_arn" in each.settings for each in in_use(session))


def _needs_somebody(profile: Mapping[str, Any]) -> bool:
    """Whether its credentials come from a sign-in, or are taken with a code."""
    return any(key.startswith("sso_") or key in ("login_session", "mfa_serial") for key in profile)


def _files(profile: Mapping[str, Any]) -> Iterator[str]:
    for key in ("web_identity_token_file", "ca_bundle"):
        if profile.get(key):
            yield os.path.expanduser(profile[key])
    if any(key.startswith("sso_") for key in profile):
        yield from _folder(os.path.expanduser("~/.aws/sso/cache"))
    if "login_session" in profile:
        login = os.environ.get("AWS_LOGIN_CACHE_DIRECTORY") or "~/.aws/login/cache"
        yield from _folder(os.path.expanduser(login))


def _folder(path: str) -> Iterator[str]:
    """A folder and all in it: a token is written anew in place, which the folder itself does not show."""
    yield path
    if os.path.isdir(path):
        yield from (entry.path for entry in os.scandir(path))


def _seconds_left(credentials: Credentials) -> float:
    """How long the credentials still live. Their expiry is private to botocore, which tells in public only whether
    they need a refresh within so many seconds: asked often enough, that is the same.
    """
    low, high = 0, _LONGEST_SESSION
    while low < high:
        middle = (low + high + 1) // 2
        if credentials.refresh_needed(refresh_in=middle):  # type: ignore[attr-defined]
            high = middle - 1
        else:
            low = middle
    return low
