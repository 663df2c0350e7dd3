"""The forward proxy."""

from __future__ import annotations

import base64
import contextlib
import http.client
import socket
from collections.abc import Iterator

import pytest

from tests.fake_ec2.services import Loopback
from tests.fake_ec2.services.routing import route_all_to
from tests.fake_ec2.services.server import listen
from tests.fake_ec2.services.tunnel import Tunnel

METADATA = "http://169.254.169.254/latest/meta-data/"


@pytest.fixture
def proxy(cloud: Loopback) -> Iterator[http.client.HTTPConnection]:
    with listen(("127.0.0.1", 0), cloud, route_all_to("proxy"), handler=Tunnel) as port:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        with contextlib.closing(connection):
            yield connection


def request_through(proxy: http.client.HTTPConnection, cloud: Loopback, **headers: str) -> int:
    """Request a metadata token through a tunnel; return the status of the answer."""
    proxy.set_tunnel(cloud.endpoint.partition("//")[2], headers=headers)
    proxy.request("PUT", "/latest/api/token", headers={"X-aws-ec2-metadata-token-ttl-seconds": "60"})
    return proxy.getresponse().status


def test_a_tunnel_is_logged(cloud: Loopback, proxy: http.client.HTTPConnection) -> None:
    assert request_through(proxy, cloud) == 200
    call = cloud.read_log()[0]
    assert [call[key] for key in ("service", "operation", "host", "status")] == ["proxy", "CONNECT", "127.0.0.1", 200]


@pytest.mark.parametrize("password", ["", "wrong"])
def test_a_proxy_may_require_a_password(cloud: Loopback, proxy: http.client.HTTPConnection, password: str) -> None:
    cloud.configure(proxy_users={"somebody": "right"})
    headers = {"Proxy-Authorization": f"Basic {encode_credentials(password)}"} if password else {}
    with pytest.raises(OSError, match="407"):
        request_through(proxy, cloud, **headers)
    assert request_through(proxy, cloud, **{"Proxy-Authorization": f"Basic {encode_credentials('right')}"}) == 200


def encode_credentials(password: str) -> str:
    return base64.b64encode(f"somebody:{password}".encode()).decode()


def test_a_closed_port_is_reported(proxy: http.client.HTTPConnection) -> None:
    proxy.set_tunnel("127.0.0.1", 9)
    with pytest.raises(OSError, match="503"):
        proxy.request("GET", "/")


def test_metadata_is_not_reachable_through_the_proxy(cloud: Loopback, proxy: http.client.HTTPConnection) -> None:
    proxy.request("PUT", METADATA)
    assert proxy.getresponse().status == 503
    assert cloud.read_log()[0]["host"] == "169.254.169.254"


def test_a_proxy_may_leave_plain_http_unanswered(cloud: Loopback, proxy: http.client.HTTPConnection) -> None:
    cloud.configure(proxy="swallow")
    proxy.request("GET", METADATA)
    proxy.sock.settimeout(0.2)
    with pytest.raises(socket.timeout):
        proxy.getresponse()
