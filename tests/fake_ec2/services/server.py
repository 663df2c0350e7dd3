"""The HTTP server that all services share: one thread per connection, so that no client can stall another."""

from __future__ import annotations

import contextlib
import socket
import socketserver
import ssl
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from typing import Any

from tests.fake_ec2.services.handler import Handler
from tests.fake_ec2.services.routing import Router
from tests.fake_ec2.services.state import Cloud

_POLL_INTERVAL = 0.05  # seconds between the accepting thread's checks for a shutdown


class Server(socketserver.ThreadingMixIn, socketserver.TCPServer):
    """A server for one address, over plain HTTP or TLS, that tracks its open connections."""

    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 256  # some tests start many processes that call at once

    def __init__(
        self,
        address: tuple[str, int],
        cloud: Cloud,
        route: Router,
        tls: ssl.SSLContext | None,
        handler: type[BaseHTTPRequestHandler],
    ) -> None:
        """Bind and listen."""
        self.address_family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        self.cloud = cloud
        self.route = route
        self.closing = threading.Event()
        self._tls = tls
        self._connections: set[socket.socket] = set()
        self._connections_changed = threading.Condition()
        super().__init__(address, handler)

    def get_request(self) -> tuple[socket.socket, Any]:
        """Accept a connection and track it.

        The first read does the TLS handshake, in the connection's own thread: a stalled client does not block others.
        """
        connection, peer = super().get_request()
        if self._tls is not None:
            connection = self._tls.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        with self._connections_changed:
            self._connections.add(connection)
        return connection, peer

    def shutdown_request(self, request: Any) -> None:  # noqa: ANN401  # a socket
        """Close a connection and stop tracking it."""
        super().shutdown_request(request)
        with self._connections_changed:
            self._connections.discard(request)
            self._connections_changed.notify_all()

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401
        """Ignore clients that disconnect; print any other error, which is a bug in the stand-in."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)

    def hang_up(self) -> None:
        """Shut down every connection, even a blocked one, and wait for their threads to release them."""
        self.closing.set()
        with self._connections_changed:
            for connection in self._connections:
                with contextlib.suppress(OSError):
                    # Not SSLSocket.shutdown, which removes the TLS object while another thread reads.
                    socket.socket.shutdown(connection, socket.SHUT_RDWR)
            self._connections_changed.wait_for(lambda: not self._connections, timeout=5)


@contextlib.contextmanager
def listen(
    address: tuple[str, int],
    cloud: Cloud,
    route: Router,
    tls: ssl.SSLContext | None = None,
    handler: type[BaseHTTPRequestHandler] = Handler,
) -> Iterator[int]:
    """Serve at an address until the block ends, and then stop at once; yields the port."""
    with Server(address, cloud, route, tls, handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(_POLL_INTERVAL,), daemon=True)
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()
            server.hang_up()
