"""The names of the stand-in, and the certificate that serves them."""

from __future__ import annotations

import ssl
from collections import Counter
from pathlib import Path

import pytest

from credhelper import registry
from tests.instance import certs, names
from tests.instance.commands import must

REGISTRIES = [name for name in names.names() if ".dkr" in name or name in ("public.ecr.aws", "ecr-public.aws.com")]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("certificates")
    for command in certs.commands(str(made), names.names()):
        must("make the certificates", command)
    return made


@pytest.mark.parametrize("name", REGISTRIES)
def test_every_registry_is_one_that_the_helper_serves(name: str) -> None:
    assert registry.parse(name)


def test_no_name_is_given_twice() -> None:
    assert not [name for name, times in Counter(names.names()).items() if times > 1]


@pytest.mark.parametrize("name", names.names())
def test_the_certificate_serves_every_name_to_the_strictest_client(folder: Path, name: str) -> None:
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(folder / "server.crt", folder / "server.key")
    client = ssl.create_default_context(cafile=str(folder / "ca.crt"))
    client.verify_flags |= ssl.VERIFY_X509_STRICT  # the default from Python 3.13 on
    assert handshake(client, server, name)


def test_the_certificate_serves_no_other_name(folder: Path) -> None:
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(folder / "server.crt", folder / "server.key")
    client = ssl.create_default_context(cafile=str(folder / "ca.crt"))
    with pytest.raises(ssl.SSLCertVerificationError):
        handshake(client, server, "example.com")


def handshake(client: ssl.SSLContext, server: ssl.SSLContext, name: str) -> bool:
    """Let the two talk in memory; True once both are content."""
    up, down = ssl.MemoryBIO(), ssl.MemoryBIO()
    ends = client.wrap_bio(down, up, server_hostname=name), server.wrap_bio(up, down, server_side=True)
    turns = [[agreed(end) for end in ends] for _ in range(4)]  # TLS 1.3 takes two of each
    return all(turns[-1])


def agreed(end: ssl.SSLObject) -> bool:
    try:
        end.do_handshake()
    except ssl.SSLWantReadError:
        return False
    return True
