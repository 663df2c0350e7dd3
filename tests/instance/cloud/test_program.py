"""The stand-in as a program."""

from __future__ import annotations

import contextlib
import http.client
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.instance.cloud.asking import REGISTRY
from tests.instance.services import Control


@contextlib.contextmanager
def program(folder: Path) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """Start the stand-in as a program; gives it and the port of its TLS side."""
    request = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1 -subj /CN=x"
    more = ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", "server.key", "-out", "server.crt"]
    subprocess.run([*request.split(), *more], cwd=folder, check=True, capture_output=True)
    with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("127.0.0.1", 0)) as other:
        metadata, tls = one.getsockname()[1], other.getsockname()[1]
    options = {
        "--metadata": f"127.0.0.1:{metadata}",
        "--tls": f"127.0.0.1:{tls}={folder}",
        "--registry": "127.0.0.1:1",
        "--control": str(folder / "control"),
    }
    command = [
        sys.executable,
        "-m",
        "tests.instance.services",
        *(part for pair in options.items() for part in pair),
    ]
    root = Path(__file__).parents[3]
    with subprocess.Popen(command, cwd=root, env={}, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process, tls
        finally:
            process.terminate()


def test_the_program_serves_others_while_a_client_stalls_and_ends_when_told(tmp_path: Path) -> None:
    with program(tmp_path) as (process, port):
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        control = Control(str(tmp_path / "control"))
        control.tell(sts="expired")
        with pytest.raises(ValueError, match="odd"):
            control.tell(odd=1)
        with socket.create_connection(("127.0.0.1", port)):  # and no handshake
            trusted = ssl.create_default_context(cafile=str(tmp_path / "server.crt"))
            connection = http.client.HTTPSConnection("127.0.0.1", port, context=trusted, timeout=5)
            with contextlib.closing(connection):
                connection.request("GET", "/v2/", headers={"Host": REGISTRY})
                assert connection.getresponse().status == 401
            assert control.calls()["registry"] == 1
            process.terminate()
            assert process.wait(5) == 0
    assert not (tmp_path / "control").exists()
