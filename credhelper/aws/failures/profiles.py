"""The profiles of ~/.aws/config and ~/.aws/credentials: the ones in use, and what is wrong with them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, NamedTuple

from botocore import exceptions as boto

from credhelper.aws.failures import files
from credhelper.aws.failures.words import line, typed
from credhelper.errors import HelperError, printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from botocore.session import Session

    from credhelper.target import Target

_TABLES = ("api_versions", "s3")  # what has indented lines
_VARIABLES = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE")


class Profile(NamedTuple):
    """A profile, and what stands in it."""

    name: str
    settings: Mapping[str, Any]


def in_use(session: Session) -> Iterator[Profile]:
    """The profile in use, the one it takes its credentials from, and so on; each once, if two name each other."""
    left = dict(session.full_config.get("profiles", {}))
    name: object = session.profile or "default"
    while isinstance(name, str) and name in left:
        profile = Profile(name, left.pop(name))
        yield profile
        name = profile.settings.get("source_profile")


def explain(error: Exception, target: Target, session: Session) -> HelperError | None:
    """Give the HelperError for a profile that is not there or not whole, or a file that is broken; else None."""
    if isinstance(error, boto.ProfileNotFound):
        return files.unreadable(target, session) or _missing(str(error.kwargs["profile"]), target, session)
    if isinstance(error, boto.ConfigParseError):
        return files.broken(error, target)
    if isinstance(error, boto.PartialCredentialsError):
        return _lacking(str(error.kwargs["cred_var"]), str(error.kwargs["provider"]), target, session)
    if isinstance(error, boto.InfiniteLoopConfigError):
        return _loop(error, target)
    if isinstance(error, boto.InvalidConfigError):
        return incomplete(line(error), target, session)
    key = nested(session) if isinstance(error, (TypeError, AttributeError, LookupError, ValueError)) else ""
    return incomplete(f"{key} has lines of its own below it, and is one value", target, session) if key else None


def nested(session: Session) -> str:
    """Give a setting of the profiles in use that has indented lines, which botocore reads, and stumbles over later."""
    found = (key for each in in_use(session) for key, value in each.settings.items() if isinstance(value, dict))
    return next((key for key in found if key not in _TABLES), "")


def incomplete(what: str, target: Target, session: Session) -> HelperError:
    """Give the HelperError for a profile that lacks something, or says what cannot be followed: the clause `what`. Of
    a chain of them it is the last one, since each takes its credentials from the next.
    """
    name = printable([session.profile or "default", *(each.name for each in in_use(session))][-1])
    return HelperError(
        "profile-incomplete",
        f"the profile {name} gives no credentials for {target.host}: {what}",
        f"complete it: aws configure --profile {typed(name)}, or an editor on {files.named(session)}",
    )


def no_credentials(target: Target) -> HelperError:
    """Give the HelperError for a profile of a rule that has no credentials. Going on to another identity, as AWS's
    tools do, would be a token of somebody who was not asked for.
    """
    access = target.options
    field = "profile" if access.profile else "source_profile"
    return HelperError(
        "profile-incomplete",
        f"the profile {printable(access.base_profile)} for {target.host} has no credentials{access.source_of(field)}",
        f"give it some: aws configure --profile {typed(access.base_profile)}, or role_arn with credential_source\n"
        "no other identity is taken instead of one that a rule names",
    )


def _missing(name: str, target: Target, session: Session) -> HelperError:
    import difflib  # noqa: PLC0415  (3 ms that no other failure needs)

    if not name:
        variable = _chooser(name, target).partition(" ")[0]
        return HelperError(
            "profile-missing",
            f"{variable} is set and empty, which names no profile, so {target.host} got no token",
            f"unset {variable}, or let it name a profile: aws configure list-profiles",
        )
    near = difflib.get_close_matches(name, session.available_profiles, n=1, cutoff=0.5)
    meant = f"did you mean {printable(near[0])} (in {files.of_profile(near[0], session)})?\n" if near else ""
    return HelperError(
        "profile-missing",
        f"the profile {printable(name)}, which {_chooser(name, target)} for {target.host}, is not in "
        f"{files.named(session)}",
        f"{meant}those that there are: aws configure list-profiles; a new one: aws configure --profile {typed(name)}",
    )


def _chooser(name: str, target: Target) -> str:
    if name and target.options.base_profile == name:
        source = target.options.sources.get("profile") or target.options.sources.get("source_profile")
        return "--profile names" if source == "--profile" else f"the settings name ({source})"
    return next((f"{each} names" for each in _VARIABLES if os.environ.get(each) == name), "is to be used")


def _lacking(what: str, provider: str, target: Target, session: Session) -> HelperError:
    if provider != "env":
        return incomplete(f"it lacks {printable(what)}", target, session)
    return HelperError(
        "keys-incomplete",
        f"the keys in the environment are no credentials for {target.host}: {printable(what)} is not set",
        f"set {printable(what)} too, or unset AWS_ACCESS_KEY_ID",
    )


def _loop(error: Exception, target: Target) -> HelperError:
    kwargs: dict[str, Any] = getattr(error, "kwargs", {})
    names = " -> ".join(map(printable, [*kwargs.get("visited_profiles", ()), kwargs.get("source_profile", "")]))
    return HelperError(
        "profile-loop",
        f"the profiles for {target.host} take their credentials from each other: {names}",
        "let the source_profile of one of them be a profile that has credentials of its own",
    )
