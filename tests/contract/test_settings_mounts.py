"""Settings on a mount of their own, as Kubernetes mounts a ConfigMap: owned by root, mode 0777, read-only."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.support.runner import HOST, PROGRAM, ProcessResult, parse_error, run_program

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount")

SETTINGS = f"[[rule]]\nmatch = '{HOST}'\nprofile = 'nobody'\n"
MOUNT_SCRIPT = """
mount -t tmpfs -o mode=0777 settings "$FOLDER"
printf %s "$SETTINGS" > "$FOLDER/config.toml"
mount -o remount,"$MODE" "$FOLDER"
exec "$@"
"""


def get_with_settings_on_a_mount(tmp_path: Path, mode: str) -> ProcessResult:
    return run_program(
        ["unshare", "--mount", "sh", "-euc", MOUNT_SCRIPT, "sh", PROGRAM, "get"],
        HOST.encode(),
        FOLDER=str(tmp_path),
        MODE=mode,
        SETTINGS=SETTINGS,
        CREDHELPER_CONFIG=str(tmp_path / "config.toml"),
    )


def test_settings_that_are_mounted_read_only_are_trusted(tmp_path: Path) -> None:
    assert "profile nobody" in parse_error(get_with_settings_on_a_mount(tmp_path, "ro"))


def test_settings_that_are_mounted_writable_are_refused(tmp_path: Path) -> None:
    assert f"{tmp_path} can be written by all users" in parse_error(get_with_settings_on_a_mount(tmp_path, "rw"))
