"""A request passed on to the registry behind, streaming both ways."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from urllib.parse import urlsplit

from tests.instance.services.messages import Answer, Request, text

_PIECE = 65536

# Those that speak of one connection only (RFC 9110, 7.6.1), what this proxy answers itself (Expect), and
# what is for ECR alone.
_HOP = {
    "connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection", "te",
    "trailer", "transfer-encoding", "upgrade", "host", "expect", "authorization",
}  # fmt: skip


def forward(registry: tuple[str, int], request: Request) -> Answer:
    """Give the registry's answer, its body still to be read."""
    connection = http.client.HTTPConnection(*registry)
    try:
        _ask(connection, request)
        response = connection.getresponse()
    except ConnectionRefusedError:
        connection.close()
        return text(502, f"no registry listens on {registry[0]} port {registry[1]}")
    except BaseException:
        connection.close()
        raise
    headers = [_outward(name, value, registry, request) for name, value in _lasting(response.getheaders())]
    return Answer(response.status, _pieces(connection, response), headers)


def _ask(connection: http.client.HTTPConnection, request: Request) -> None:
    # Header by header: folding several Accept lines into one gets an old manifest schema, and another digest.
    connection.putrequest(request.method, request.target, skip_accept_encoding=True)
    for name, value in _lasting(list(request.headers.items())):
        connection.putheader(name, value)
    chunked = "Transfer-Encoding" in request.headers
    if chunked:
        connection.putheader("Transfer-Encoding", "chunked")
    connection.endheaders(request.body, encode_chunked=chunked)


def _lasting(headers: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(name, value) for name, value in headers if name.lower() not in _HOP]


def _outward(name: str, value: str, registry: tuple[str, int], request: Request) -> tuple[str, str]:
    """Let a Location that names the registry behind name the host that the client asked."""
    location = urlsplit(value)
    if name.lower() != "location" or location.netloc != "{}:{}".format(*registry):
        return name, value
    return name, location._replace(scheme="https", netloc=request.headers["Host"]).geturl()


def _pieces(connection: http.client.HTTPConnection, response: http.client.HTTPResponse) -> Iterator[bytes]:
    try:
        while piece := response.read1(_PIECE):
            yield piece
    finally:
        connection.close()
