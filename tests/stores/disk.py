"""A home on a small disk of its own, which can be filled: a tmpfs in a mount namespace."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from tests.contract.process import PROGRAM, ProcessResult, run_program
from tests.stores.programs import started, until

if TYPE_CHECKING:
    from collections.abc import Iterator

_NAMESPACES = ("unshare", "-Urm")
HERE = (
    shutil.which("unshare") is not None
    and subprocess.run([*_NAMESPACES, "true"], capture_output=True, check=False).returncode == 0
)

PAGE = 4096  # bytes; a tmpfs gives room by the page
_SCRIPT = f'mount -t tmpfs -o size={16 * PAGE} tmpfs "$1" && >"$1/mounted" && exec sleep 600'


class Disk:
    """A disk that is mounted at `home` for those who enter the namespace of a process."""

    def __init__(self, process: int, home: Path) -> None:
        self._enter = ("nsenter", f"--target={process}", "--user", "--mount", "--preserve-credentials")
        self.home = Path(f"/proc/{process}/root{home}")

    def helper(self, verb: str, given: bytes) -> ProcessResult:
        """Run the helper there."""
        return run_program([*self._enter, PROGRAM, verb], given)

    def fill(self, pages: int) -> None:
        """Leave room for so many pages."""
        with (self.home / "fill").open("wb", buffering=0) as file, contextlib.suppress(OSError):
            while True:
                file.write(bytes(PAGE))
        size = (self.home / "fill").stat().st_size
        with (self.home / "fill").open("rb+") as file:
            file.truncate(size - pages * PAGE)

    def clear(self) -> None:
        """Make room."""
        (self.home / "fill").unlink()


@contextlib.contextmanager
def small(home: Path) -> Iterator[Disk]:
    """Give a disk of 64 kB at `home`."""
    with started([*_NAMESPACES, "sh", "-c", _SCRIPT, "sh", str(home)], {}) as process:
        disk = Disk(process.pid, home)
        until((disk.home / "mounted").exists, "the disk")
        yield disk
