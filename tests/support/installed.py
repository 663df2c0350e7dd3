"""The check that the tests run on a wheel of this checkout: installed, not editable, and with the same files.

The tests start the installed launcher, which does not see an edit of the checkout. Without this check, a checkout that
is broken but not reinstalled passes all tests. Run as a program, this file prints the problem and exits with status 1.
"""

from __future__ import annotations

import json
import shlex
import sys
from importlib import metadata
from pathlib import Path

import credhelper

ROOT = Path(__file__).parents[2]
_LAUNCHER = "docker-credential-ecr"
_SUFFIXES = (".py", ".json", ".typed")


def find_problem() -> str:
    """Return why the tests must not run on the package that this process imports; "" if they may."""
    # Without build isolation: the test environment has the build backend, and no index is needed.
    reinstall = shlex.join(
        [sys.executable, "-m", "pip", "install", "--no-build-isolation", "--no-deps", "--force-reinstall", str(ROOT)]
    )
    package = Path(credhelper.__file__).resolve().parent
    if _is_editable():
        return (
            "credhelper is an editable install, but the tests are for the launcher and the files that a wheel installs."
            f" Install the wheel:\n  {reinstall}"
        )
    if package == ROOT.resolve() / "credhelper":
        return (
            "the tests are for the installed wheel, but `import credhelper` found the checkout. Run pytest, not "
            f"`python -m pytest`, and without PYTHONPATH. If the wheel is not installed, install it:\n  {reinstall}"
        )
    name = find_difference(ROOT, package, Path(sys.executable).parent / _LAUNCHER)
    return name and f"{name} of the checkout differs from the installed wheel. Install the checkout:\n  {reinstall}"


def find_difference(checkout: Path, package: Path, launcher: Path) -> str:
    """Return the first file, by its path in the checkout, that is not installed byte for byte; "" if all are."""
    source = checkout / "credhelper"
    for name in sorted(_list_files(source) | _list_files(package)):
        if _read_bytes(source / name) != _read_bytes(package / name):
            return f"credhelper/{name}"
    # pip replaces the first line.
    source_lines, installed_lines = (
        (_read_bytes(path) or b"").splitlines()[1:] for path in (checkout / "packaging" / _LAUNCHER, launcher)
    )
    return "" if source_lines == installed_lines else f"packaging/{_LAUNCHER}"


def _is_editable() -> bool:
    """Return whether the installer recorded an editable install (PEP 610)."""
    try:
        text = metadata.distribution("credhelper").read_text("direct_url.json")
    except metadata.PackageNotFoundError:
        return False
    return text is not None and bool(json.loads(text).get("dir_info", {}).get("editable"))


def _list_files(directory: Path) -> set[str]:
    return {str(path.relative_to(directory)) for path in directory.rglob("*") if path.suffix in _SUFFIXES}


def _read_bytes(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


if __name__ == "__main__":
    sys.exit(find_problem() or 0)
