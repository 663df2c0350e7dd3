"""The HTTP server that all services share: a thread a connection, and no client can stall another."""

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

_POLL_INTERVAL = 0.05  # seconds until the accepting thread sees that it is to end


class Server(socketserver.ThreadingMixIn, socketserver.TCPServer):
    """Listens on one address, in the clear or with TLS, and knows its open connections."""

    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 256  # crowds of processes that call at once are among the trials

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
        """Accept a connection, and remember it.

        The first read shakes hands, in the connection's own thread: a client that stalls holds up nobody else.
        """
        connection, peer = super().get_request()
        if self._tls is not None:
            connection = self._tls.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        with self._connections_changed:
            self._connections.add(connection)
        return connection, peer

    def shutdown_request(self, request: Any) -> None:  # noqa: ANN401  # a socket
        """Close a connection, and forget it."""
        super().shutdown_request(request)
        with self._connections_changed:
            self._connections.discard(request)
            self._connections_changed.notify_all()

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401
        """Let clients leave when they like; anything else is a fault of ours and is shown."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)

    def hang_up(self) -> None:
        """End every connection, whatever it waits for, and wait for the threads to let go of them."""
        self.closing.set()
        with self._connections_changed:
            for connection in self._connections:
                with contextlib.suppress(OSError):
                    # Not SSLSocket's own, which takes TLS away under the thread that reads.
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
    """Serve at an address until the block ends, which is at once; gives the port."""
    with Server(address, cloud, route, tls, handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(_POLL_INTERVAL,), daemon=True)
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()
            server.hang_up()
