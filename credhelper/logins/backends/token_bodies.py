"""ECR tokens in the keyring, for users who may not store a token in a file (tokens.keyring in the settings).

The file of the entry remains, with its dependencies and without its body. A keyring that fails or hangs costs speed,
never the answer.
"""

from __future__ import annotations

import base64
import time
from typing import TYPE_CHECKING, Callable, TypeVar

from credhelper import timeouts
from credhelper.error_catalog.logins import KEYRING_SILENT
from credhelper.errors import HelperError
from credhelper.logins.backends.keyrings import Keyrings
from credhelper.logins.index_store import LoginIndex
from credhelper.logins.server_forms import token_service_name
from credhelper.system.deadline import DeadlineExceeded, run_with_timeout

if TYPE_CHECKING:
    from credhelper.system.context import Context

T = TypeVar("T")


class KeyringBodies:
    """The bodies of cache entries, by the names of the entries, in the keyring that stores logins."""

    def __init__(self, context: Context) -> None:
        self._progress = context.progress
        self._keyrings = Keyrings(context, LoginIndex(context.environ))
        self._error: HelperError | None = None
        # seconds for all calls of one run to the keyring; an exchange takes less
        self._remaining = timeouts.optional_keyring_timeout(context.environ)

    def get(self, name: str) -> bytes:
        """Return the body of the entry `name`; b"" if it is not available."""
        encoded_body = self._attempt(lambda: self._keyrings.open_for_tokens().get(token_service_name(name)))
        try:
            return base64.b64decode(encoded_body or "", validate=True)
        except (ValueError, TypeError):  # the stored value was edited
            return b""

    def set(self, name: str, body: bytes) -> str:
        """Store the body of the entry `name`; return "", or a note with the reason if that failed."""
        self._attempt(
            lambda: self._keyrings.open_for_tokens().set(
                token_service_name(name), base64.b64encode(body).decode("ascii")
            )
        )
        return f"the token is not cached: {self._error} [{self._error.id}]" if self._error else ""

    def delete(self, name: str) -> None:
        """Delete the body of the entry `name`. Raises HelperError."""
        self._attempt(lambda: self._keyrings.open_for_tokens(to_delete=True).delete(token_service_name(name)))
        if self._error:
            raise self._error

    def _attempt(self, work: Callable[[], T]) -> T | None:
        """Return the result of `work`, run with a short timeout; None if it fails, or if an earlier call did."""
        if self._error:
            return None
        self._progress.step("reading a token from the keyring")
        started_at = time.monotonic()
        try:
            return run_with_timeout(lambda: self._remaining, work, self._progress)
        except HelperError as error:
            self._error = error
        except DeadlineExceeded:
            self._error = KEYRING_SILENT.error(hang=self._progress.describe_hang())
        finally:
            self._remaining -= time.monotonic() - started_at
        return None
