"""The names of the stand-in, and the certificate for them."""

from __future__ import annotations

import ssl
from collections import Counter
from pathlib import Path

import pytest

from credhelper.ecr import registry
from tests.fake_ec2 import certs, names
from tests.fake_ec2.commands import check_output

REGISTRIES = [name for name in names.list_names() if ".dkr" in name or name in ("public.ecr.aws", "ecr-public.aws.com")]


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("certificates")
    for command in certs.certificate_commands(str(directory), names.list_names()):
        check_output("make the certificates", command)
    return directory


@pytest.mark.parametrize("name", REGISTRIES)
def test_the_helper_serves_every_registry(name: str) -> None:
    assert registry.parse(name)


def test_no_name_is_listed_twice() -> None:
    assert not [name for name, count in Counter(names.list_names()).items() if count > 1]


@pytest.mark.parametrize("name", names.list_names())
def test_the_strictest_client_accepts_the_certificate_for_every_name(certificates: Path, name: str) -> None:
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(certificates / "server.crt", certificates / "server.key")
    client = ssl.create_default_context(cafile=str(certificates / "ca.crt"))
    client.verify_flags |= ssl.VERIFY_X509_STRICT  # the default from Python 3.13 on
    assert is_handshake_done(client, server, name)


def test_the_certificate_is_not_valid_for_another_name(certificates: Path) -> None:
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(certificates / "server.crt", certificates / "server.key")
    client = ssl.create_default_context(cafile=str(certificates / "ca.crt"))
    with pytest.raises(ssl.SSLCertVerificationError):
        is_handshake_done(client, server, "example.com")


def is_handshake_done(client: ssl.SSLContext, server: ssl.SSLContext, name: str) -> bool:
    """Perform a TLS handshake in memory; return whether both sides have completed it."""
    client_to_server, server_to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    sides = (
        client.wrap_bio(server_to_client, client_to_server, server_hostname=name),
        server.wrap_bio(client_to_server, server_to_client, server_side=True),
    )
    rounds = [[has_agreed(side) for side in sides] for _ in range(4)]  # TLS 1.3 needs two calls on each side
    return all(rounds[-1])


def has_agreed(side: ssl.SSLObject) -> bool:
    try:
        side.do_handshake()
    except ssl.SSLWantReadError:
        return False
    return True
