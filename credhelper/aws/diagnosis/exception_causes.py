"""An exception and its causes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from credhelper.aws.diagnosis.quoting import describe
from credhelper.error_catalog.quoting import describe_type

if TYPE_CHECKING:
    from collections.abc import Iterator


def iter_causes(error: BaseException | None) -> Iterator[BaseException]:
    """Yield the exception and each of its causes: botocore stores a cause in a field, others in their context."""
    visited_ids: set[int] = set()
    while error is not None and id(error) not in visited_ids:
        visited_ids.add(id(error))
        yield error
        cause = getattr(error, "kwargs", {}).get("error")
        error = cause if isinstance(cause, BaseException) else error.__cause__ or error.__context__


def describe_root_cause(error: BaseException) -> str:
    """Return the message of the root cause."""
    *_, root_cause = iter_causes(error)
    # A ValueError quotes the text that could not be encoded or parsed, even if it is a secret.
    return str(
        getattr(root_cause, "strerror", None)
        or (describe_type(root_cause) if _may_quote_input(root_cause) else describe(root_cause))
    )


def _may_quote_input(error: BaseException) -> bool:
    return isinstance(error, ValueError) and not isinstance(error, OSError)
