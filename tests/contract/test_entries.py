"""A cache file that is not exactly an entry of ours is a miss: never served, never a hang, never in the way."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from credhelper import entry
from tests.contract.process import HOST, NOBODY_CALLED, OTHER, environment, get, helper, login
from tests.contract.seeds import entries, seed

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.instance.services import Loopback


def empty(path: Path) -> None:
    os.truncate(path, 0)


def too_short(path: Path) -> None:
    os.truncate(path, path.stat().st_size - 1)


def too_long(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"\n")


def vast(path: Path) -> None:
    os.truncate(path, 1 << 30)


def torn(path: Path) -> None:
    """The second block was never written: what a power cut leaves of a file whose size was."""
    data = path.read_bytes()
    path.write_bytes(data[:-5] + bytes(5))


def newer(path: Path) -> None:
    data = path.read_bytes()
    assert data.startswith(b"credhelper entry 2\n")
    path.write_bytes(data.replace(b"entry 2", b"entry 3", 1))


def older(path: Path) -> None:
    data = path.read_bytes()
    assert data.startswith(b"credhelper entry 2\n")
    path.write_bytes(data.replace(b"entry 2", b"entry 1", 1).replace(b"\n-\n", b"\n", 1))


def of_another_host(path: Path) -> None:
    data = path.read_bytes()
    assert HOST.encode() in data
    path.write_bytes(data.replace(HOST.encode(), OTHER.encode()))


def of_another_identity(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data.replace(b"\nHOME=", b"\nAWS_PROFILE='other'\nHOME=", 1))
    assert path.read_bytes() != data


def linked(path: Path) -> None:
    path.rename(path.with_name("elsewhere"))
    path.symlink_to("elsewhere")


def dangling(path: Path) -> None:
    path.unlink()
    path.symlink_to("nowhere")


def a_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path, 0o600)


def a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir(0o700)


SPOILS = [empty, too_short, too_long, vast, torn, newer, older, of_another_host, of_another_identity, linked, dangling]


def spoiled(home: Path, spoil: Callable[[Path], None]) -> None:
    seed()
    [path] = entries(home)
    spoil(path)


def named(spoil: Callable[[Path], None]) -> str:
    return spoil.__name__


@pytest.mark.parametrize("spoil", [empty, torn, newer, older, of_another_host, linked, a_pipe], ids=named)
def test_what_is_no_entry_is_not_served_and_makes_way_for_one(
    cloud: Loopback, home: Path, spoil: Callable[[Path], None]
) -> None:
    spoiled(home, spoil)
    first = get()
    assert login(first)["Secret"] != "seeded"
    cloud.forget()
    assert get().stdout == first.stdout
    assert cloud.calls() == NOBODY_CALLED


@pytest.mark.parametrize("spoil", [*SPOILS, a_pipe, a_folder], ids=named)
def test_what_is_no_entry_is_not_listed_and_can_be_erased(home: Path, spoil: Callable[[Path], None]) -> None:
    spoiled(home, spoil)
    assert helper("list").stdout == b"{}\n"
    done = helper("erase", stdin=HOST.encode())
    assert (done.status, done.stdout, done.stderr) == (0, b"", b"")


def test_a_folder_in_the_place_of_an_entry_costs_speed_and_one_line(cloud: Loopback, home: Path) -> None:
    spoiled(home, a_folder)
    done = get()
    assert login(done)["Username"] == "AWS"
    assert done.said.count("\n") == 1
    assert "cannot be cached" in done.said
    assert cloud.calls()["ecr"] == 1


@pytest.mark.usefixtures("cloud")
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o622])
def test_an_entry_that_others_may_touch_is_not_served_and_is_private_after(home: Path, mode: int) -> None:
    seed()
    [path] = entries(home)
    path.chmod(mode)
    assert login(get())["Secret"] != "seeded"
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.usefixtures("cloud")
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_an_entry_of_somebody_else_is_not_served(home: Path) -> None:
    seed()
    [path] = entries(home)
    os.chown(path, 12345, 12345)
    assert login(get())["Secret"] != "seeded"
    assert path.stat().st_uid == 0


@pytest.mark.usefixtures("cloud")
def test_one_host_s_entry_under_another_s_name_is_not_served(home: Path) -> None:
    seed(OTHER)
    [path] = entries(home)
    path.rename(path.with_name(path.name.replace(OTHER, HOST)))
    answer = login(get())
    assert (answer["ServerURL"], answer["Secret"] == "seeded") == (HOST, False)


def test_an_entry_that_is_cut_anywhere_is_a_miss(home: Path) -> None:
    seed()
    [path] = entries(home)
    environ = environment()
    whole = path.read_bytes()
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        assert entry.lookup(HOST, environ, entry.read_clocks()) is None
    path.write_bytes(whole)
    assert entry.lookup(HOST, environ, entry.read_clocks()) is not None
