"""Fixtures: moto, started once, and a new account for each test."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.moto.policy_oracle import PolicyOracle

if TYPE_CHECKING:
    from collections.abc import Iterator

SERVER = Path(__file__).with_name("server.py")


@pytest.fixture(scope="session")
def recording_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the file in which moto records its requests."""
    return tmp_path_factory.mktemp("moto") / "requests"


@pytest.fixture(scope="session")
def moto_port(recording_file: Path) -> Iterator[int]:
    """Yield the port on which moto answers as ECR does."""
    with run_moto(recording_file) as port:
        yield port


@pytest.fixture
def oracle(moto_port: int, recording_file: Path, monkeypatch: pytest.MonkeyPatch) -> PolicyOracle:
    """Return an account that enforces policies; the environment leads to it, and contains no credentials."""
    return create_oracle(moto_port, recording_file, monkeypatch)


@pytest.fixture
def unmodified_oracle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[PolicyOracle]:
    """Yield such an account with moto's responses unchanged."""
    with run_moto(tmp_path / "requests", "--as-it-is") as port:
        yield create_oracle(port, tmp_path / "requests", monkeypatch)


def create_oracle(port: int, recording_file: Path, monkeypatch: pytest.MonkeyPatch) -> PolicyOracle:
    oracle = PolicyOracle(port, recording_file)
    monkeypatch.setenv("AWS_ENDPOINT_URL", oracle.url)
    return oracle


@contextlib.contextmanager
def run_moto(recording_file: Path, *arguments: str) -> Iterator[int]:
    # Looked up as a distribution, because pytest imports this directory as a package of the same name.
    if not any(metadata.distributions(name="moto")):
        pytest.skip("moto is not installed; the dependency group `moto` has it")
    environ = {**os.environ, "MOTO_ENABLE_RECORDING": "yes", "MOTO_RECORDER_FILEPATH": str(recording_file)}
    with subprocess.Popen(
        [sys.executable, "-I", SERVER, *arguments],
        env=environ,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # one line for each request
    ) as process:
        assert process.stdout is not None
        yield int(process.stdout.readline())
        process.communicate()  # closes its input, which ends it
