"""Where an exception came from: botocore's credential chain lets out what the code below it raised, and the frames that
it passed through tell which of its providers was at work, however deep in a chain of profiles.
"""

from __future__ import annotations

from subprocess import Popen
from traceback import walk_tb
from typing import TYPE_CHECKING, Any

from botocore import credentials

from credhelper.aws.failures.words import line

if TYPE_CHECKING:
    from collections.abc import Iterator

# What fetches for a provider, by the name that the provider has (botocore's METHOD).
_FETCHERS = {
    "AssumeRoleCredentialFetcher": "assume-role",
    "AssumeRoleWithWebIdentityCredentialFetcher": "assume-role-with-web-identity",
    "SSOCredentialFetcher": "sso",
    "LoginCredentialFetcher": "login",
    "InstanceMetadataFetcher": "iam-role",
}


def provider(error: BaseException) -> str:
    """Give botocore's name (METHOD) of the provider that was at work; "" if none was."""
    for frame in _innermost_first(error):
        at_work = frame.get("self")
        name = _FETCHERS.get(type(at_work).__name__)
        if name is None and isinstance(at_work, credentials.CredentialProvider):
            name = at_work.METHOD
        if name is None and isinstance(at_work, credentials.Credentials):
            name = at_work.method
        if name:
            return str(name)
    return ""


def program(error: BaseException) -> Popen[bytes] | None:
    """Give the program that had been run and had ended."""
    for frame in _innermost_first(error):
        for name, value in frame.items():
            if name != "self" and isinstance(value, Popen):  # by itself it is one that could not be started
                return value
    return None


def asked(error: BaseException, parameter: str) -> str:
    """Give a parameter of the call to AWS that failed; "" if there was none."""
    sent = (frame.get("api_params") for frame in _innermost_first(error))
    return next((str(each.get(parameter, "")) for each in sent if isinstance(each, dict)), "")


def is_of_a_call(error: BaseException) -> bool:
    """Whether it came out of a call to AWS: of its parameters, of the way, or of the answer."""
    return any("api_params" in frame for frame in _innermost_first(error))


def is_of_an_answer(error: BaseException) -> bool:
    """Whether an answer of AWS had come, and what was made of it raised."""
    return any(frame.get("response") is not None for frame in _innermost_first(error))


def causes(error: BaseException | None) -> Iterator[BaseException]:
    """The exception, and each one that led to it: botocore keeps its in a field, the others in their context."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        kept = getattr(error, "kwargs", {}).get("error")
        error = kept if isinstance(kept, BaseException) else error.__cause__ or error.__context__


def innermost(error: BaseException) -> str:
    """Give what the first cause of all says."""
    *_, first = causes(error)
    # What could not be written or read as it should be is quoted by a ValueError, whatever it is.
    return str(getattr(first, "strerror", None) or (type(first).__name__ if _quotes(first) else line(first)))


def _quotes(error: BaseException) -> bool:
    return isinstance(error, ValueError) and not isinstance(error, OSError)


def _innermost_first(error: BaseException) -> Iterator[dict[str, Any]]:
    frames = [frame.f_locals for frame, _ in walk_tb(error.__traceback__)]
    return reversed(frames)
