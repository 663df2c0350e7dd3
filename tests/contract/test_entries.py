"""A cache file that is not a valid entry is a miss: it is never served, causes no hang and blocks nothing."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from credhelper import entry
from credhelper.clock import read_clocks
from tests.support.factories import create_entry, list_cache_files
from tests.support.runner import HOST, NO_CALLS, OTHER_HOST, build_environment, parse_login, run_get, run_helper

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.fake_ec2.services import Loopback


def truncate_all(path: Path) -> None:
    os.truncate(path, 0)


def cut_last_byte(path: Path) -> None:
    os.truncate(path, path.stat().st_size - 1)


def append_byte(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"\n")


def grow_to_gigabyte(path: Path) -> None:
    os.truncate(path, 1 << 30)


def zero_last_bytes(path: Path) -> None:
    """Zero the last bytes: after a power cut, a file may have its full size but lack its last block."""
    data = path.read_bytes()
    path.write_bytes(data[:-5] + bytes(5))


def raise_version(path: Path) -> None:
    data = path.read_bytes()
    assert data.startswith(b"credhelper entry 2\n")
    path.write_bytes(data.replace(b"entry 2", b"entry 3", 1))


def older(path: Path) -> None:
    data = path.read_bytes()
    assert data.startswith(b"credhelper entry 2\n")
    path.write_bytes(data.replace(b"entry 2", b"entry 1", 1).replace(b"\n-\n", b"\n", 1))


def change_host(path: Path) -> None:
    data = path.read_bytes()
    assert HOST.encode() in data
    path.write_bytes(data.replace(HOST.encode(), OTHER_HOST.encode()))


def change_identity(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data.replace(b"\nHOME=", b"\nAWS_PROFILE='other'\nHOME=", 1))
    assert path.read_bytes() != data


def replace_by_link(path: Path) -> None:
    path.rename(path.with_name("elsewhere"))
    path.symlink_to("elsewhere")


def replace_by_dangling_link(path: Path) -> None:
    path.unlink()
    path.symlink_to("nowhere")


def replace_by_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path, 0o600)


def replace_by_directory(path: Path) -> None:
    path.unlink()
    path.mkdir(0o700)


CORRUPTIONS = [
    truncate_all,
    cut_last_byte,
    append_byte,
    grow_to_gigabyte,
    zero_last_bytes,
    raise_version,
    older,
    change_host,
    change_identity,
    replace_by_link,
    replace_by_dangling_link,
]


def create_corrupt_entry(home: Path, corrupt: Callable[[Path], None]) -> None:
    create_entry()
    [path] = list_cache_files(home)
    corrupt(path)


def get_name(corrupt: Callable[[Path], None]) -> str:
    return corrupt.__name__


@pytest.mark.parametrize(
    "corrupt",
    [truncate_all, zero_last_bytes, raise_version, older, change_host, replace_by_link, replace_by_pipe],
    ids=get_name,
)
def test_an_invalid_entry_is_not_served_and_is_replaced(
    cloud: Loopback, home: Path, corrupt: Callable[[Path], None]
) -> None:
    create_corrupt_entry(home, corrupt)
    first = run_get()
    assert parse_login(first)["Secret"] != "seeded"
    cloud.forget()
    assert run_get().stdout == first.stdout
    assert cloud.count_calls() == NO_CALLS


@pytest.mark.parametrize("corrupt", [*CORRUPTIONS, replace_by_pipe, replace_by_directory], ids=get_name)
def test_an_invalid_entry_is_not_listed_and_can_be_erased(home: Path, corrupt: Callable[[Path], None]) -> None:
    create_corrupt_entry(home, corrupt)
    assert run_helper("list").stdout == b"{}\n"
    result = run_helper("erase", stdin=HOST.encode())
    assert (result.status, result.stdout, result.stderr) == (0, b"", b"")


def test_a_directory_in_place_of_an_entry_costs_speed_and_one_line(cloud: Loopback, home: Path) -> None:
    create_corrupt_entry(home, replace_by_directory)
    result = run_get()
    assert parse_login(result)["Username"] == "AWS"
    assert result.stderr_text.count("\n") == 1
    assert "cannot be cached" in result.stderr_text
    assert cloud.count_calls()["ecr"] == 1


@pytest.mark.usefixtures("cloud")
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o622])
def test_an_entry_that_others_can_access_is_not_served_and_is_made_private(home: Path, mode: int) -> None:
    create_entry()
    [path] = list_cache_files(home)
    path.chmod(mode)
    assert parse_login(run_get())["Secret"] != "seeded"
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.usefixtures("cloud")
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_an_entry_of_another_user_is_not_served(home: Path) -> None:
    create_entry()
    [path] = list_cache_files(home)
    os.chown(path, 12345, 12345)
    assert parse_login(run_get())["Secret"] != "seeded"
    assert path.stat().st_uid == 0


@pytest.mark.usefixtures("cloud")
def test_the_entry_of_one_host_under_the_name_of_another_is_not_served(home: Path) -> None:
    create_entry(OTHER_HOST)
    [path] = list_cache_files(home)
    path.rename(path.with_name(path.name.replace(OTHER_HOST, HOST)))
    answer = parse_login(run_get())
    assert (answer["ServerURL"], answer["Secret"] == "seeded") == (HOST, False)


def test_a_truncated_entry_is_a_miss_whatever_its_length(home: Path) -> None:
    create_entry()
    [path] = list_cache_files(home)
    environ = build_environment()
    content = path.read_bytes()
    for length in range(len(content)):
        path.write_bytes(content[:length])
        assert entry.lookup(HOST, environ, read_clocks()) is None
    path.write_bytes(content)
    assert entry.lookup(HOST, environ, read_clocks()) is not None
