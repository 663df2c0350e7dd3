"""Forwards a request to the upstream registry, streaming in both directions."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from urllib.parse import urlsplit

from tests.fake_ec2.services.messages import Request, Response, text_response

_CHUNK_SIZE = 65536

# Headers that concern one connection only (RFC 9110, 7.6.1), the one that this proxy answers itself (Expect), and
# those that are for ECR only.
_HOP_BY_HOP = {
    "connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection", "te",
    "trailer", "transfer-encoding", "upgrade", "host", "expect", "authorization",
}  # fmt: skip


def forward(registry: tuple[str, int], request: Request) -> Response:
    """Return the registry's answer; its body has not been read yet."""
    connection = http.client.HTTPConnection(*registry)
    try:
        _send_request(connection, request)
        response = connection.getresponse()
    except ConnectionRefusedError:
        connection.close()
        return text_response(502, f"no registry listens on {registry[0]} port {registry[1]}")
    except BaseException:
        connection.close()
        raise
    headers = [
        _rewrite_location(name, value, registry, request) for name, value in _drop_hop_by_hop(response.getheaders())
    ]
    return Response(response.status, _iter_chunks(connection, response), headers)


def _send_request(connection: http.client.HTTPConnection, request: Request) -> None:
    # Header by header: merging several Accept lines into one returns an old manifest schema, with another digest.
    connection.putrequest(request.method, request.target, skip_accept_encoding=True)
    for name, value in _drop_hop_by_hop(list(request.headers.items())):
        connection.putheader(name, value)
    is_chunked = "Transfer-Encoding" in request.headers
    if is_chunked:
        connection.putheader("Transfer-Encoding", "chunked")
    connection.endheaders(request.body, encode_chunked=is_chunked)


def _drop_hop_by_hop(headers: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(name, value) for name, value in headers if name.lower() not in _HOP_BY_HOP]


def _rewrite_location(name: str, value: str, registry: tuple[str, int], request: Request) -> tuple[str, str]:
    """Replace the upstream registry in a Location header with the host that the client requested."""
    location = urlsplit(value)
    if name.lower() != "location" or location.netloc != "{}:{}".format(*registry):
        return name, value
    return name, location._replace(scheme="https", netloc=request.headers["Host"]).geturl()


def _iter_chunks(connection: http.client.HTTPConnection, response: http.client.HTTPResponse) -> Iterator[bytes]:
    try:
        while chunk := response.read1(_CHUNK_SIZE):
            yield chunk
    finally:
        connection.close()
