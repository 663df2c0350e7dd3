"""A request and its answer, between the server and the services."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import Message
from urllib.parse import urlsplit


@dataclass
class Call:
    """A request's line in the log. The service fills in what it finds out; never a secret."""

    service: str
    operation: str
    host: str
    principal: str | None = None
    status: int | None = None
    role: str | None = None  # that STS is asked for


@dataclass
class Request:
    """One request; `region` is the host's, None where the host is the loopback."""

    method: str
    target: str
    headers: Message
    body: Iterator[bytes]
    service: str
    region: str | None
    call: Call

    @property
    def path(self) -> str:
        """Give the target without its query."""
        return urlsplit(self.target).path

    def read(self) -> bytes:
        """Give the whole body."""
        return b"".join(self.body)


@dataclass
class Response:
    """One answer. A body in pieces comes with its own headers, a Content-Length among them or not."""

    status: int
    body: bytes | Iterator[bytes] = b""
    headers: list[tuple[str, str]] = field(default_factory=list)
    byte_by_byte: bool = False

    @property
    def headers_with_length(self) -> list[tuple[str, str]]:
        """Give the headers, with the body's length where that is known."""
        if isinstance(self.body, bytes):
            return [*self.headers, ("Content-Length", str(len(self.body)))]
        return self.headers


NO_RESPONSE = Response(0)
"""The answer that is not given: the connection stays open and silent until the client leaves."""


def json_response(status: int, content: dict[str, object]) -> Response:
    """Give an answer in JSON."""
    return Response(status, json.dumps(content).encode(), [("Content-Type", "application/json")])


def text_response(status: int, body: str) -> Response:
    """Give an answer in plain text."""
    return Response(status, body.encode(), [("Content-Type", "text/plain")])
