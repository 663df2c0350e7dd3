"""A name server that knows no names: a name that is not in the hosts file does not exist."""

from __future__ import annotations

import contextlib
import socketserver
import threading
from collections.abc import Iterator

_HEADER = 12  # bytes (RFC 1035, 4.1.1)
_NO_SUCH_NAME = b"\x81\x83"  # flags: response, recursion desired and available, NXDOMAIN


class _Handler(socketserver.DatagramRequestHandler):
    def handle(self) -> None:
        query = self.rfile.read()
        question = query[_HEADER : query.index(b"\0", _HEADER) + 5]  # name, type and class
        self.wfile.write(query[:2] + _NO_SUCH_NAME + b"\0\1" + bytes(6) + question)


@contextlib.contextmanager
def serve_dns(address: tuple[str, int]) -> Iterator[None]:
    """Serve DNS at an address until the block ends."""
    with socketserver.UDPServer(address, _Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        try:
            yield
        finally:
            server.shutdown()
