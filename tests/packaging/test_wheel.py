"""What is shipped: the wheel's files, each of them, and the launcher as it must be."""

from __future__ import annotations

import stat
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from credhelper import __version__

ROOT = Path(__file__).parents[2]
SCRIPT = f"credhelper-{__version__}.data/scripts/docker-credential-ecr"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    directory = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*build, "--wheel-dir", str(directory), str(ROOT)], check=True)
    (path,) = directory.glob("*.whl")
    return zipfile.ZipFile(path)


def test_the_wheel_holds_the_package_the_launcher_and_nothing_else(wheel: zipfile.ZipFile) -> None:
    names = {name for name in wheel.namelist() if ".dist-info/" not in name}
    files = (ROOT / "credhelper").rglob("*")
    package = {str(path.relative_to(ROOT)) for path in files if path.suffix in (".py", ".typed", ".json")}
    assert names == {*package, SCRIPT}


def test_the_launcher_is_executable_and_an_installer_writes_its_first_line(wheel: zipfile.ZipFile) -> None:
    assert wheel.read(SCRIPT).startswith(b"#!python\n")
    assert stat.S_IMODE(wheel.getinfo(SCRIPT).external_attr >> 16) == 0o755


def test_no_entry_point_replaces_the_launcher(wheel: zipfile.ZipFile) -> None:
    """An installer would write a wrapper of its own under the same name, which imports `re`."""
    assert not [name for name in wheel.namelist() if name.endswith("entry_points.txt")]


def test_the_wheel_says_that_it_is_typed(wheel: zipfile.ZipFile) -> None:
    assert "credhelper/py.typed" in wheel.namelist()
