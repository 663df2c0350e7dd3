"""moto, started once, and an account that is new for each test."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.judged.judge import Judge

if TYPE_CHECKING:
    from collections.abc import Iterator

SERVER = Path(__file__).with_name("server.py")


@pytest.fixture(scope="session")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file where moto records its requests."""
    return tmp_path_factory.mktemp("moto") / "requests"


@pytest.fixture(scope="session")
def moto(recording: Path) -> Iterator[int]:
    """The port where moto answers as ECR does."""
    with served(recording) as port:
        yield port


@pytest.fixture
def judge(moto: int, recording: Path, monkeypatch: pytest.MonkeyPatch) -> Judge:
    """An account that judges; the environment points at it, and names nobody."""
    return pointed_at(moto, recording, monkeypatch)


@pytest.fixture
def judge_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Judge]:
    """The same, in moto's own words."""
    with served(tmp_path / "requests", "--as-it-is") as port:
        yield pointed_at(port, tmp_path / "requests", monkeypatch)


def pointed_at(port: int, recording: Path, monkeypatch: pytest.MonkeyPatch) -> Judge:
    judge = Judge(port, recording)
    monkeypatch.setenv("AWS_ENDPOINT_URL", judge.url)
    return judge


@contextlib.contextmanager
def served(recording: Path, *words: str) -> Iterator[int]:
    if find_spec("moto") is None:
        pytest.skip("moto is not installed; the dependency group `judged` has it")
    environ = {**os.environ, "MOTO_ENABLE_RECORDING": "yes", "MOTO_RECORDER_FILEPATH": str(recording)}
    with subprocess.Popen(
        [sys.executable, "-I", SERVER, *words],
        env=environ,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # one line for each request
    ) as process:
        assert process.stdout is not None
        yield int(process.stdout.readline())
        process.communicate()  # closes its input, and it ends
