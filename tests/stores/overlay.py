"""The installed helper beside distributions of others: an environment that has all of this one's, and more."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from pathlib import Path

from tests.contract.process import PROGRAM, build_environment


class Overlay:
    """An environment of Python in a folder. What is put into its `added` can be imported there."""

    def __init__(self, folder: Path) -> None:
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
        self.added = folder / "added"
        self.added.mkdir()
        self._programs = folder / "bin"
        scheme = {"base": str(folder), "platbase": str(folder)}
        path = Path(sysconfig.get_path("purelib", vars=scheme), "all.pth")
        path.write_text(f"{self.added}\n{sysconfig.get_path('purelib')}\n")
        self._install_program()

    @property
    def path(self) -> str:
        """The PATH on which the helper is this environment's."""
        return os.pathsep.join((str(self._programs), build_environment()["PATH"]))

    def register(self, distribution: str, backend: str) -> None:
        """Let a distribution offer a backend to keyring, as any that is installed may."""
        folder = self.added / f"{distribution}-1.dist-info"
        folder.mkdir()
        (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1\n")
        (folder / "entry_points.txt").write_text(f"[keyring.backends]\n{distribution} = {backend}\n")

    def chosen_by_keyring(self) -> str:
        """Give the class that keyring itself would choose."""
        asked = "from keyring import get_keyring; c = type(get_keyring()); print(f'{c.__module__}.{c.__name__}')"
        argv = [str(self._programs / "python"), "-c", asked]
        return subprocess.run(argv, env=build_environment(), capture_output=True, text=True, check=True).stdout.strip()

    def _install_program(self) -> None:
        installed = Path(sysconfig.get_path("scripts"), PROGRAM).read_text()
        program = self._programs / PROGRAM
        program.write_text(f"#!{self._programs / 'python'}\n{installed.partition(chr(10))[2]}")
        program.chmod(0o700)
