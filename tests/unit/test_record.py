"""What an exchange wrote down: files that changed too near to it cannot be vouched for."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from credhelper import evidence
from credhelper.cache.record import CredentialSource, DependencySnapshot

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

KEYS = CredentialSource()


@pytest.fixture
def config(home: Path) -> Path:
    (home / ".aws").mkdir()
    path = home / ".aws" / "config"
    path.write_text("[default]\n")
    return path


def facts(changed: float, began: float, ended: float, origin: CredentialSource = KEYS) -> Sequence[bytes] | None:
    """Record an exchange that began and ended so many seconds after the file changed."""
    times: Iterator[float] = iter([changed + began, *[changed + ended] * 20])
    return DependencySnapshot(os.environ, clock=lambda: next(times)).confirm_dependencies(origin)


@pytest.mark.parametrize(("began", "ended"), [(0.01, 1), (0, 1), (-1, 1), (-1, 0), (-1, -0.01)])
def test_a_file_that_changed_around_an_exchange_is_not_vouched_for(config: Path, began: float, ended: float) -> None:
    assert facts(config.stat().st_ctime, began, ended) is None


@pytest.mark.parametrize(("began", "ended"), [(0.03, 1), (-2, -1)])
def test_a_file_that_changed_before_or_will_after_is(config: Path, began: float, ended: float) -> None:
    assert facts(config.stat().st_ctime, began, ended)


def test_a_file_that_went_meanwhile_is_not_vouched_for(config: Path) -> None:
    record = DependencySnapshot(os.environ, clock=lambda: config.parent.stat().st_ctime + 100)
    config.unlink()
    assert record.confirm_dependencies(KEYS) is None


def test_all_that_was_consulted_is_a_fact(home: Path) -> None:
    found = DependencySnapshot(os.environ, clock=lambda: 0).confirm_dependencies(
        CredentialSource(files=["/some/token"])
    )
    assert found
    assert [line.split(b"\t")[1] for line in found if line.startswith(b"file\t")] == [
        os.fsencode(home / ".config/credhelper/config.toml"),
        b"/etc/credhelper/config.toml",
        os.fsencode(home / ".aws/config"),
        os.fsencode(home / ".aws/credentials"),
        b"/etc/boto.cfg",
        os.fsencode(home / ".boto"),
        b"/some/token",
    ]


def test_what_the_machine_decided_ends_with_its_boot_and_its_network() -> None:
    found = DependencySnapshot(os.environ, clock=lambda: 0).confirm_dependencies(CredentialSource(machine_bound=True))
    assert found
    assert evidence.observe(b"boot", b"", {}) in found
    assert evidence.observe(b"network", b"", {}) in found


def test_what_keys_decided_goes_on_after_a_boot() -> None:
    found = DependencySnapshot(os.environ, clock=lambda: 0).confirm_dependencies(KEYS)
    assert found
    assert not [line for line in found if line.startswith((b"boot", b"network"))]


@pytest.mark.parametrize("path", ["/a\tb", "/a\nb", "$HOME/a", "~name/a"])
def test_a_path_that_cannot_be_written_down_is_not_vouched_for(path: str) -> None:
    assert DependencySnapshot(os.environ, clock=lambda: 0).confirm_dependencies(CredentialSource(files=[path])) is None
