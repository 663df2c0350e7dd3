"""Recent failures, shared through a file: it is read as it was written, or ignored."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credhelper.cache import recent_failure
from credhelper.cache.recent_failure import RecentFailure
from credhelper.clock import Instant
from credhelper.error_catalog.client import EXCHANGE_TIMED_OUT
from credhelper.errors import HelperError

if TYPE_CHECKING:
    from pathlib import Path

HOST = "123456789012.dkr.ecr.us-east-1.amazonaws.com"
INSTANT = Instant(1_800_000_000.25, b"boot", 1000.125)
ERROR = EXCHANGE_TIMED_OUT.error(hang="3 seconds were spent", timeout_setting="CREDHELPER_TIMEOUT")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / ".failure-key"
    path.write_bytes(recent_failure.serialize(RecentFailure(INSTANT, ERROR)))
    path.chmod(0o600)
    return path


def test_a_failure_is_read_as_it_was_written(path: Path) -> None:
    failure = recent_failure.read(str(path))
    assert failure is not None
    assert (failure.failed_at.wall, failure.failed_at.boot, failure.failed_at.uptime) == (
        INSTANT.wall,
        INSTANT.boot,
        INSTANT.uptime,
    )
    assert (failure.error.id, failure.error.fix, str(failure.error)) == (ERROR.id, ERROR.fix, str(ERROR))


def test_a_failure_is_reported_for_the_host_that_was_requested(path: Path) -> None:
    failure = recent_failure.read(str(path))
    assert failure is not None
    assert str(failure.error.for_host(HOST)) == f"{ERROR.message} for {HOST} ({ERROR.why})"


@pytest.mark.parametrize("is_transient", [True, False])
def test_a_failure_records_whether_a_stale_token_may_serve(path: Path, is_transient: bool) -> None:
    error = HelperError("id", "a sentence", "a step", is_transient=is_transient)
    path.write_bytes(recent_failure.serialize(RecentFailure(INSTANT, error)))
    failure = recent_failure.read(str(path))
    assert failure is not None
    assert failure.error.is_transient == is_transient


def test_without_a_file_there_is_no_failure(tmp_path: Path) -> None:
    assert recent_failure.read(str(tmp_path / "none")) is None


def test_a_file_that_others_may_write_is_not_read(path: Path) -> None:
    path.chmod(0o622)
    assert recent_failure.read(str(path)) is None


@given(
    st.binary() | st.recursive(st.none() | st.text() | st.floats(), st.lists).map(lambda value: repr(value).encode())
)
def test_arbitrary_bytes_are_not_a_recent_failure(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.mktemp("any") / "file"
    path.write_bytes(data)
    path.chmod(0o600)
    assert recent_failure.read(str(path)) is None


@given(st.integers(0, 200))
def test_a_truncated_failure_is_ignored(tmp_path_factory: pytest.TempPathFactory, length: int) -> None:
    path = tmp_path_factory.mktemp("torn") / "file"
    content = recent_failure.serialize(RecentFailure(INSTANT, ERROR))
    path.write_bytes(content[: min(length, len(content) - 1)])
    path.chmod(0o600)
    assert recent_failure.read(str(path)) is None
