"""The key of the private file, as systemd passes it to a service."""

from __future__ import annotations

import os
import struct
from typing import TYPE_CHECKING

import pytest

from credhelper.logins.backends.file import _read_key

if TYPE_CHECKING:
    from pathlib import Path

# acl(5), as the kernel stores it: {owner: r, user 1000: r, group: -, mask: r, others: -}.
_UNDEFINED_ID = 0xFFFFFFFF
_ENTRIES = [(1, 4, _UNDEFINED_ID), (2, 4, 1000), (4, 0, _UNDEFINED_ID), (16, 4, _UNDEFINED_ID), (32, 0, _UNDEFINED_ID)]
ACCESS_LIST = struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *acl_entry) for acl_entry in _ENTRIES)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has files of root's")
def test_a_key_of_root_that_its_access_list_lets_us_read_is_private(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "key"
    path.write_bytes(b"k" * 44)
    path.chmod(0o400)
    os.setxattr(path, "system.posix_acl_access", ACCESS_LIST)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert _read_key(str(path)) == b"k" * 44
