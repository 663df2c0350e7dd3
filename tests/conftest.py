"""The sealed environment: no test can reach AWS, this machine's metadata, or anything else beyond loopback.

The tests run on the installed wheel. The repository is put last on the path, for tests.fake_ec2 alone.
"""

from __future__ import annotations

import os
import signal
import socket
import ssl
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

ROOT = Path(__file__).parent.parent
sys.path.append(str(ROOT))

import credhelper  # noqa: E402

# No test asserts a time: the machine may be busy.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    from tests.fake_ec2.services import Loopback

if Path(credhelper.__file__).is_relative_to(ROOT / "credhelper"):
    sys.exit("the tests test the installed wheel, and found the checkout: call pytest, not python -m pytest")

# Nobody listens on the discard port: what is asked there is refused at once.
UNREACHABLE = "http://127.0.0.1:9"
BEARER_TOKEN, REFRESH_TOKEN = "a-bearer-token", "a-refresh-token"  # of a sign-in to SSO, which the impostor accepts
PREFIXES = ("AWS_", "BOTO", "CREDHELPER_", "KEYRING_", "PYTHON", "XDG_")
VARIABLES = (
    *("REQUESTS_CA_BUNDLE", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "DOCKER_CONFIG"),
    # No test finds the keyring of whoever runs it.
    *("DBUS_SESSION_BUS_ADDRESS", "GNUPGHOME", "PASSWORD_STORE_DIR", "PASSWORD_STORE_GPG_OPTS"),
)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Under CI nothing may be skipped: what a person's machine cannot give, CI's must."""
    report = yield
    if report.skipped and os.environ.get("CI") and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped under CI: {report.longrepr}"
    return report


@pytest.fixture(autouse=True)
def isolated_environment(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """An environment that names nobody, a home of the test's own, and no way out."""
    for name in list(os.environ):
        if name.startswith(PREFIXES) or name.upper() in VARIABLES:
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path_factory.mktemp("home")))
    monkeypatch.setenv("AWS_ENDPOINT_URL", UNREACHABLE)
    monkeypatch.setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", UNREACHABLE)
    monkeypatch.setattr(socket.socket, "connect", _allow_only_loopback(socket.socket.connect))


@pytest.fixture
def home() -> Path:
    return Path(os.environ["HOME"])


@pytest.fixture
def default_sigint() -> Iterator[None]:
    """Handle SIGINT: a shell starts its background jobs with it ignored, and their programs inherit that."""
    previous = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, previous)


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[Loopback]:
    """The stand-in for AWS on loopback; the environment points at it, and an instance's role answers."""
    from tests.fake_ec2.services import serve  # noqa: PLC0415

    with serve() as loopback:
        for name, value in loopback.environment().items():
            monkeypatch.setenv(name, value)
        yield loopback


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with an authority's ca.crt, and with server.crt and server.key of localhost."""
    from tests.fake_ec2 import certs  # noqa: PLC0415

    made = tmp_path_factory.mktemp("authority")
    for command in certs.certificate_commands(str(made), ["localhost"]):
        subprocess.run(command, check=True, capture_output=True)
    return made


@pytest.fixture
def impostor(cloud: Loopback, authority: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Loopback]:
    """The stand-in behind a certificate that is not trusted. It would answer all requests; it logs what it receives."""
    from tests.fake_ec2.services.routing import route_by_path  # noqa: PLC0415
    from tests.fake_ec2.services.server import listen  # noqa: PLC0415

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority / "server.crt", authority / "server.key")
    monkeypatch.chdir(tmp_path)  # where there is no file named "0"
    cloud.configure(sign_ins={BEARER_TOKEN: "somebody"}, renewals={REFRESH_TOKEN: BEARER_TOKEN})
    with listen(("127.0.0.1", 0), cloud, route_by_path, context) as port:
        for name in [name for name in os.environ if name.startswith("AWS_ENDPOINT_URL_")]:
            monkeypatch.delenv(name)
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"https://localhost:{port}")
        yield cloud


def _allow_only_loopback(connect: Callable[..., None]) -> Callable[..., None]:
    def connect_to_loopback(self: socket.socket, address: tuple[str, int] | str) -> None:
        if self.family != socket.AF_UNIX and address[0] not in ("127.0.0.1", "::1", "localhost"):
            raise AssertionError(f"a test tried to reach {address!r}")
        connect(self, address)

    return connect_to_loopback
