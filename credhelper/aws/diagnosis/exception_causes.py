"""An exception, and those that led to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from credhelper.aws.diagnosis.quoting import describe
from credhelper.error_catalog.quoting import describe_type

if TYPE_CHECKING:
    from collections.abc import Iterator


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
        or (describe_type(root_cause) if _may_quote_input(root_cause) else describe(root_cause))
    )


def _may_quote_input(error: BaseException) -> bool:
    return isinstance(error, ValueError) and not isinstance(error, OSError)
