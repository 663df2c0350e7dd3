"""What this machine may lack: a test that needs it is skipped with the reason. Under CI nothing may be left out."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.fake_ec2 import layers, rootless


def require_engine() -> None:
    """Go on where an instance with an engine can be made."""
    if os.geteuid():
        _skip("an instance with an engine needs root, for its mounts and control groups")
    if not shutil.which("apt-get"):
        _skip("an instance with an engine is made of Debian's or Ubuntu's packages, and there is no apt-get")
    _require_unshare(layers.NAMESPACES)


def require_namespaces() -> None:
    """Go on where an instance without an engine can be made."""
    _require_unshare((*rootless.NAMESPACES, "--map-root-user"))


def require_ipv6() -> None:
    """Go on where the kernel knows IPv6."""
    if not Path("/proc/net/if_inet6").exists():
        _skip("the kernel is without IPv6")


def _require_unshare(options: tuple[str, ...]) -> None:
    mount = ["mount", "-t", "tmpfs", "none", "/mnt"]
    result = subprocess.run(["unshare", *options, "--fork", *mount], capture_output=True, text=True, check=False)
    if result.returncode:
        _skip(f"the kernel lets us mount nothing in namespaces of our own: {result.stderr.strip()}")


def _skip(reason: str) -> None:
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)
