"""ECR's tokens in the keyring, for those whose rules forbid a file with a token (tokens.keyring in the settings).

The entry's file stays, without its answer: what is at hand is told by it, and whether it still holds. A keyring that
fails or hangs costs speed, never the answer.
"""

from __future__ import annotations

import base64
import time
from typing import TYPE_CHECKING, Callable, TypeVar

from credhelper import patience
from credhelper.errors import HelperError
from credhelper.logins.ledger import Ledger
from credhelper.logins.ring import Ring
from credhelper.logins.server import token_service
from credhelper.watch import DeadlineExceeded, Progress, run_with_timeout

if TYPE_CHECKING:
    from collections.abc import Mapping

    from credhelper.settings import Settings

T = TypeVar("T")


class Safe:
    """The answers of entries, by the names of these, in the keyring that logins are kept in."""

    def __init__(self, environ: Mapping[str, str], settings: Settings, watch: Progress | None = None) -> None:
        self._watch = watch or Progress()
        self._ring = Ring(environ, settings, Ledger(environ), self._watch)
        self._error: HelperError | None = None
        self._seconds = patience.optional_keyring_timeout(
            environ
        )  # for all that one run asks of the keyring; an exchange takes less

    def get(self, name: str) -> bytes:
        """Give the answer of the entry `name`; b"" where it is not to be had."""
        blob = self._do(lambda: self._ring.for_tokens().get(token_service(name)))
        try:
            return base64.b64decode(blob or "", validate=True)
        except (ValueError, TypeError):  # somebody has edited it
            return b""

    def put(self, name: str, answer: bytes) -> str:
        """Keep the answer of the entry `name`; give "" or a note why it cannot be."""
        self._do(lambda: self._ring.for_tokens().put(token_service(name), base64.b64encode(answer).decode("ascii")))
        return f"the token is not kept: {self._error.message} [{self._error.id}]" if self._error else ""

    def drop(self, name: str) -> None:
        """Forget the answer of the entry `name`. Raises HelperError."""
        self._do(lambda: self._ring.for_tokens(to_drop=True).drop(token_service(name)))
        if self._error:
            raise self._error

    def _do(self, work: Callable[[], T]) -> T | None:
        """Do it in a short time, and nothing more once that has failed."""
        if self._error:
            return None
        self._watch.step("asking the keyring for a token")
        began = time.monotonic()
        try:
            return run_with_timeout(lambda: self._seconds, work, self._watch)
        except HelperError as error:
            self._error = error
        except DeadlineExceeded:
            fix = "look at the keyring's service"
            self._error = HelperError(
                "keyring-failed", f"the keyring does not answer: {self._watch.describe_hang()}", fix
            )
        finally:
            self._seconds -= time.monotonic() - began
        return None
