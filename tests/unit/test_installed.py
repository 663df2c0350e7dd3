"""The tests refuse to run unless the package under test is a wheel of their checkout (tests/support/installed.py)."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import installed

ROOT = Path(__file__).parents[2]
NAMES = ("credhelper", "packaging", "pyproject.toml", "tests/conftest.py", "tests/support")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Create a copy of the checkout with one test, which passes."""
    directory = tmp_path / "checkout"
    for name in NAMES:
        source, copy = ROOT / name, directory / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(source, copy) if source.is_dir() else shutil.copy(source, copy)
    (directory / "tests" / "test_nothing.py").write_text("def test_nothing() -> None:\n    pass\n")
    return directory


def break_protocol(checkout: Path) -> None:
    errors = checkout / "credhelper" / "errors.py"
    text = errors.read_text()
    broken = text.replace("credentials not found in native keychain", "no such login")
    assert broken != text
    errors.write_text(broken)


def run_pytest(checkout: Path, *options: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run the one test of `checkout` on the package that is installed for this process."""
    command = [str(Path(sys.executable).parent / "pytest"), "-p", "no:cacheprovider", *options, "tests"]
    return subprocess.run(command, cwd=checkout, env=environ, capture_output=True, text=True, check=False)


def test_a_checkout_that_is_installed_is_tested(checkout: Path) -> None:
    result = run_pytest(checkout)
    assert (result.returncode, result.stderr) == (0, "")


@pytest.mark.parametrize("options", [(), ("--numprocesses=1",)], ids=["alone", "xdist"])
def test_a_broken_protocol_string_that_is_not_installed_is_not_tested(checkout: Path, options: tuple[str, ...]) -> None:
    break_protocol(checkout)
    result = run_pytest(checkout, *options)
    assert result.returncode == pytest.ExitCode.USAGE_ERROR
    assert "credhelper/errors.py of the checkout differs from the installed wheel" in result.stderr
    assert f"{sys.executable} -m pip install " in result.stderr
    assert f" --no-deps --force-reinstall {checkout}\n" in result.stderr


def test_an_editable_install_is_not_tested(checkout: Path, tmp_path: Path) -> None:
    record = tmp_path / "site" / "credhelper-0.1.0.dist-info"
    record.mkdir(parents=True)
    (record / "METADATA").write_text("Metadata-Version: 2.1\nName: credhelper\nVersion: 0.1.0\n")
    (record / "direct_url.json").write_text(f'{{"url": "file://{checkout}", "dir_info": {{"editable": true}}}}')
    result = run_pytest(checkout, PYTHONPATH=f"{record.parent}:{checkout}")
    assert result.returncode == pytest.ExitCode.USAGE_ERROR
    assert "credhelper is an editable install, but the tests are for the launcher" in result.stderr


def test_a_checkout_that_is_imported_is_not_tested(checkout: Path) -> None:
    result = run_pytest(checkout, PYTHONPATH=str(checkout))
    assert result.returncode == pytest.ExitCode.USAGE_ERROR
    assert "`import credhelper` found the checkout" in result.stderr


@pytest.mark.parametrize("name", ["cli/protocol.py", "settings/schema.json", "py.typed"])
def test_a_file_that_only_one_of_them_has_is_a_difference(checkout: Path, tmp_path: Path, name: str) -> None:
    package = shutil.copytree(checkout / "credhelper", tmp_path / "package")
    launcher = checkout / "packaging" / "docker-credential-ecr"
    assert installed.find_difference(checkout, package, launcher) == ""
    (package / name).unlink()
    assert installed.find_difference(checkout, package, launcher) == f"credhelper/{name}"
    (checkout / "credhelper" / name).rename(package / name)
    assert installed.find_difference(checkout, package, launcher) == f"credhelper/{name}"


def test_the_launcher_may_differ_in_its_first_line_only(checkout: Path, tmp_path: Path) -> None:
    text = (checkout / "packaging" / "docker-credential-ecr").read_text()
    launcher = tmp_path / "launcher"
    launcher.write_text(text.replace("#!python\n", "#!/usr/bin/python3\n"))
    assert installed.find_difference(checkout, checkout / "credhelper", launcher) == ""
    launcher.write_text(text + "\n# edited\n")
    assert installed.find_difference(checkout, checkout / "credhelper", launcher) == "packaging/docker-credential-ecr"
