"""The installed helper beside other distributions: an environment that extends this one."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from pathlib import Path

from tests.support.runner import PROGRAM, build_environment


class Overlay:
    """A Python environment in a directory. Modules in its `packages` can be imported there."""

    def __init__(self, directory: Path) -> None:
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(directory)], check=True)
        self.packages = directory / "added"
        self.packages.mkdir()
        self._programs = directory / "bin"
        scheme = {"base": str(directory), "platbase": str(directory)}
        path = Path(sysconfig.get_path("purelib", vars=scheme), "all.pth")
        path.write_text(f"{self.packages}\n{sysconfig.get_path('purelib')}\n")
        self._install_program()

    @property
    def path(self) -> str:
        """A PATH on which the helper is that of this environment."""
        return os.pathsep.join((str(self._programs), build_environment()["PATH"]))

    def register(self, distribution: str, backend: str) -> None:
        """Add a distribution that registers a keyring backend, as any installed distribution may."""
        directory = self.packages / f"{distribution}-1.dist-info"
        directory.mkdir()
        (directory / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1\n")
        (directory / "entry_points.txt").write_text(f"[keyring.backends]\n{distribution} = {backend}\n")

    def find_default_backend(self) -> str:
        """Return the class that keyring itself would choose."""
        script = "from keyring import get_keyring; c = type(get_keyring()); print(f'{c.__module__}.{c.__name__}')"
        argv = [str(self._programs / "python"), "-c", script]
        return subprocess.run(argv, env=build_environment(), capture_output=True, text=True, check=True).stdout.strip()

    def _install_program(self) -> None:
        original = Path(sysconfig.get_path("scripts"), PROGRAM).read_text()
        program = self._programs / PROGRAM
        program.write_text(f"#!{self._programs / 'python'}\n{original.partition(chr(10))[2]}")
        program.chmod(0o700)
