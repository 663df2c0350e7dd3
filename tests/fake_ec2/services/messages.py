"""A request and its answer, as exchanged between the server and the services."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import Message
from urllib.parse import urlsplit


@dataclass
class Call:
    """A request's entry in the log. The service adds what it finds out, but never a secret."""

    service: str
    operation: str
    host: str
    principal: str | None = None
    status: int | None = None
    role: str | None = None  # the role that an STS call requests


@dataclass
class Request:
    """One request; `region` is the host's, or None for the loopback."""

    method: str
    target: str
    headers: Message
    body: Iterator[bytes]
    service: str
    region: str | None
    call: Call

    @property
    def path(self) -> str:
        """Return the target without its query."""
        return urlsplit(self.target).path

    def read(self) -> bytes:
        """Return the whole body."""
        return b"".join(self.body)


@dataclass
class Response:
    """One answer. An iterator as the body has its own headers, with or without a Content-Length."""

    status: int
    body: bytes | Iterator[bytes] = b""
    headers: list[tuple[str, str]] = field(default_factory=list)
    byte_by_byte: bool = False

    @property
    def headers_with_length(self) -> list[tuple[str, str]]:
        """Return the headers, with the body's length if it is known."""
        if isinstance(self.body, bytes):
            return [*self.headers, ("Content-Length", str(len(self.body)))]
        return self.headers


NO_RESPONSE = Response(0)
"""No answer: the connection stays open and silent until the client closes it."""


def json_response(status: int, content: dict[str, object]) -> Response:
    """Return an answer in JSON."""
    return Response(status, json.dumps(content).encode(), [("Content-Type", "application/json")])


def text_response(status: int, body: str) -> Response:
    """Return an answer in plain text."""
    return Response(status, body.encode(), [("Content-Type", "text/plain")])
