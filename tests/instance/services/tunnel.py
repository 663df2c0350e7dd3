"""A forward proxy, as companies have one: HTTPS passes through, and the log shows where it went."""

from __future__ import annotations

import base64
import contextlib
import select
import socket
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from tests.instance.services.messages import Call

if TYPE_CHECKING:
    from tests.instance.services.state import Cloud

_PIECE = 65536
_PATIENCE = 5  # seconds for a connection


class Tunnel(BaseHTTPRequestHandler):
    """One connection of a client to the proxy."""

    protocol_version = "HTTP/1.1"
    server: Any  # a Server, which takes this class

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base class's name
        """Write nothing: the log is `Cloud.log`."""

    def do_CONNECT(self) -> None:
        """Connect a client to where it asks to go, and stand aside."""
        call = self._noted(self.path)
        if call.principal is None:
            self._refuse(call, 407)
            return
        host, _, port = self.path.rpartition(":")
        try:
            end = socket.create_connection((host, int(port)), _PATIENCE)
        except OSError:
            self._refuse(call, 503)
            return
        with end:
            call.status = 200
            self.send_response_only(200, "Connection established")
            self.end_headers()
            self._pass(end)
        self.close_connection = True

    def do_GET(self) -> None:
        """Answer what comes in the clear: nothing of a link, such as metadata, is to be reached from a proxy."""
        call = self._noted(str(urlsplit(self.path).netloc))
        if self.server.cloud.told.proxy == "swallow":
            while self.connection.recv(_PIECE):
                pass
            self.close_connection = True
        else:
            self._refuse(call, 503)

    do_PUT = do_GET  # noqa: N815  # the base class calls a method by the request's

    def _noted(self, target: str) -> Call:
        cloud: Cloud = self.server.cloud
        call = Call("proxy", self.command, target.partition(":")[0], principal=self._user(cloud.told.proxy_users))
        cloud.note(call)
        return call

    def _user(self, users: dict[str, str]) -> str | None:
        """Give the name of whom we let pass, None for a stranger."""
        if not users:
            return "anybody"
        given = self.headers.get("Proxy-Authorization", "").partition(" ")[2]
        name, _, password = base64.b64decode(given).decode().partition(":")
        return name if users.get(name) == password else None

    def _refuse(self, call: Call, status: int) -> None:
        call.status = status
        self.send_response_only(status)
        if status == 407:
            self.send_header("Proxy-Authenticate", 'Basic realm="proxy"')
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _pass(self, end: socket.socket) -> None:
        """Hand on what either side sends, until one of them ends."""
        other = {self.connection: end, end: self.connection}
        with contextlib.suppress(ConnectionError):
            while True:
                for side in select.select(list(other), [], [])[0]:
                    piece = side.recv(_PIECE)
                    if not piece:
                        return
                    other[side].sendall(piece)
