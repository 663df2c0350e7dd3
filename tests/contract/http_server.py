"""An endpoint with fixed answers, for answers that no AWS service would give."""

from __future__ import annotations

import contextlib
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Callable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


@contextlib.contextmanager
def serve_answer(body: object, status: int = 200, **headers: str) -> Iterator[str]:
    """Yield the URL of an endpoint that always answers with `body`: bytes unchanged, anything else as JSON."""
    with _serve(lambda _: (status, body), headers) as url:
        yield url


@contextlib.contextmanager
def serve_by_path(answers: Mapping[str, tuple[int, object]]) -> Iterator[str]:
    """Yield the URL of an endpoint that answers each path with its status and body, and other paths with 404."""
    with _serve(lambda path: answers.get(path, (404, b"")), {}) as url:
        yield url


@contextlib.contextmanager
def _serve(answer: Callable[[str], tuple[int, object]], headers: Mapping[str, str]) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Print nothing, so that no log is mixed with the output of the test."""

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            status, body = answer(self.path)
            data = body if isinstance(body, bytes) else json.dumps(body).encode()
            self.send_response(status)
            for name, value in {"Content-Type": "application/x-amz-json-1.1", **headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def do_GET(self) -> None:
            self.do_POST()

        def do_PUT(self) -> None:
            self.do_POST()

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
