"""A forward proxy like a company's: HTTPS is tunneled, and the log shows each destination."""

from __future__ import annotations

import base64
import contextlib
import select
import socket
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from tests.fake_ec2.services.messages import Call

if TYPE_CHECKING:
    from tests.fake_ec2.services.state import Cloud

_CHUNK_SIZE = 65536
_TIMEOUT = 5  # seconds to connect


class Tunnel(BaseHTTPRequestHandler):
    """One client connection to the proxy."""

    protocol_version = "HTTP/1.1"
    server: Any  # a Server, which takes this class

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base class's name
        """Write nothing: the log is `Cloud.read_log`."""

    def do_CONNECT(self) -> None:
        """Connect the client to its destination and relay both directions."""
        call = self._record_call(self.path)
        if call.principal is None:
            self._refuse(call, 407)
            return
        host, _, port = self.path.rpartition(":")
        try:
            upstream = socket.create_connection((host, int(port)), _TIMEOUT)
        except OSError:
            self._refuse(call, 503)
            return
        with upstream:
            call.status = 200
            self.send_response_only(200, "Connection established")
            self.end_headers()
            self._relay(upstream)
        self.close_connection = True

    def do_GET(self) -> None:
        """Refuse plain HTTP: link-local services, such as metadata, must not be reachable through the proxy."""
        call = self._record_call(str(urlsplit(self.path).netloc))
        if self.server.cloud.behaviour.proxy == "swallow":
            while self.connection.recv(_CHUNK_SIZE):
                pass
            self.close_connection = True
        else:
            self._refuse(call, 503)

    do_PUT = do_GET  # noqa: N815  # the base class derives the method's name from the request's

    def _record_call(self, target: str) -> Call:
        cloud: Cloud = self.server.cloud
        call = Call(
            "proxy", self.command, target.partition(":")[0], principal=self._authenticate(cloud.behaviour.proxy_users)
        )
        cloud.record_call(call)
        return call

    def _authenticate(self, users: dict[str, str]) -> str | None:
        """Return the name of the authenticated user, or None if the credentials are wrong."""
        if not users:
            return "anybody"
        credentials = self.headers.get("Proxy-Authorization", "").partition(" ")[2]
        name, _, password = base64.b64decode(credentials).decode().partition(":")
        return name if users.get(name) == password else None

    def _refuse(self, call: Call, status: int) -> None:
        call.status = status
        self.send_response_only(status)
        if status == 407:
            self.send_header("Proxy-Authenticate", 'Basic realm="proxy"')
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _relay(self, upstream: socket.socket) -> None:
        """Relay data in both directions until one side closes its connection."""
        peers = {self.connection: upstream, upstream: self.connection}
        with contextlib.suppress(ConnectionError):
            while True:
                for side in select.select(list(peers), [], [])[0]:
                    chunk = side.recv(_CHUNK_SIZE)
                    if not chunk:
                        return
                    peers[side].sendall(chunk)
