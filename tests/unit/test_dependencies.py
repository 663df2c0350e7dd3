"""Dependencies of an exchange: a file that changed shortly before, during or shortly after it prevents caching."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from credhelper import fingerprint
from credhelper.cache.dependencies import DependencySnapshot
from credhelper.ecr.token import CredentialSource

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

KEY_SOURCE = CredentialSource()


@pytest.fixture
def config(home: Path) -> Path:
    (home / ".aws").mkdir()
    path = home / ".aws" / "config"
    path.write_text("[default]\n")
    return path


def record_dependencies(
    changed_at: float, start: float, end: float, source: CredentialSource = KEY_SOURCE
) -> Sequence[bytes] | None:
    """Return the dependencies of an exchange that began and ended `start` and `end` seconds after the file changed."""
    times: Iterator[float] = iter([changed_at + start, *[changed_at + end] * 20])
    return DependencySnapshot(os.environ, clock=lambda: next(times)).confirm_dependencies(source)


@pytest.mark.parametrize(("start", "end"), [(0.01, 1), (0, 1), (-1, 1), (-1, 0), (-1, -0.01)])
def test_a_file_that_changed_around_an_exchange_prevents_caching(config: Path, start: float, end: float) -> None:
    assert record_dependencies(config.stat().st_ctime, start, end) is None


@pytest.mark.parametrize(("start", "end"), [(0.03, 1), (-2, -1)])
def test_a_file_that_changed_long_before_or_after_an_exchange_does_not_prevent_caching(
    config: Path, start: float, end: float
) -> None:
    assert record_dependencies(config.stat().st_ctime, start, end)


def test_a_file_that_disappeared_meanwhile_prevents_caching(config: Path) -> None:
    snapshot = DependencySnapshot(os.environ, clock=lambda: config.parent.stat().st_ctime + 100)
    config.unlink()
    assert snapshot.confirm_dependencies(KEY_SOURCE) is None


def test_every_file_that_was_consulted_is_a_dependency(home: Path) -> None:
    dependencies = DependencySnapshot(os.environ, clock=lambda: 0).confirm_dependencies(
        CredentialSource(files=["/some/token"])
    )
    assert dependencies
    assert [line.split(b"\t")[1] for line in dependencies if line.startswith(b"file\t")] == [
        os.fsencode(home / ".config/credhelper/config.toml"),
        b"/etc/credhelper/config.toml",
        os.fsencode(home / ".aws/config"),
        os.fsencode(home / ".aws/credentials"),
        b"/etc/boto.cfg",
        os.fsencode(home / ".boto"),
        b"/some/token",
    ]


def test_a_machine_bound_token_depends_on_the_boot_and_the_network() -> None:
    dependencies = DependencySnapshot(os.environ, clock=lambda: 0).confirm_dependencies(
        CredentialSource(machine_bound=True)
    )
    assert dependencies
    assert fingerprint.observe(b"boot", b"", {}) in dependencies
    assert fingerprint.observe(b"network", b"", {}) in dependencies


def test_a_token_from_keys_depends_on_neither_the_boot_nor_the_network() -> None:
    dependencies = DependencySnapshot(os.environ, clock=lambda: 0).confirm_dependencies(KEY_SOURCE)
    assert dependencies
    assert not [line for line in dependencies if line.startswith((b"boot", b"network"))]


@pytest.mark.parametrize("path", ["/a\tb", "/a\nb", "$HOME/a", "~name/a"])
def test_a_path_that_cannot_be_recorded_prevents_caching(path: str) -> None:
    assert DependencySnapshot(os.environ, clock=lambda: 0).confirm_dependencies(CredentialSource(files=[path])) is None
