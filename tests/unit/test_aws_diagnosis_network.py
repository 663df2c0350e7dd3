"""Network errors on the way to AWS, each actually caused on loopback."""

from __future__ import annotations

import contextlib
import socket
import ssl
import subprocess
import threading
from typing import TYPE_CHECKING

import botocore.session
import pytest
from botocore.exceptions import EndpointConnectionError, ReadTimeoutError

from credhelper.aws import exchange
from credhelper.aws.diagnosis import network, regions, tls
from credhelper.ecr.registry import Registry
from credhelper.ecr.target import TokenOptions, without_settings
from credhelper.system.deadline import Progress
from tests.fake_ec2 import certs
from tests.fake_ec2.services.routing import route_by_path
from tests.fake_ec2.services.server import listen
from tests.unit.test_aws_diagnosis_credentials import SECRET, get_error

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.fake_ec2.services import Loopback

PRIVATE = without_settings(Registry("123456789012", "us-east-1"))


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAONE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)


@pytest.fixture
def tls_directory(authority: Path) -> Path:
    """Return a directory with ca.crt of an authority, and with server.crt and server.key for localhost."""
    return authority


@pytest.fixture
def port(cloud: Loopback, tls_directory: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """Serve the stand-in with TLS, point ECR's endpoint at it by the name in its certificate, and yield the port."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tls_directory / "server.crt", tls_directory / "server.key")
    with listen(("127.0.0.1", 0), cloud, route_by_path, context) as port:
        monkeypatch.setenv("AWS_ENDPOINT_URL_ECR", f"https://localhost:{port}")
        yield port


@pytest.mark.usefixtures("port")
def test_an_unknown_authority_is_reported_with_the_bundle_of_the_trusted_ones(tls_directory: Path) -> None:
    error = get_error()
    assert error.id == "tls-untrusted"
    assert "its issuer is not trusted" in str(error)
    assert "cacert.pem" in error.why
    certificate = (tls_directory / "server.crt").read_text()
    assert certificate not in str(error)


@pytest.mark.usefixtures("port")
@pytest.mark.parametrize("name", ["AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE"])
def test_an_exchange_with_the_authority_that_the_fix_asks_for_succeeds(
    tls_directory: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, str(tls_directory / "ca.crt"))
    assert exchange.exchange(PRIVATE, Progress()).username == "AWS"


@pytest.mark.usefixtures("port")
def test_the_bundle_in_a_variable_is_named_as_the_one_that_is_trusted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for command in certs.certificate_commands(str(tmp_path), ["elsewhere"]):
        subprocess.run(command, check=True, capture_output=True)
    monkeypatch.setenv("AWS_CA_BUNDLE", str(tmp_path / "ca.crt"))
    error = get_error()
    assert error.id == "tls-untrusted"
    assert f"the trusted certificates are those in {tmp_path / 'ca.crt'}" in error.why


def test_a_certificate_for_another_name_is_reported(
    port: int, tls_directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_CA_BUNDLE", str(tls_directory / "ca.crt"))
    monkeypatch.setenv("AWS_ENDPOINT_URL_ECR", f"https://127.0.0.1:{port}")
    error = get_error()
    assert error.id == "tls-failed"
    assert "127.0.0.1" in str(error)


@pytest.mark.parametrize(("code", "id_"), [(10, "tls-failed"), (19, "tls-untrusted")])
def test_an_expired_certificate_is_not_reported_as_untrusted(code: int, id_: str) -> None:
    error = ssl.SSLCertVerificationError()
    error.verify_code, error.verify_message = code, "as OpenSSL says it"
    diagnosis = tls.diagnose([error], "https://localhost", PRIVATE.options, botocore.session.Session())
    assert diagnosis.id == id_
    assert "as OpenSSL says it" in str(diagnosis)


@pytest.mark.usefixtures("port")
@pytest.mark.parametrize(("content", "text"), [(None, "does not exist"), ("", "contains no certificate")])
def test_an_invalid_bundle_is_reported_with_its_source(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str | None, text: str
) -> None:
    path = tmp_path / "ca.pem"
    if content is not None:
        path.write_text(content)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(path))
    error = get_error()
    assert error.id == "ca-bundle-missing"
    assert error.message == f"cannot use the CA bundle {path}"
    assert error.why == f"it {text}; set by REQUESTS_CA_BUNDLE"


@pytest.mark.usefixtures("port")
def test_a_bundle_of_a_rule_is_reported_with_the_rule(tmp_path: Path) -> None:
    options = TokenOptions(ca_bundle=str(tmp_path / "ca.pem"), sources={"ca_bundle": "config.toml, line 4"})
    error = get_error(PRIVATE._replace(options=options))
    assert error.why == "it does not exist; set by ca_bundle (config.toml, line 4)"


@pytest.mark.usefixtures("port")
def test_a_proxy_of_a_rule_is_not_reported_as_that_of_a_variable() -> None:
    options = TokenOptions(proxy=f"http://somebody:{SECRET}@127.0.0.1:9")
    assert get_error(PRIVATE._replace(options=options)).why.endswith("; set by the settings")


@pytest.mark.parametrize("separator", "#/?")
def test_no_part_of_an_invalid_proxy_url_is_repeated(monkeypatch: pytest.MonkeyPatch, separator: str) -> None:
    monkeypatch.setenv("HTTPS_PROXY", f"http://somebody:{SECRET}{separator}@127.0.0.1:9")
    monkeypatch.setenv("AWS_ENDPOINT_URL_ECR", "https://localhost:9")
    error = get_error()
    assert error.id == "proxy-failed"
    assert "somebody" not in str(error)
    assert "# as %23" in error.fix


@contextlib.contextmanager
def serve_hang_up() -> Iterator[str]:
    """Run a server that reads a request and closes the connection without an answer; yield its URL."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            with contextlib.suppress(OSError):
                while True:
                    connection, _ = server.accept()
                    with connection:
                        connection.recv(65536)

        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
        server.shutdown(socket.SHUT_RDWR)


def test_a_server_that_hangs_up_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    with serve_hang_up() as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL_ECR", url)
        error = get_error()
    assert error.id == "unanswered"
    assert (error.message, "it closed the connection" in error.why) == (f"no response from {url}", True)


def test_the_time_that_a_server_without_a_response_took_is_in_seconds() -> None:
    timeout = ReadTimeoutError(endpoint_url="http://localhost:9")
    error = network.diagnose(timeout, PRIVATE, botocore.session.Session(), 8.4)
    assert error.why == "it accepted the request and sent no response, after 8 s"


@pytest.mark.parametrize(("error_name", "id_"), [("EAI_AGAIN", "dns-failed"), ("EAI_NONAME", "unknown-region")])
def test_a_region_is_unknown_only_if_dns_has_answered(
    monkeypatch: pytest.MonkeyPatch, error_name: str, id_: str
) -> None:
    def fail(*_: object) -> None:
        raise socket.gaierror(getattr(socket, error_name), "no")

    monkeypatch.delenv("AWS_ENDPOINT_URL")
    monkeypatch.setattr(socket, "getaddrinfo", fail)
    assert get_error(without_settings(Registry("123456789012", "us-esat-1"))).id == id_


def test_a_name_that_the_user_set_is_reported_and_no_region_is_blamed(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "no")

    monkeypatch.setenv("AWS_ENDPOINT_URL_ECR", "https://ecr.example.com")
    monkeypatch.setattr(socket, "getaddrinfo", fail)
    error = get_error(without_settings(Registry("123456789012", "us-esat-1")))
    assert error.id == "dns-failed"
    assert "ecr.example.com" in str(error)


def test_a_lack_of_descriptors_is_not_reported_as_a_lack_of_credentials(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(_: object) -> None:
        raise OSError(24, "Too many open files")

    monkeypatch.setattr(exchange, "_request_token", fail)
    error = get_error()
    assert error.id == "unreachable"
    assert "Too many open files" in str(error)


def test_the_known_regions_come_from_the_data_of_botocore(home: Path) -> None:
    models = home / ".aws" / "models"
    models.mkdir(parents=True)
    (models / "partitions.json").write_text("somebody's own")
    error = regions.diagnose(
        "https://api.ecr.us-eastt-1.amazonaws.com", socket.gaierror(socket.EAI_NONAME, "no"), "us-eastt-1"
    )
    assert error is not None
    assert "did you mean us-east-1?" in error.fix


def test_the_fix_in_a_vpc_names_the_endpoint_of_the_service_that_was_called() -> None:
    def get_fix(host: str, registry: Registry) -> str:
        error = EndpointConnectionError(endpoint_url=f"https://{host}/", error=ConnectionRefusedError())
        return network.diagnose(error, without_settings(registry), botocore.session.Session(), 0).fix

    assert "com.amazonaws.us-east-1.ecr.api" in get_fix("api.ecr.us-east-1.amazonaws.com", PRIVATE.registry)
    assert "com.amazonaws.us-east-1.sts" in get_fix("sts.us-east-1.amazonaws.com", PRIVATE.registry)
    assert "has no interface endpoint" in get_fix("api.ecr-public.us-east-1.amazonaws.com", Registry("", "us-east-1"))
