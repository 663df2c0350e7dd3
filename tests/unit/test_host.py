"""From server URL to host to registry: the vectors of tests/vectors/hosts.txt, and properties of any input."""

from __future__ import annotations

import botocore.session
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from credhelper.aws import exchange
from credhelper.ecr.registry import Registry, parse
from credhelper.ecr.target import without_settings
from credhelper.errors import HelperError
from credhelper.host import canonical_host
from tests.vectors.hosts import Vector, load_vectors

ALL = load_vectors()
REGISTRIES = [vector for vector in ALL if vector.verdict == "registry"]


def get_id(vector: Vector) -> str:
    return ascii(vector.server)[2:-1]


@pytest.mark.parametrize("vector", REGISTRIES, ids=get_id)
def test_a_registry_is_parsed_from_its_host(vector: Vector) -> None:
    expected = Registry(vector.account, vector.region, "fips" in vector.kind, "dualstack" in vector.kind)
    assert parse(canonical_host(vector.server)) == expected


@pytest.mark.parametrize("vector", REGISTRIES, ids=get_id)
def test_the_endpoint_of_a_registry_is_called(vector: Vector, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ENDPOINT_URL")
    registry = parse(canonical_host(vector.server))
    assert registry
    client = exchange.create_client(without_settings(registry), botocore.session.Session())
    assert client.meta.endpoint_url == vector.endpoint


@pytest.mark.parametrize("vector", [vector for vector in ALL if vector.verdict == "foreign"], ids=get_id)
def test_a_look_alike_is_foreign(vector: Vector) -> None:
    assert parse(canonical_host(vector.server)) is None


@pytest.mark.parametrize("vector", [vector for vector in ALL if vector.verdict == "refused"], ids=get_id)
def test_a_server_url_that_is_not_a_host_is_refused(vector: Vector) -> None:
    with pytest.raises(HelperError) as excinfo:
        canonical_host(vector.server)
    assert excinfo.value.id == "bad-server"


@pytest.mark.parametrize("blank", [b"", b"\n", b" \r\n\t"])
def test_a_blank_server_url_is_the_error_of_the_protocol(blank: bytes) -> None:
    with pytest.raises(HelperError) as excinfo:
        canonical_host(blank)
    assert (excinfo.value.id, excinfo.value.message) == ("no-server", "no credentials server URL")


def test_a_server_url_may_be_4096_bytes_long() -> None:
    assert canonical_host(b"public.ecr.aws/".ljust(4096, b"x")) == "public.ecr.aws"
    with pytest.raises(HelperError):
        canonical_host(b"public.ecr.aws/".ljust(4097, b"x"))


servers = st.binary() | st.from_regex(r"(https?://)?[0-9.a-z\[\]:-]{0,40}(:[0-9]{1,5})?(/.*)?").map(str.encode)
known_servers = st.sampled_from([vector.server for vector in ALL])


@given(
    servers
    | st.builds(lambda a, b, cut: a[:cut] + b + a[cut:], known_servers, st.binary(max_size=3), st.integers(0, 60))
)
@example(b"[]")
@example(b"[:]:443")
@example(b"123456789012.dkr.")
def test_any_bytes_are_a_host_or_a_helper_error(server: bytes) -> None:
    try:
        host = canonical_host(server)
    except HelperError:
        return
    registry = parse(host)
    assert canonical_host(host.encode()) == host
    assert registry is None or registry.host == host


@given(st.text())
def test_any_text_is_the_host_of_a_registry_or_is_not(host: str) -> None:
    registry = parse(host)
    assert registry is None or registry.host == host


regions = st.sampled_from([vector.region for vector in REGISTRIES])


@given(st.from_regex(r"[0-9]{12}", fullmatch=True).filter(str.isascii), regions, st.booleans(), st.booleans())
def test_the_host_of_a_registry_is_parsed_to_that_registry(
    account: str, region: str, fips: bool, dualstack: bool
) -> None:
    registry = Registry(account, region, fips, dualstack)
    if registry.host.endswith("."):
        return  # a partition that has no dual-stack hosts
    assert parse(registry.host) == registry
