"""One connection to a service: requests in, answers out."""

from __future__ import annotations

import contextlib
from collections.abc import Generator, Iterator
from http.server import BaseHTTPRequestHandler
from typing import Any, Callable

from tests.instance.services import containers, ecr, metadata, registry, sso, sts
from tests.instance.services.messages import NEVER, Answer, Call, Request, text
from tests.instance.services.places import host_of
from tests.instance.services.state import Cloud

_PIECE = 65536

_ANSWERS: dict[str, Callable[[Cloud, Request], Answer]] = {
    "metadata": metadata.answer,
    "container": containers.answer,
    "sso": sso.answer,
    "ecr": ecr.answer,
    "ecr-public": ecr.answer,
    "sts": sts.answer,
    "registry": registry.answer,
    "unknown": lambda _cloud, _request: text(421, "no service of this name is here"),
}


class Handler(BaseHTTPRequestHandler):
    """Frames what the services say; runs in its connection's own thread."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Any  # a Server, which imports this module

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base class's name
        """Write nothing: the log is `Cloud.log`."""

    def answer(self) -> None:
        """Note a request, have its service answer, and send that."""
        cloud: Cloud = self.server.cloud
        request = self._arrived()
        cloud.note(request.call)
        self.server.closing.wait(cloud.told.delay.get(request.service, 0))
        answer = _ANSWERS[request.service](cloud, request)
        if answer is NEVER:
            self._keep_silent()
            return
        request.call.status = answer.status
        self._send(answer)
        for _ in request.body:  # what a refused upload still sends, or the next request is not found
            pass

    # The base class calls a method by the request's.
    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = answer  # noqa: N815

    def _arrived(self) -> Request:
        place = self.server.route(self.path, self.headers)
        path = self.path.partition("?")[0]
        call = Call(place.service, f"{self.command} {path}", host_of(self.headers))
        return Request(self.command, self.path, self.headers, self._body(), place.service, place.region, call)

    def _body(self) -> Iterator[bytes]:
        if "chunked" not in self.headers.get("Transfer-Encoding", ""):
            yield from self._exactly(int(self.headers.get("Content-Length", 0)))
            return
        while size := int(self._line().partition(b";")[0], 16):
            yield from self._exactly(size)
            self._line()
        while self._line().strip():  # trailers
            pass

    def _exactly(self, size: int) -> Iterator[bytes]:
        while size:
            piece = self.rfile.read1(min(size, _PIECE))
            if not piece:
                raise ConnectionResetError("the client left within a body")
            size -= len(piece)
            yield piece

    def _line(self) -> bytes:
        line = self.rfile.readline(_PIECE)
        if not line:
            raise ConnectionResetError("the client left between two chunks")
        return line

    def _send(self, answer: Answer) -> None:
        bodiless = self.command == "HEAD" or answer.status in (204, 304)
        chunked = not bodiless and "content-length" not in {name.lower() for name, _ in answer.framed}
        self._send_head(answer, chunked=chunked)
        with contextlib.closing(self._pieces(answer)) as pieces:
            for piece in pieces:
                if not bodiless:
                    self.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece) if chunked else piece)
        if chunked:
            self.wfile.write(b"0\r\n\r\n")

    def _send_head(self, answer: Answer, *, chunked: bool) -> None:
        self.send_response_only(answer.status)
        for name, value in answer.framed:
            self.send_header(name, value)
        if chunked:
            self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()

    def _pieces(self, answer: Answer) -> Generator[bytes, None, None]:
        if not isinstance(answer.body, bytes):
            yield from answer.body
        elif not answer.dripping:
            yield answer.body
        else:
            for start in range(len(answer.body)):
                yield answer.body[start : start + 1]
                self.server.closing.wait(1)

    def _keep_silent(self) -> None:
        """Hold the connection until the client leaves, or the server shuts it down."""
        while self.connection.recv(_PIECE):
            pass
        self.close_connection = True
