"""The profiles of ~/.aws/config and ~/.aws/credentials: those in use, and their errors."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, NamedTuple

from botocore import exceptions as boto

from credhelper.aws.diagnosis import config_files
from credhelper.aws.diagnosis.quoting import describe
from credhelper.error_catalog import profiles as catalog

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from botocore.session import Session

    from credhelper.ecr.target import Target, TokenOptions
    from credhelper.errors import HelperError

_NESTED_SETTINGS = ("api_versions", "s3")  # settings that may have indented lines
_PROFILE_VARIABLES = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE")


class Profile(NamedTuple):
    """A profile and its settings."""

    name: str
    settings: Mapping[str, Any]


def iter_active_profiles(session: Session) -> Iterator[Profile]:
    """Yield the profile in use, its source profile, and so on; each only once, even if two name each other."""
    remaining = dict(session.full_config.get("profiles", {}))
    name: object = session.profile or "default"
    while isinstance(name, str) and name in remaining:
        profile = Profile(name, remaining.pop(name))
        yield profile
        name = profile.settings.get("source_profile")


def diagnose(error: Exception, target: Target, session: Session) -> HelperError | None:
    """Return the HelperError for a missing or incomplete profile, or an invalid file; None for other errors."""
    if isinstance(error, boto.ProfileNotFound):
        missing_error = _missing_error(str(error.kwargs["profile"]), target.options, session)
        return config_files.diagnose_unreadable(session) or missing_error
    if isinstance(error, boto.ConfigParseError):
        return config_files.broken_file_error(error)
    if isinstance(error, boto.PartialCredentialsError):
        return _partial_credentials_error(str(error.kwargs["cred_var"]), str(error.kwargs["provider"]), session)
    if isinstance(error, boto.InfiniteLoopConfigError):
        return _loop_error(error)
    if isinstance(error, boto.InvalidConfigError):
        return incomplete_error(describe(error), session)
    is_mistaken = isinstance(error, (TypeError, AttributeError, LookupError, ValueError))
    key = find_nested_setting(session) if is_mistaken else ""
    return incomplete_error(catalog.NESTED_SETTING.format(key=key), session) if key else None


def find_nested_setting(session: Session) -> str:
    """Return a setting of the profiles in use that must not have indented lines, but has them; "" if not found.

    botocore reads such a setting, and fails on it later.
    """
    nested_keys = (
        key
        for profile in iter_active_profiles(session)
        for key, value in profile.settings.items()
        if isinstance(value, dict)
    )
    return next((key for key in nested_keys if key not in _NESTED_SETTINGS), "")


def incomplete_error(reason: str, session: Session) -> HelperError:
    """Return the HelperError for a profile with a missing or invalid setting, which the clause `reason` describes.

    In a chain of profiles, the error names the last one, since each takes its credentials from the next.
    """
    name = [session.profile or "default", *(profile.name for profile in iter_active_profiles(session))][-1]
    return catalog.PROFILE_INCOMPLETE.error(profile=name, reason=reason, files=config_files.describe(session))


def no_credentials_error(options: TokenOptions) -> HelperError:
    """Return the HelperError for a rule's profile that has no credentials.

    Going on to another identity, as AWS's tools do, would return a token of an identity that was not requested.
    """
    source = options.sources.get("profile" if options.profile else "source_profile", "the settings")
    return catalog.PROFILE_WITHOUT_CREDENTIALS.error(profile=options.base_profile, source=source)


def _missing_error(name: str, options: TokenOptions, session: Session) -> HelperError:
    import difflib  # noqa: PLC0415  (3 ms that no other failure needs)

    if not name:
        return catalog.PROFILE_MISSING_EMPTY.error(variable=_find_variable(name) or _PROFILE_VARIABLES[0])
    match = "".join(difflib.get_close_matches(name, session.available_profiles, n=1, cutoff=0.5))
    return catalog.PROFILE_MISSING.error(
        profile=name,
        set_by=_set_by(name, options),
        files=config_files.describe(session),
        suggestion=match,
        suggestion_file=config_files.find_profile_file(match, session),
    )


def _set_by(name: str, options: TokenOptions) -> str:
    if name and options.base_profile == name:
        source = options.sources.get("profile") or options.sources.get("source_profile", "")
        return catalog.SET_BY_OPTION if source == "--profile" else catalog.SET_BY_SETTINGS.format(source=source)
    variable = _find_variable(name)
    return catalog.SET_BY_VARIABLE.format(variable=variable) if variable else catalog.SET_BY_DEFAULT


def _find_variable(value: str) -> str:
    return next((variable for variable in _PROFILE_VARIABLES if os.environ.get(variable) == value), "")


def _partial_credentials_error(missing_key: str, provider: str, session: Session) -> HelperError:
    if provider != "env":
        return incomplete_error(catalog.MISSING_KEY.format(key=missing_key), session)
    return catalog.KEYS_INCOMPLETE.error(variable=missing_key)


def _loop_error(error: boto.InfiniteLoopConfigError) -> HelperError:
    kwargs: dict[str, Any] = {**error.kwargs}
    names = [*kwargs.get("visited_profiles", ()), kwargs.get("source_profile", "")]
    return catalog.PROFILE_LOOP.error(profiles=" -> ".join(names))
