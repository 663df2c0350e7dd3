"""A home on a small disk of its own, which can be filled: a tmpfs in a mount namespace."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from tests.keyrings.programs import start_program, wait_until
from tests.support.runner import PROGRAM, ProcessResult, run_program

if TYPE_CHECKING:
    from collections.abc import Iterator

_NAMESPACES = ("unshare", "-Urm")
IS_AVAILABLE = (
    shutil.which("unshare") is not None
    and subprocess.run([*_NAMESPACES, "true"], capture_output=True, check=False).returncode == 0
)

PAGE_SIZE = 4096  # bytes; a tmpfs allocates space by the page
_SCRIPT = f'mount -t tmpfs -o size={16 * PAGE_SIZE} tmpfs "$1" && >"$1/mounted" && exec sleep 600'


class Disk:
    """A disk that is mounted at `home` in the namespaces of a process."""

    def __init__(self, pid: int, home: Path) -> None:
        self._enter = ("nsenter", f"--target={pid}", "--user", "--mount", "--preserve-credentials")
        self.home = Path(f"/proc/{pid}/root{home}")

    def run_helper(self, verb: str, stdin: bytes) -> ProcessResult:
        """Run the helper in these namespaces."""
        return run_program([*self._enter, PROGRAM, verb], stdin)

    def fill(self, pages: int) -> None:
        """Fill the disk except for a number of pages."""
        with (self.home / "fill").open("wb", buffering=0) as file, contextlib.suppress(OSError):
            while True:
                file.write(bytes(PAGE_SIZE))
        size = (self.home / "fill").stat().st_size
        with (self.home / "fill").open("rb+") as file:
            file.truncate(size - pages * PAGE_SIZE)

    def clear(self) -> None:
        """Free the space again."""
        (self.home / "fill").unlink()


@contextlib.contextmanager
def mount_small(home: Path) -> Iterator[Disk]:
    """Yield a disk of 64 KiB at `home`."""
    with start_program([*_NAMESPACES, "sh", "-c", _SCRIPT, "sh", str(home)], {}) as process:
        disk = Disk(process.pid, home)
        wait_until((disk.home / "mounted").exists, "the disk")
        yield disk
