"""Where an exception came from: botocore's credential chain lets out what the code below it raised, and the frames that
it passed through tell which of its providers was at work, however deep in a chain of profiles.
"""

from __future__ import annotations

from subprocess import Popen
from traceback import walk_tb
from typing import TYPE_CHECKING, Any

from botocore import credentials

from credhelper.aws.diagnosis.quoting import quote_error

if TYPE_CHECKING:
    from collections.abc import Iterator

# What fetches for a provider, by the name that the provider has (botocore's METHOD).
_FETCHER_METHODS = {
    "AssumeRoleCredentialFetcher": "assume-role",
    "AssumeRoleWithWebIdentityCredentialFetcher": "assume-role-with-web-identity",
    "SSOCredentialFetcher": "sso",
    "LoginCredentialFetcher": "login",
    "InstanceMetadataFetcher": "iam-role",
}


def find_provider(error: BaseException) -> str:
    """Give botocore's name (METHOD) of the provider that was at work; "" if none was."""
    for frame_locals in _iter_frame_locals(error):
        instance = frame_locals.get("self")
        method = _FETCHER_METHODS.get(type(instance).__name__)
        if method is None and isinstance(instance, credentials.CredentialProvider):
            method = instance.METHOD
        if method is None and isinstance(instance, credentials.Credentials):
            method = instance.method
        if method:
            return str(method)
    return ""


def find_process(error: BaseException) -> Popen[bytes] | None:
    """Give the program that had been run and had ended."""
    for frame_locals in _iter_frame_locals(error):
        for name, value in frame_locals.items():
            if name != "self" and isinstance(value, Popen):  # by itself it is one that could not be started
                return value
    return None


def find_parameter(error: BaseException, name: str) -> str:
    """Give a parameter of the call to AWS that failed; "" if there was none."""
    calls = (frame_locals.get("api_params") for frame_locals in _iter_frame_locals(error))
    return next((str(params.get(name, "")) for params in calls if isinstance(params, dict)), "")


def is_from_call(error: BaseException) -> bool:
    """Whether it came out of a call to AWS: of its parameters, of the way, or of the answer."""
    return any("api_params" in frame_locals for frame_locals in _iter_frame_locals(error))


def is_from_response(error: BaseException) -> bool:
    """Whether an answer of AWS had come, and what was made of it raised."""
    return any(frame_locals.get("response") is not None for frame_locals in _iter_frame_locals(error))


def iter_causes(error: BaseException | None) -> Iterator[BaseException]:
    """The exception, and each one that led to it: botocore keeps its in a field, the others in their context."""
    visited_ids: set[int] = set()
    while error is not None and id(error) not in visited_ids:
        visited_ids.add(id(error))
        yield error
        cause = getattr(error, "kwargs", {}).get("error")
        error = cause if isinstance(cause, BaseException) else error.__cause__ or error.__context__


def describe_root_cause(error: BaseException) -> str:
    """Give what the first cause of all says."""
    *_, root_cause = iter_causes(error)
    # What could not be written or read as it should be is quoted by a ValueError, whatever it is.
    return str(
        getattr(root_cause, "strerror", None)
        or (type(root_cause).__name__ if _may_quote_input(root_cause) else quote_error(root_cause))
    )


def _may_quote_input(error: BaseException) -> bool:
    return isinstance(error, ValueError) and not isinstance(error, OSError)


def _iter_frame_locals(error: BaseException) -> Iterator[dict[str, Any]]:
    stack_locals = [frame.f_locals for frame, _ in walk_tb(error.__traceback__)]
    return reversed(stack_locals)
