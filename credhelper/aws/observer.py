"""The observer of botocore's credential chain: the failed provider, the program that was run, the last call to AWS.

botocore does not wrap the exceptions of its providers, and an exception does not show which provider raised it, perhaps
deep in a chain of profiles. Therefore each provider is wrapped (provider_chain.py), programs are started here, and the
calls are observed through botocore's events.
"""

from __future__ import annotations

import contextlib
from subprocess import Popen
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from botocore.session import Session

_FIRST_ERROR_STATUS = 300  # botocore's own bound: it treats redirects as errors


class Observer:
    """Observes the credential chain of `session`, and the calls of all clients that the session creates from now on.

    `process` is the program that was started last; None if it could not be started. `is_calling` means that there is no
    response to the last call to AWS: the call is in progress, or has raised an exception. `has_response` means that
    there is a response, and that it is not an error.
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
        """The ARN of the role that the last call to AWS requested; "" if it requested no role."""
        return str(self._params.get("RoleArn", ""))

    def provider_of(self, error: Exception) -> str:
        """Return botocore's name (METHOD) of the innermost provider that raised `error`; "" if no provider did."""
        failure, method = self._failure
        return method if failure is error else ""

    @contextlib.contextmanager
    def attribute_errors(self, method: str | None) -> Iterator[None]:
        """Attribute an exception to the provider `method`, unless a provider within it raised the exception."""
        try:
            yield
        except Exception as error:
            if self._failure[0] is not error:
                self._failure = error, method or ""
            raise

    def start_process(self, *args: Any, **kwargs: Any) -> Popen[bytes]:  # noqa: ANN401  (Popen's own)
        """Start a program for botocore, as subprocess.Popen does."""
        self.process = None
        self.process = Popen(*args, **kwargs)  # noqa: S603  (the program that the profile names)
        return self.process

    def _begin_call(self, **event: Any) -> None:  # noqa: ANN401  (botocore's)
        self._params, self.is_calling, self.has_response = event["params"], True, False

    def _end_call(self, **event: Any) -> None:  # noqa: ANN401
        self.is_calling, self.has_response = False, event["http_response"].status_code < _FIRST_ERROR_STATUS
