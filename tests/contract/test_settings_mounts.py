"""Settings on a mount of their own, as Kubernetes gives a ConfigMap: root's, of mode 0777, and read-only."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.contract.process import HOST, PROGRAM, Done, refusal, run

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount")

SETTINGS = f"[[rule]]\nmatch = '{HOST}'\nprofile = 'nobody'\n"
IN_A_MOUNT = """
mount -t tmpfs -o mode=0777 settings "$FOLDER"
printf %s "$SETTINGS" > "$FOLDER/config.toml"
mount -o remount,"$MODE" "$FOLDER"
exec "$@"
"""


def get_with_settings_on_a_mount(tmp_path: Path, mode: str) -> Done:
    return run(
        ["unshare", "--mount", "sh", "-euc", IN_A_MOUNT, "sh", PROGRAM, "get"],
        HOST.encode(),
        FOLDER=str(tmp_path),
        MODE=mode,
        SETTINGS=SETTINGS,
        CREDHELPER_CONFIG=str(tmp_path / "config.toml"),
    )


def test_what_is_mounted_read_only_can_be_written_by_nobody(tmp_path: Path) -> None:
    assert "profile nobody" in refusal(get_with_settings_on_a_mount(tmp_path, "ro"))


def test_the_same_mounted_for_writing_is_not_obeyed(tmp_path: Path) -> None:
    assert f"{tmp_path} can be written by everybody" in refusal(get_with_settings_on_a_mount(tmp_path, "rw"))
