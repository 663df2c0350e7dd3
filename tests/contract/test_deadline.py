"""Every run ends, whatever hangs, and reports what hung."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.contract.test_background import wait_for
from tests.support.hangs import HANG_TIMEOUT
from tests.support.runner import HOST, PROGRAM, build_environment, parse_error, parse_login, run_get, run_helper

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.fake_ec2.services import Loopback


@contextmanager
def serve_silence() -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        connections: list[socket.socket] = []

        def accept_connections() -> None:
            try:
                while True:
                    connections.append(server.accept()[0])
            except OSError:  # the test is over
                return

        threading.Thread(target=accept_connections, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
        server.shutdown(socket.SHUT_RDWR)
        for connection in connections:
            connection.close()


@pytest.mark.parametrize("behaviour", ["hang", "drip"])
def test_an_endpoint_that_hangs_is_named(cloud: Loopback, behaviour: str) -> None:
    cloud.configure(ecr=behaviour)
    endpoint = cloud.environment()["AWS_ENDPOINT_URL_ECR"]
    assert f"requesting a token from {endpoint}" in parse_error(run_get(CREDHELPER_TIMEOUT=HANG_TIMEOUT))


@pytest.mark.usefixtures("cloud")
def test_sts_that_hangs_is_named(home: Path) -> None:
    (home / ".aws").mkdir()
    (home / ".aws/config").write_text(
        "[default]\nrole_arn = arn:aws:iam::123456789012:role/r\nsource_profile = keys\n"
        "[profile keys]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = x\n"
    )
    with serve_silence() as endpoint:
        assert "through STS" in parse_error(run_get(CREDHELPER_TIMEOUT=HANG_TIMEOUT, AWS_ENDPOINT_URL_STS=endpoint))


def test_a_lock_that_is_never_released_is_named(cloud: Loopback) -> None:
    cloud.configure(ecr="drip")
    with subprocess.Popen(
        [PROGRAM, "get"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=build_environment()
    ) as first:
        assert first.stdin is not None
        first.stdin.write(HOST.encode())
        first.stdin.close()
        assert wait_for(lambda: cloud.count_calls()["ecr"] == 1)
        assert "waiting for another process" in parse_error(run_get(CREDHELPER_TIMEOUT=HANG_TIMEOUT))
        first.kill()


def test_a_program_that_hangs_is_named_and_does_not_outlive_the_helper(home: Path, tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\necho $$ >{pid_file}.new\nmv {pid_file}.new {pid_file}\nsleep 60 & wait\n")
    program.chmod(0o755)
    (home / ".aws").mkdir()
    (home / ".aws/config").write_text(f"[default]\ncredential_process = {program}\n")
    assert "credential_process" in parse_error(run_get(CREDHELPER_TIMEOUT=HANG_TIMEOUT))
    assert not is_running(int(pid_file.read_text()))


def is_running(pid: int) -> bool:
    try:
        return Path("/proc", str(pid), "stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.parametrize("verb", ["erase", "store"])
def test_a_verb_whose_client_never_ends_its_input_times_out(verb: str) -> None:
    read_end, write_end = os.pipe()
    result = run_helper(verb, stdin=read_end, CREDHELPER_TIMEOUT="1")
    os.close(read_end)
    os.close(write_end)
    assert "timed out after 1 seconds" in parse_error(result)


@pytest.mark.usefixtures("cloud")
@pytest.mark.parametrize("text", ["abc", "-1", "0", "1e9", "15s"])
def test_an_invalid_timeout_is_reported_and_the_get_succeeds(text: str) -> None:
    result = run_get(CREDHELPER_TIMEOUT=text)
    assert parse_login(result)["Username"] == "AWS"
    assert "CREDHELPER_TIMEOUT is not a number of seconds" in result.stderr_text


@pytest.mark.parametrize("operation", [signal.SIG_BLOCK, signal.SIG_UNBLOCK])
def test_the_kernel_ends_a_get_whose_client_never_ends_its_input(operation: signal.Sigmasks) -> None:
    read_end, write_end = os.pipe()
    original_mask = signal.pthread_sigmask(operation, [signal.SIGALRM])  # a child inherits the mask
    result = run_helper("get", stdin=read_end, CREDHELPER_TIMEOUT="1")
    signal.pthread_sigmask(signal.SIG_SETMASK, original_mask)
    os.close(read_end)
    os.close(write_end)
    assert result.status == -signal.SIGALRM
