"""The cache directory: what is written where, with which modes, and what happens if the home cannot be written."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.factories import create_entry, list_cache_files
from tests.support.runner import (
    HOST,
    NO_CALLS,
    ORDINARY_USER,
    PROGRAM,
    ProcessResult,
    list_files,
    parse_login,
    run_get,
    run_program,
)

if TYPE_CHECKING:
    from tests.fake_ec2.services import Loopback

HAS_NAMESPACES = shutil.which("unshare") is not None and run_program(["unshare", "-Urm", "true"]).status == 0
needs_namespaces = pytest.mark.skipif(not HAS_NAMESPACES, reason="no user namespaces: a home cannot be mounted")


def run_in_shell(script: str, *prefix: str) -> ProcessResult:
    """Run the helper's `get` as the "$@" of a shell script."""
    return run_program(["sh", "-c", script, "sh", *prefix, PROGRAM, "get"], HOST.encode())


def run_with_mounts(script: str, cleanup: str = "") -> ProcessResult:
    """Run the helper's `get` after a script that may mount file systems, in a mount namespace of its own."""
    full_script = f'{script}; "$@"; status=$?; {cleanup or ":"}; exit $status'
    return run_program(["unshare", "-Urm", "sh", "-c", full_script, "sh", PROGRAM, "get"], HOST.encode())


def get_mode(path: Path) -> int:
    return path.stat().st_mode & 0o7777


def assert_answered_with_one_line(result: ProcessResult) -> None:
    assert parse_login(result)["Username"] == "AWS"
    assert result.stderr_text.count("\n") == 1
    assert "cached" in result.stderr_text


@pytest.mark.usefixtures("cloud")
@pytest.mark.parametrize("umask", ["0", "0177", "0777"])
def test_the_cache_is_private_whatever_the_umask(home: Path, umask: str) -> None:
    parse_login(run_in_shell(f'umask {umask}; exec "$@"'))
    [path] = list_cache_files(home)
    assert (get_mode(path), get_mode(path.parent), get_mode(path.parent.parent)) == (0o600, 0o700, 0o700)


@pytest.mark.usefixtures("cloud")
def test_the_entry_is_the_only_file_that_is_written(home: Path) -> None:
    parse_login(run_get())
    [path] = list_cache_files(home)
    name = f".cache/credhelper/{path.name}"
    assert list_files(home) == {".cache", ".cache/credhelper", name}
    assert path.name.startswith(f"{HOST}-")


@pytest.mark.parametrize("value", ["1", "0"])
def test_a_disabled_cache_is_neither_read_nor_written(cloud: Loopback, home: Path, value: str) -> None:
    create_entry()
    original_files = list_files(home)
    result = run_get(AWS_ECR_DISABLE_CACHE=value)
    assert parse_login(result)["Secret"] != "seeded"
    assert result.stderr == b""
    assert cloud.count_calls()["ecr"] == 1
    assert list_files(home) == original_files


@pytest.mark.parametrize("form", ["{}/chosen", "{}/chosen/", "~/chosen"])
def test_only_the_chosen_directory_is_used(cloud: Loopback, home: Path, form: str) -> None:
    directory = form.format(home)
    first = run_get(AWS_ECR_CACHE_DIR=directory)
    assert first.stderr == b""
    assert {name.partition("/")[0] for name in list_files(home)} == {"chosen"}
    assert get_mode(home / "chosen") == 0o700
    cloud.forget()
    assert run_get(AWS_ECR_CACHE_DIR=directory).stdout == first.stdout
    assert cloud.count_calls() == NO_CALLS


def test_xdg_cache_home_is_used(cloud: Loopback, home: Path) -> None:
    parse_login(run_get(XDG_CACHE_HOME=str(home / "caches")))
    assert get_mode(home / "caches" / "credhelper") == 0o700
    assert cloud.count_calls()["ecr"] == 1


@pytest.mark.usefixtures("cloud")
@pytest.mark.parametrize("name", ["AWS_ECR_CACHE_DIR", "XDG_CACHE_HOME", "HOME"])
def test_a_directory_that_depends_on_the_working_directory_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    checkout = tmp_path / "checkout"
    checkout.mkdir()
    monkeypatch.chdir(checkout)
    parse_login(run_get(**{name: "here"}))
    assert list_files(checkout) == set()


@pytest.mark.usefixtures("cloud")
def test_a_relative_chosen_directory_is_named_in_one_line() -> None:
    result = run_get(AWS_ECR_CACHE_DIR="here")
    assert_answered_with_one_line(result)
    assert "AWS_ECR_CACHE_DIR" in result.stderr_text
    assert "no home folder" not in result.stderr_text


@pytest.mark.usefixtures("cloud")
def test_a_missing_home_is_not_created(tmp_path: Path) -> None:
    missing_home = tmp_path / "nobody" / "home"
    assert_answered_with_one_line(run_get(HOME=str(missing_home)))
    assert not missing_home.parent.exists()


@pytest.mark.usefixtures("cloud")
@pytest.mark.parametrize("location", [".cache", ".cache/credhelper"])
def test_a_file_in_place_of_a_directory_costs_speed_and_one_line(home: Path, location: str) -> None:
    path = home / location
    path.parent.mkdir(exist_ok=True)
    path.write_text("mine")
    assert_answered_with_one_line(run_get())
    assert path.read_text() == "mine"


@pytest.mark.usefixtures("cloud")
@pytest.mark.parametrize("mode", [0o770, 0o1777])
def test_no_token_is_written_to_a_directory_that_others_can_write(home: Path, mode: int) -> None:
    directory = home / ".cache" / "credhelper"
    directory.mkdir(parents=True)
    directory.chmod(mode)
    assert_answered_with_one_line(run_get())
    assert list_cache_files(home) == []


@pytest.mark.usefixtures("cloud")
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
@pytest.mark.parametrize("location", ["", ".cache/credhelper"])
def test_root_leaves_nothing_in_the_home_of_a_user(home: Path, location: str) -> None:
    (home / location).mkdir(parents=True, exist_ok=True)
    os.chown(home / location, 12345, 12345)
    original_files = list_files(home)
    assert_answered_with_one_line(run_get())
    assert list_files(home) == original_files


@needs_namespaces
@pytest.mark.usefixtures("cloud")
def test_a_read_only_home_costs_speed_and_one_line(home: Path) -> None:
    assert_answered_with_one_line(run_with_mounts('mount --bind "$HOME" "$HOME"; mount -o remount,bind,ro "$HOME"'))
    assert list_files(home) == set()


@needs_namespaces
@pytest.mark.usefixtures("cloud")
def test_a_home_that_cannot_hold_a_directory_costs_speed_and_one_line() -> None:
    assert_answered_with_one_line(run_with_mounts('mount -t tmpfs -o nr_inodes=1 tmpfs "$HOME"'))


@needs_namespaces
@pytest.mark.usefixtures("cloud")
def test_a_full_home_costs_speed_and_one_line_and_is_left_unchanged(tmp_path: Path) -> None:
    listing = tmp_path / "listing"
    setup = 'mount -t tmpfs -o size=64k tmpfs "$HOME"; mkdir -m 700 -p "$HOME/.cache" "$HOME/.cache/credhelper"'
    fill_disk = 'dd if=/dev/zero of="$HOME/fill" bs=4k 2>/dev/null'
    assert_answered_with_one_line(
        run_with_mounts(f"{setup}; {fill_disk}", f'ls -A "$HOME/.cache/credhelper" >"{listing}"')
    )
    assert listing.read_text() == ""


@needs_namespaces
@pytest.mark.usefixtures("cloud")
@pytest.mark.parametrize("location", ["", ".cache/credhelper"])
def test_a_directory_without_write_permission_costs_speed_and_one_line(home: Path, location: str) -> None:
    directory = home / location
    directory.mkdir(parents=True, exist_ok=True)
    directory.chmod(0o500)
    assert_answered_with_one_line(run_in_shell('exec "$@"', *ORDINARY_USER))


@pytest.mark.usefixtures("cloud")
def test_a_home_with_a_name_that_is_not_text_has_a_cache(tmp_path: Path) -> None:
    home = tmp_path / os.fsdecode(b"h\xf6me \xff")
    home.mkdir(mode=0o700)
    first = run_get(HOME=str(home))
    assert run_get(HOME=str(home)).stdout == first.stdout
    assert len(list_cache_files(home)) == 1
