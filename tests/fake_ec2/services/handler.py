"""One connection to a service: parses its requests and sends the answers."""

from __future__ import annotations

import contextlib
from collections.abc import Generator, Iterator
from http.server import BaseHTTPRequestHandler
from typing import Any, Callable

from tests.fake_ec2.services import containers, ecr, metadata, registry, sso, sts
from tests.fake_ec2.services.messages import NO_RESPONSE, Call, Request, Response, text_response
from tests.fake_ec2.services.routing import request_host
from tests.fake_ec2.services.state import Cloud

_CHUNK_SIZE = 65536

_RESPONDERS: dict[str, Callable[[Cloud, Request], Response]] = {
    "metadata": metadata.respond,
    "container": containers.respond,
    "sso": sso.respond,
    "ecr": ecr.respond,
    "ecr-public": ecr.respond,
    "sts": sts.respond,
    "registry": registry.respond,
    "unknown": lambda _cloud, _request: text_response(421, "no service of this name is here"),
}


class Handler(BaseHTTPRequestHandler):
    """Frames the answers of the services; runs in its connection's own thread."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Any  # a Server, which imports this module

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base class's name
        """Write nothing: the log is `Cloud.read_log`."""

    def respond(self) -> None:
        """Record a request, dispatch it to its service and send the answer."""
        cloud: Cloud = self.server.cloud
        request = self._read_request()
        cloud.record_call(request.call)
        self.server.closing.wait(cloud.behaviour.delay.get(request.service, 0))
        response = _RESPONDERS[request.service](cloud, request)
        if response is NO_RESPONSE:
            self._keep_silent()
            return
        request.call.status = response.status
        self._send(response)
        for _ in request.body:  # drain the rest of a refused upload, so that the next request can be read
            pass

    # The base class derives the name of the method from the request's.
    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = respond  # noqa: N815

    def _read_request(self) -> Request:
        destination = self.server.route(self.path, self.headers)
        path = self.path.partition("?")[0]
        call = Call(destination.service, f"{self.command} {path}", request_host(self.headers))
        return Request(
            self.command, self.path, self.headers, self._iter_body(), destination.service, destination.region, call
        )

    def _iter_body(self) -> Iterator[bytes]:
        if "chunked" not in self.headers.get("Transfer-Encoding", ""):
            yield from self._iter_exactly(int(self.headers.get("Content-Length", 0)))
            return
        while size := int(self._read_line().partition(b";")[0], 16):
            yield from self._iter_exactly(size)
            self._read_line()
        while self._read_line().strip():  # trailers
            pass

    def _iter_exactly(self, size: int) -> Iterator[bytes]:
        while size:
            chunk = self.rfile.read1(min(size, _CHUNK_SIZE))
            if not chunk:
                raise ConnectionResetError("the client left within a body")
            size -= len(chunk)
            yield chunk

    def _read_line(self) -> bytes:
        line = self.rfile.readline(_CHUNK_SIZE)
        if not line:
            raise ConnectionResetError("the client left between two chunks")
        return line

    def _send(self, response: Response) -> None:
        has_no_body = self.command == "HEAD" or response.status in (204, 304)
        is_chunked = not has_no_body and "content-length" not in {
            name.lower() for name, _ in response.headers_with_length
        }
        self._send_head(response, is_chunked=is_chunked)
        with contextlib.closing(self._iter_chunks(response)) as chunks:
            for chunk in chunks:
                if not has_no_body:
                    self.wfile.write(b"%x\r\n%b\r\n" % (len(chunk), chunk) if is_chunked else chunk)
        if is_chunked:
            self.wfile.write(b"0\r\n\r\n")

    def _send_head(self, response: Response, *, is_chunked: bool) -> None:
        self.send_response_only(response.status)
        for name, value in response.headers_with_length:
            self.send_header(name, value)
        if is_chunked:
            self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()

    def _iter_chunks(self, response: Response) -> Generator[bytes, None, None]:
        if not isinstance(response.body, bytes):
            yield from response.body
        elif not response.byte_by_byte:
            yield response.body
        else:
            for start in range(len(response.body)):
                yield response.body[start : start + 1]
                self.server.closing.wait(1)

    def _keep_silent(self) -> None:
        """Hold the connection open until the client closes it or the server shuts it down."""
        while self.connection.recv(_CHUNK_SIZE):
            pass
        self.close_connection = True
