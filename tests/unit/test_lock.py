"""The lock, tested between real processes where it matters."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from credhelper.system.lock import Lock

_HOLD_SCRIPT = """
import sys, time
from credhelper.system.lock import Lock
assert Lock(sys.argv[1]).try_acquire()
print("taken", flush=True)
time.sleep(60)
"""


@pytest.fixture
def path(tmp_path: Path) -> str:
    return str(tmp_path / "lock")


def test_a_free_lock_is_taken(path: str) -> None:
    assert Lock(path).try_acquire()


def test_a_lock_has_one_holder_until_it_is_released(path: str) -> None:
    first, second = Lock(path), Lock(path)
    assert first.try_acquire()
    assert not second.try_acquire()
    first.release()
    assert second.try_acquire()


def test_a_released_lock_leaves_no_file(path: str) -> None:
    lock = Lock(path)
    lock.try_acquire()
    lock.release()
    assert not os.path.exists(path)  # noqa: PTH110


def test_a_waiter_for_a_removed_lock_acquires_the_new_one(path: str) -> None:
    first, second, third = Lock(path), Lock(path), Lock(path)
    assert first.try_acquire()
    assert not second.try_acquire()  # it has the first file open
    first.release()
    assert third.try_acquire()  # a new file
    assert not second.try_acquire()


def test_a_waiter_that_gives_up_leaves_the_lock_to_its_holder(path: str) -> None:
    holder, waiter = Lock(path), Lock(path)
    assert holder.try_acquire()
    assert not waiter.try_acquire()
    waiter.release()
    assert not Lock(path).try_acquire()


def test_the_lock_of_a_killed_process_is_free(path: str) -> None:
    with subprocess.Popen([sys.executable, "-I", "-c", _HOLD_SCRIPT, path], stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"taken\n"
        assert not Lock(path).try_acquire()
        holder.kill()
        holder.wait()
    assert Lock(path).try_acquire()


def test_a_holder_is_running_until_it_is_stopped(path: str) -> None:
    with subprocess.Popen([sys.executable, "-I", "-c", _HOLD_SCRIPT, path], stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"taken\n"
        lock = Lock(path)
        assert not lock.try_acquire()
        assert lock.holder_is_running()
        holder.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, holder.pid, os.WSTOPPED)
        assert not lock.holder_is_running()
        holder.kill()
        holder.wait()
    assert not lock.holder_is_running()


def test_the_file_names_the_holder_and_is_private(path: str) -> None:
    Lock(path).try_acquire()
    with open(path, encoding="ascii") as file:  # noqa: PTH123
        assert file.read() == f"{os.getpid()}\n"
    assert os.stat(path).st_mode & 0o777 == 0o600  # noqa: PTH116


def test_a_directory_in_place_of_the_lock_is_an_error(path: str) -> None:
    os.mkdir(path)  # noqa: PTH102
    with pytest.raises(OSError, match="directory"):
        Lock(path).try_acquire()


def test_a_link_is_not_followed(path: str, tmp_path: Path) -> None:
    (tmp_path / "lock").symlink_to(tmp_path / "precious")
    with pytest.raises(OSError, match="symbolic"):
        Lock(path).try_acquire()
    assert not (tmp_path / "precious").exists()


def test_a_lock_is_released_even_if_its_file_cannot_be_removed(path: str, tmp_path: Path) -> None:
    lock = Lock(path)
    assert lock.try_acquire()
    (tmp_path / "lock").unlink()
    (tmp_path / "lock").mkdir()
    lock.release()
    (tmp_path / "lock").rmdir()
    assert Lock(path).try_acquire()


def test_a_waiter_can_read_the_note_of_the_holder(path: str) -> None:
    holder, waiter = Lock(path, b"a note"), Lock(path)
    assert holder.try_acquire()
    assert not waiter.try_acquire()
    assert waiter.holder_note() == b"a note"
    assert waiter.holder_is_running()


def test_the_note_of_a_killed_holder_is_replaced(path: str) -> None:
    Path(path).write_bytes(b"1 a note that is longer than the next one\n")
    holder, waiter = Lock(path), Lock(path)
    assert holder.try_acquire()
    assert not waiter.try_acquire()
    assert waiter.holder_note() == b""
