"""What botocore's credential chain does: which provider failed, which program it ran, and its last call to AWS.

botocore lets an exception out as it was raised, by whatever code, and nothing in it tells which provider was at work,
however deep in a chain of profiles. So each provider is wrapped (provider_chain.py), a program is started here, and the
events that botocore emits show its calls.
"""

from __future__ import annotations

import contextlib
from subprocess import Popen
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from botocore.session import Session

_FIRST_ERROR_STATUS = 300  # botocore's own bound: it takes redirections for errors


class Observer:
    """Observes the credential chain of `session`, and the calls of all clients that the session creates from now on.

    `process` is the program that was started last, None if it could not be. `is_calling` says that the last call to AWS
    has not been answered: it is under way, or raised an exception. `has_response` says that it was answered, and not
    with an error.
    """

    def __init__(self, session: Session) -> None:
        self.session = session
        self.process: Popen[bytes] | None = None
        self.is_calling = False
        self.has_response = False
        self._params: Mapping[str, object] = {}
        self._failure: tuple[Exception | None, str] = (None, "")
        session.register("provide-client-params", self._begin_call)
        session.register("after-call", self._end_call)

    @property
    def role_arn(self) -> str:
        """The role that the last call to AWS asked for; "" if it asked for none."""
        return str(self._params.get("RoleArn", ""))

    def provider_of(self, error: Exception) -> str:
        """Return botocore's name (METHOD) of the innermost provider that let `error` out; "" if none did."""
        failure, method = self._failure
        return method if failure is error else ""

    @contextlib.contextmanager
    def attribute_errors(self, method: str | None) -> Iterator[None]:
        """Attribute an exception to the provider `method`, unless it comes from a provider within that one."""
        try:
            yield
        except Exception as error:
            if self._failure[0] is not error:
                self._failure = error, method or ""
            raise

    def start_process(self, *args: Any, **kwargs: Any) -> Popen[bytes]:  # noqa: ANN401  (Popen's own)
        """Start a program for botocore, as subprocess.Popen does."""
        self.process = None
        self.process = Popen(*args, **kwargs)  # noqa: S603  (what the profile names)
        return self.process

    def _begin_call(self, **event: Any) -> None:  # noqa: ANN401  (botocore's)
        self._params, self.is_calling, self.has_response = event["params"], True, False

    def _end_call(self, **event: Any) -> None:  # noqa: ANN401
        self.is_calling, self.has_response = False, event["http_response"].status_code < _FIRST_ERROR_STATUS
