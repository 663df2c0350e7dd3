"""The registries: which requests they authorize, and what reaches the upstream registry."""

from __future__ import annotations

import base64
import contextlib
import http.client
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from tests.fake_ec2.cloud.requests import INSTANCE, REGISTRY, fetch_password
from tests.fake_ec2.services import Loopback
from tests.fake_ec2.services.routing import route_by_host
from tests.fake_ec2.services.server import listen

REPOSITORY_DENIED = (
    f"User: {INSTANCE} is not authorized to perform: ecr:BatchGetImage on resource: arn:aws:ecr:eu-west-1:210987654321:"
    "repository/team/app because no resource-based policy allows the ecr:BatchGetImage action"
)


class Upstream(BaseHTTPRequestHandler):
    """A registry that answers with a description of the request that reached it."""

    def do_GET(self) -> None:
        self.describe_request(b"")

    def do_PATCH(self) -> None:
        chunks = []
        while size := int(self.rfile.readline(), 16):
            chunks.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        self.describe_request(b"".join(chunks))

    def describe_request(self, body: bytes) -> None:
        description = json.dumps([self.path, self.headers.get_all("Accept"), body.decode()]).encode()
        self.send_response(202)
        address = "{}:{}".format(*self.connection.getsockname())
        self.send_header("Location", f"http://{address}/v2/app/uploads/1?a=b")
        self.end_headers()
        self.wfile.write(description)

    def log_message(self, *_: object) -> None:
        """Write nothing."""


@pytest.fixture
def registry(cloud: Loopback) -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), Upstream) as upstream:
        threading.Thread(target=upstream.serve_forever, args=(0.05,), daemon=True).start()
        cloud.registry = ("127.0.0.1", upstream.server_port)
        with listen(("127.0.0.1", 0), cloud, route_by_host) as port:
            yield f"127.0.0.1:{port}"
        upstream.shutdown()


def send_request(
    registry: str,
    method: str,
    path: str,
    *headers: tuple[str, str],
    host: str = REGISTRY,
    body: Iterator[bytes] | None = None,
) -> tuple[int, http.client.HTTPMessage, str]:
    connection = http.client.HTTPConnection(registry, timeout=5)
    with contextlib.closing(connection):
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        for name, value in [("Host", host), *headers]:
            connection.putheader(name, value)
        connection.endheaders(body, encode_chunked=body is not None)
        response = connection.getresponse()
        return response.status, response.headers, response.read().decode()


def basic_auth(secret: str) -> tuple[str, str]:
    return "Authorization", "Basic " + base64.b64encode(f"AWS:{secret}".encode()).decode()


def test_a_registry_asks_for_a_token_of_ecr(registry: str) -> None:
    status, headers, _ = send_request(registry, "GET", "/v2/")
    assert status == 401
    assert headers["Www-Authenticate"] == f'Basic realm="https://{REGISTRY}/",service="ecr.amazonaws.com"'


def test_a_token_opens_each_registry_of_its_region_and_no_other(cloud: Loopback, registry: str) -> None:
    token = basic_auth(fetch_password(region="eu-west-1"))
    other_account = REGISTRY.replace("123456789012", "210987654321")
    assert send_request(registry, "GET", "/v2/", token, host=other_account)[0] == 202
    assert send_request(registry, "GET", "/v2/", token, host=REGISTRY.replace("west", "north"))[0] == 400
    assert send_request(registry, "GET", "/v2/", token, host="public.ecr.aws")[0] == 400
    assert [(call["principal"], call["status"]) for call in cloud.read_log()[-3:-1]] == [
        (INSTANCE, 202),
        (None, 400),
    ]


def test_an_expired_token_is_refused_with_the_message_of_ecr(clock: list[float], registry: str) -> None:
    token = basic_auth(fetch_password())
    clock[0] += 43200
    status, _, body = send_request(registry, "GET", "/v2/", token)
    error = {
        "code": "DENIED",
        "message": "Your authorization token has expired. Reauthenticate and try again.",
    }
    assert (status, json.loads(body)) == (403, {"errors": [error]})


def test_a_request_reaches_the_upstream_registry_unchanged(registry: str) -> None:
    headers = [basic_auth(fetch_password()), ("Accept", "one"), ("Accept", "two"), ("Transfer-Encoding", "chunked")]
    status, response_headers, body = send_request(
        registry, "PATCH", "/v2/app/x?y=z", *headers, body=iter([b"big ", b"layer"])
    )
    assert (status, json.loads(body)) == (202, ["/v2/app/x?y=z", ["one", "two"], "big layer"])
    assert response_headers["Location"] == f"https://{REGISTRY}/v2/app/uploads/1?a=b"


def test_public_ecr_allows_an_anonymous_pull_but_no_anonymous_push(registry: str) -> None:
    assert send_request(registry, "GET", "/v2/a/app/manifests/1", host="public.ecr.aws")[0] == 202
    assert send_request(registry, "PATCH", "/v2/a/app/blobs/uploads/1", host="public.ecr.aws")[0] == 401


def test_public_ecr_exchanges_a_token_for_a_bearer_token(clock: list[float], registry: str) -> None:
    token = basic_auth(fetch_password("ecr-public", "us-east-1"))
    _, headers, _ = send_request(registry, "GET", "/v2/", host="public.ecr.aws")
    assert headers["Www-Authenticate"].startswith('Bearer realm="https://public.ecr.aws/token/"')
    _, _, body = send_request(registry, "GET", "/token/?scope=aws", token, host="public.ecr.aws")
    bearer_auth = ("Authorization", "Bearer " + json.loads(body)["token"])
    assert send_request(registry, "GET", "/v2/", bearer_auth, host="public.ecr.aws")[0] == 202
    clock[0] += 43200
    assert send_request(registry, "GET", "/token/?scope=aws", token, host="public.ecr.aws")[0] == 403


def test_a_repository_of_another_account_may_refuse_a_pull(cloud: Loopback, registry: str) -> None:
    token = basic_auth(fetch_password())
    other = REGISTRY.replace("123456789012", "210987654321")
    cloud.configure(repositories={"210987654321": False})
    assert send_request(registry, "GET", "/v2/", token, host=other)[0] == 202
    status, _, body = send_request(registry, "GET", "/v2/team/app/manifests/1", token, host=other)
    assert (status, json.loads(body)["errors"][0]["message"]) == (403, REPOSITORY_DENIED)
    assert send_request(registry, "GET", "/v2/team/app/manifests/1", token)[0] == 202
