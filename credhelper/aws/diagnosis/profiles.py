"""The profiles of ~/.aws/config and ~/.aws/credentials: the ones in use, and what is wrong with them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, NamedTuple

from botocore import exceptions as boto

from credhelper.aws.diagnosis import config_files
from credhelper.aws.diagnosis.quoting import quote_error
from credhelper.error_catalog.quoting import shell_quote
from credhelper.errors import HelperError, printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from botocore.session import Session

    from credhelper.ecr.target import Target

_NESTED_SETTINGS = ("api_versions", "s3")  # what has indented lines
_PROFILE_VARIABLES = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE")


class Profile(NamedTuple):
    """A profile, and what stands in it."""

    name: str
    settings: Mapping[str, Any]


def iter_active_profiles(session: Session) -> Iterator[Profile]:
    """The profile in use, the one it takes its credentials from, and so on; each once, if two name each other."""
    remaining = dict(session.full_config.get("profiles", {}))
    name: object = session.profile or "default"
    while isinstance(name, str) and name in remaining:
        profile = Profile(name, remaining.pop(name))
        yield profile
        name = profile.settings.get("source_profile")


def diagnose(error: Exception, target: Target, session: Session) -> HelperError | None:
    """Give the HelperError for a profile that is not there or not whole, or a file that is broken; else None."""
    if isinstance(error, boto.ProfileNotFound):
        return config_files.diagnose_unreadable(target, session) or _missing_error(
            str(error.kwargs["profile"]), target, session
        )
    if isinstance(error, boto.ConfigParseError):
        return config_files.broken_file_error(error, target)
    if isinstance(error, boto.PartialCredentialsError):
        return _partial_credentials_error(str(error.kwargs["cred_var"]), str(error.kwargs["provider"]), target, session)
    if isinstance(error, boto.InfiniteLoopConfigError):
        return _loop_error(error, target)
    if isinstance(error, boto.InvalidConfigError):
        return incomplete_error(quote_error(error), target, session)
    key = (
        find_nested_setting(session) if isinstance(error, (TypeError, AttributeError, LookupError, ValueError)) else ""
    )
    return incomplete_error(f"{key} has lines of its own below it, and is one value", target, session) if key else None


def find_nested_setting(session: Session) -> str:
    """Give a setting of the profiles in use that has indented lines, which botocore reads, and stumbles over later."""
    nested_keys = (
        key
        for profile in iter_active_profiles(session)
        for key, value in profile.settings.items()
        if isinstance(value, dict)
    )
    return next((key for key in nested_keys if key not in _NESTED_SETTINGS), "")


def incomplete_error(reason: str, target: Target, session: Session) -> HelperError:
    """Give the HelperError for a profile that lacks something, or says what cannot be followed: the clause `reason`. Of
    a chain of them it is the last one, since each takes its credentials from the next.
    """
    name = printable([session.profile or "default", *(profile.name for profile in iter_active_profiles(session))][-1])
    return HelperError(
        "profile-incomplete",
        f"the profile {name} gives no credentials for {target.host}: {reason}",
        f"complete it: aws configure --profile {shell_quote(name)}, or an editor on {config_files.describe(session)}",
    )


def no_credentials_error(target: Target) -> HelperError:
    """Give the HelperError for a profile of a rule that has no credentials. Going on to another identity, as AWS's
    tools do, would be a token of somebody who was not asked for.
    """
    options = target.options
    field = "profile" if options.profile else "source_profile"
    return HelperError(
        "profile-incomplete",
        f"the profile {printable(options.base_profile)} for {target.host} has no credentials{options.source_of(field)}",
        f"give it some: aws configure --profile {shell_quote(options.base_profile)}, "
        "or role_arn with credential_source\n"
        "no other identity is taken instead of one that a rule names",
    )


def _missing_error(name: str, target: Target, session: Session) -> HelperError:
    import difflib  # noqa: PLC0415  (3 ms that no other failure needs)

    if not name:
        variable = _set_by(name, target).partition(" ")[0]
        return HelperError(
            "profile-missing",
            f"{variable} is set and empty, which names no profile, so {target.host} got no token",
            f"unset {variable}, or let it name a profile: aws configure list-profiles",
        )
    matches = difflib.get_close_matches(name, session.available_profiles, n=1, cutoff=0.5)
    suggestion = (
        f"did you mean {printable(matches[0])} (in {config_files.find_profile_file(matches[0], session)})?\n"
        if matches
        else ""
    )
    return HelperError(
        "profile-missing",
        f"the profile {printable(name)}, which {_set_by(name, target)} for {target.host}, is not in "
        f"{config_files.describe(session)}",
        f"{suggestion}those that there are: aws configure list-profiles; "
        f"a new one: aws configure --profile {shell_quote(name)}",
    )


def _set_by(name: str, target: Target) -> str:
    if name and target.options.base_profile == name:
        source = target.options.sources.get("profile") or target.options.sources.get("source_profile")
        return "--profile names" if source == "--profile" else f"the settings name ({source})"
    return next(
        (f"{variable} names" for variable in _PROFILE_VARIABLES if os.environ.get(variable) == name), "is to be used"
    )


def _partial_credentials_error(missing_key: str, provider: str, target: Target, session: Session) -> HelperError:
    if provider != "env":
        return incomplete_error(f"it lacks {printable(missing_key)}", target, session)
    return HelperError(
        "keys-incomplete",
        f"the keys in the environment are no credentials for {target.host}: {printable(missing_key)} is not set",
        f"set {printable(missing_key)} too, or unset AWS_ACCESS_KEY_ID",
    )


def _loop_error(error: Exception, target: Target) -> HelperError:
    kwargs: dict[str, Any] = getattr(error, "kwargs", {})
    names = " -> ".join(map(printable, [*kwargs.get("visited_profiles", ()), kwargs.get("source_profile", "")]))
    return HelperError(
        "profile-loop",
        f"the profiles for {target.host} take their credentials from each other: {names}",
        "let the source_profile of one of them be a profile that has credentials of its own",
    )
