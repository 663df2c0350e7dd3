"""The ways to metadata: over IPv6 alone, and through proxies that do not lead there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e import skips
from tests.e2e.clients import HOME, output_of, pull
from tests.e2e.endpoints.network import HTTP_PROXY_ENV, PROXY_ENV
from tests.e2e.proxy_log import run_get
from tests.fake_ec2.instance import METADATA

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.fake_ec2 import Instance


@pytest.fixture
def ipv6_instance(clean_instance: Instance) -> Iterator[Instance]:
    """Yield an instance with metadata over IPv6 only."""
    skips.require_ipv6()
    clean_instance.check_output("take the address away", ["ip", "address", "del", f"{METADATA}/32", "dev", "lo"])
    yield clean_instance
    clean_instance.check_output("give the address back", ["ip", "address", "add", METADATA, "dev", "lo"])


@pytest.mark.parametrize("source", ["the variable", "the profile"])
def test_an_instance_may_have_its_metadata_over_ipv6_alone(ipv6_instance: Instance, source: str) -> None:
    env = {"AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE": "IPv6"} if source == "the variable" else {}
    ipv6_instance.write(f"{HOME}/.aws/config", "" if env else "[default]\nec2_metadata_service_endpoint_mode = IPv6\n")
    result = pull(ipv6_instance, env=env)
    assert result.returncode == 0, output_of(result)


@pytest.mark.parametrize("mode", ["ok", "swallow"])
def test_a_proxied_metadata_request_is_reported_with_what_to_set(clean_instance: Instance, mode: str) -> None:
    clean_instance.control.configure(proxy=mode)
    result = run_get(clean_instance, env={**PROXY_ENV, **HTTP_PROXY_ENV})
    assert result.returncode == 1
    assert "explain metadata-proxied" in result.stderr
    assert "add 169.254.169.254 to NO_PROXY" in result.stderr
