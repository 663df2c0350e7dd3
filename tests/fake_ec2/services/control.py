"""Remote access to a `Cloud` from another process: one JSON line in each direction over a Unix socket."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import socketserver
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import cast

from tests.fake_ec2.services.state import Cloud

_METHODS = ("count_calls", "read_log", "forget", "configure", "reset")


class Control:
    """Client for a stand-in that runs as a program; see `Cloud` for the methods."""

    def __init__(self, path: str) -> None:
        """Initialize with the path of the program's socket."""
        self._path = path

    def configure(self, **changes: object) -> None:
        """Change the behavior. Raises ValueError for an unknown name or an invalid value."""
        self._call("configure", **changes)

    def reset(self) -> None:
        """Restore the initial behavior."""
        self._call("reset")

    def count_calls(self) -> dict[str, int]:
        """Return the number of requests to each service since the last `forget`."""
        return cast("dict[str, int]", self._call("count_calls"))

    def read_log(self) -> list[dict[str, object]]:
        """Return those requests in order."""
        return cast("list[dict[str, object]]", self._call("read_log"))

    def forget(self) -> None:
        """Clear the log and with it the counts."""
        self._call("forget")

    def _call(self, method: str, **arguments: object) -> object:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(self._path)
            connection.sendall(json.dumps([method, arguments]).encode() + b"\n")
            with connection.makefile("rb") as lines:
                answer = json.loads(lines.readline())
        if "error" in answer:
            raise ValueError(answer["error"])
        return answer["result"]


class _Handler(socketserver.StreamRequestHandler):
    server: _Server

    def handle(self) -> None:
        for line in self.rfile:
            self.wfile.write(json.dumps(self._execute(line)).encode() + b"\n")

    def _execute(self, line: bytes) -> dict[str, object]:
        method, arguments = json.loads(line)
        if method not in _METHODS:
            return {"error": f"there is {', '.join(_METHODS)}"}
        try:
            return {"result": getattr(self.server.cloud, method)(**arguments)}
        except ValueError as error:
            return {"error": str(error)}


class _Server(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True
    cloud: Cloud


@contextlib.contextmanager
def serve_control(path: str, cloud: Cloud) -> Iterator[None]:
    """Serve calls on a socket that only its owner can open, until the block ends."""
    Path(path).unlink(missing_ok=True)
    mask = os.umask(0o177)
    try:
        server = _Server(path, _Handler)
    finally:
        os.umask(mask)
    server.cloud = cloud
    with server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        try:
            yield
        finally:
            server.shutdown()
    Path(path).unlink()
