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

from tests.fake_ec2.cloud.requests import REGISTRY
from tests.fake_ec2.services import Control


@contextlib.contextmanager
def start_program(directory: Path) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """Start the stand-in as a program; yields its process and the port of its TLS listener."""
    command_line = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1 -subj /CN=x"
    arguments = ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", "server.key", "-out", "server.crt"]
    subprocess.run([*command_line.split(), *arguments], cwd=directory, check=True, capture_output=True)
    with socket.create_server(("127.0.0.1", 0)) as first, socket.create_server(("127.0.0.1", 0)) as other:
        metadata, tls = first.getsockname()[1], other.getsockname()[1]
    options = {
        "--metadata": f"127.0.0.1:{metadata}",
        "--tls": f"127.0.0.1:{tls}={directory}",
        "--registry": "127.0.0.1:1",
        "--control": str(directory / "control"),
    }
    command = [
        sys.executable,
        "-m",
        "tests.fake_ec2.services",
        *(part for pair in options.items() for part in pair),
    ]
    root = Path(__file__).parents[3]
    with subprocess.Popen(command, cwd=root, env={}, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process, tls
        finally:
            process.terminate()


def test_the_program_serves_others_while_a_client_stalls_and_exits_on_a_signal(tmp_path: Path) -> None:
    with start_program(tmp_path) as (process, port):
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        control = Control(str(tmp_path / "control"))
        control.configure(sts="expired")
        with pytest.raises(ValueError, match="odd"):
            control.configure(odd=1)
        with socket.create_connection(("127.0.0.1", port)):  # without a handshake
            context = ssl.create_default_context(cafile=str(tmp_path / "server.crt"))
            connection = http.client.HTTPSConnection("127.0.0.1", port, context=context, timeout=5)
            with contextlib.closing(connection):
                connection.request("GET", "/v2/", headers={"Host": REGISTRY})
                assert connection.getresponse().status == 401
            assert control.count_calls()["registry"] == 1
            process.terminate()
            assert process.wait(5) == 0
    assert not (tmp_path / "control").exists()
