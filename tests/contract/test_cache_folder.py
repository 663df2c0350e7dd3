"""The cache's folder: what is written where, with which modes; and a home that takes nothing."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.contract.process import HOST, NOBODY_CALLED, ORDINARY_USER, PROGRAM, Done, files, get, login, run
from tests.contract.seeds import entries, seed

if TYPE_CHECKING:
    from tests.instance.services import Loopback

NAMESPACES = shutil.which("unshare") is not None and run(["unshare", "-Urm", "true"]).status == 0
needs_namespaces = pytest.mark.skipif(not NAMESPACES, reason="no user namespaces: a home cannot be mounted")


def shell(script: str, *before: str) -> Done:
    """Run the helper's `get` as the "$@" of a shell script."""
    return run(["sh", "-c", script, "sh", *before, PROGRAM, "get"], HOST.encode())


def mounted(script: str, then: str = "") -> Done:
    """The same where the script may mount what it likes, seen by nobody else."""
    steps = f'{script}; "$@"; status=$?; {then or ":"}; exit $status'
    return run(["unshare", "-Urm", "sh", "-c", steps, "sh", PROGRAM, "get"], HOST.encode())


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o7777


def assert_answered_with_one_line(done: Done) -> None:
    assert login(done)["Username"] == "AWS"
    assert done.said.count("\n") == 1
    assert "cached" in done.said


@pytest.mark.usefixtures("cloud")
@pytest.mark.parametrize("umask", ["0", "0177", "0777"])
def test_what_is_written_is_private_whatever_the_umask(home: Path, umask: str) -> None:
    login(shell(f'umask {umask}; exec "$@"'))
    [path] = entries(home)
    assert (mode(path), mode(path.parent), mode(path.parent.parent)) == (0o600, 0o700, 0o700)


@pytest.mark.usefixtures("cloud")
def test_one_file_is_written_and_it_is_the_entry(home: Path) -> None:
    login(get())
    [path] = entries(home)
    name = f".cache/credhelper/{path.name}"
    assert files(home) == {".cache", ".cache/credhelper", name}
    assert path.name.startswith(f"{HOST}-")


@pytest.mark.parametrize("value", ["1", "0"])
def test_a_disabled_cache_is_neither_read_nor_written(cloud: Loopback, home: Path, value: str) -> None:
    seed()
    before = files(home)
    done = get(AWS_ECR_DISABLE_CACHE=value)
    assert login(done)["Secret"] != "seeded"
    assert done.stderr == b""
    assert cloud.calls()["ecr"] == 1
    assert files(home) == before


@pytest.mark.parametrize("form", ["{}/chosen", "{}/chosen/", "~/chosen"])
def test_the_chosen_folder_is_used_and_no_other(cloud: Loopback, home: Path, form: str) -> None:
    chosen = form.format(home)
    first = get(AWS_ECR_CACHE_DIR=chosen)
    assert first.stderr == b""
    assert {name.partition("/")[0] for name in files(home)} == {"chosen"}
    assert mode(home / "chosen") == 0o700
    cloud.forget()
    assert get(AWS_ECR_CACHE_DIR=chosen).stdout == first.stdout
    assert cloud.calls() == NOBODY_CALLED


def test_the_cache_home_of_the_desktop_is_used(cloud: Loopback, home: Path) -> None:
    login(get(XDG_CACHE_HOME=str(home / "caches")))
    assert mode(home / "caches" / "credhelper") == 0o700
    assert cloud.calls()["ecr"] == 1


@pytest.mark.usefixtures("cloud")
@pytest.mark.parametrize("name", ["AWS_ECR_CACHE_DIR", "XDG_CACHE_HOME", "HOME"])
def test_a_folder_that_depends_on_the_working_folder_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    checkout = tmp_path / "checkout"
    checkout.mkdir()
    monkeypatch.chdir(checkout)
    login(get(**{name: "here"}))
    assert files(checkout) == set()


@pytest.mark.usefixtures("cloud")
def test_a_relative_chosen_folder_is_named_in_one_line() -> None:
    done = get(AWS_ECR_CACHE_DIR="here")
    assert_answered_with_one_line(done)
    assert "AWS_ECR_CACHE_DIR" in done.said
    assert "no home folder" not in done.said


@pytest.mark.usefixtures("cloud")
def test_a_home_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    missing = tmp_path / "nobody" / "home"
    assert_answered_with_one_line(get(HOME=str(missing)))
    assert not missing.parent.exists()


@pytest.mark.usefixtures("cloud")
@pytest.mark.parametrize("place", [".cache", ".cache/credhelper"])
def test_a_file_in_the_place_of_a_folder_costs_speed_and_one_line(home: Path, place: str) -> None:
    path = home / place
    path.parent.mkdir(exist_ok=True)
    path.write_text("mine")
    assert_answered_with_one_line(get())
    assert path.read_text() == "mine"


@pytest.mark.usefixtures("cloud")
@pytest.mark.parametrize("open_to", [0o770, 0o1777])
def test_a_folder_that_others_may_write_in_gets_no_token(home: Path, open_to: int) -> None:
    folder = home / ".cache" / "credhelper"
    folder.mkdir(parents=True)
    folder.chmod(open_to)
    assert_answered_with_one_line(get())
    assert entries(home) == []


@pytest.mark.usefixtures("cloud")
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
@pytest.mark.parametrize("place", ["", ".cache/credhelper"])
def test_root_leaves_nothing_in_a_user_s_home(home: Path, place: str) -> None:
    (home / place).mkdir(parents=True, exist_ok=True)
    os.chown(home / place, 12345, 12345)
    before = files(home)
    assert_answered_with_one_line(get())
    assert files(home) == before


@needs_namespaces
@pytest.mark.usefixtures("cloud")
def test_a_read_only_home_costs_speed_and_one_line(home: Path) -> None:
    assert_answered_with_one_line(mounted('mount --bind "$HOME" "$HOME"; mount -o remount,bind,ro "$HOME"'))
    assert files(home) == set()


@needs_namespaces
@pytest.mark.usefixtures("cloud")
def test_a_home_that_takes_no_folder_costs_speed_and_one_line() -> None:
    assert_answered_with_one_line(mounted('mount -t tmpfs -o nr_inodes=1 tmpfs "$HOME"'))


@needs_namespaces
@pytest.mark.usefixtures("cloud")
def test_a_full_home_costs_speed_and_one_line_and_is_left_as_it_was(tmp_path: Path) -> None:
    listing = tmp_path / "listing"
    small = 'mount -t tmpfs -o size=64k tmpfs "$HOME"; mkdir -m 700 -p "$HOME/.cache" "$HOME/.cache/credhelper"'
    fill = 'dd if=/dev/zero of="$HOME/fill" bs=4k 2>/dev/null'
    assert_answered_with_one_line(mounted(f"{small}; {fill}", f'ls -A "$HOME/.cache/credhelper" >"{listing}"'))
    assert listing.read_text() == ""


@needs_namespaces
@pytest.mark.usefixtures("cloud")
@pytest.mark.parametrize("place", ["", ".cache/credhelper"])
def test_a_folder_without_a_right_to_write_costs_speed_and_one_line(home: Path, place: str) -> None:
    folder = home / place
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o500)
    assert_answered_with_one_line(shell('exec "$@"', *ORDINARY_USER))


@pytest.mark.usefixtures("cloud")
def test_a_home_whose_name_is_no_text_is_a_home(tmp_path: Path) -> None:
    home = tmp_path / os.fsdecode(b"h\xf6me \xff")
    home.mkdir(mode=0o700)
    first = get(HOME=str(home))
    assert get(HOME=str(home)).stdout == first.stdout
    assert len(entries(home)) == 1
