"""A backend that raises anything: the client gets a sentence, and no login is lost."""

from __future__ import annotations

import errno
import json
import os
from subprocess import CalledProcessError
from typing import TYPE_CHECKING

import pytest
from keyring.errors import InitError, KeyringLocked, PasswordDeleteError, PasswordSetError

from credhelper import protocol
from credhelper.errors import NOT_FOUND
from tests.stores.faulty import Fault, Keyring

if TYPE_CHECKING:
    from collections.abc import Iterator

    from credhelper.run import Result

SERVER = "registry.example.com"
BACKEND = "tests.stores.faulty.Keyring"


class OddError(BaseException):
    """What no `except Exception` catches, and that cannot say what it is."""

    def __str__(self) -> str:
        raise self


ANYTHING = [
    OSError(errno.ENOSPC, "No space left on device"),
    IndexError("list index out of range"),
    CalledProcessError(2, ["gpg"]),
    RuntimeError("the first line\nand the second"),
    ValueError("не second-secret \ud800"),
    UnicodeEncodeError("ascii", "\ud800", 0, 1, "ordinal not in range"),
    MemoryError(),
    RecursionError(),
    EOFError(),
    SystemExit(0),
    KeyboardInterrupt(),
    OddError(),
    InitError("no collection"),
    PasswordSetError("no room for second-secret"),
    PasswordDeleteError("not there"),
]


@pytest.fixture(autouse=True)
def working() -> Iterator[None]:
    """A backend that works, with nothing in it."""
    Keyring.items.clear()
    yield
    Keyring.fault = Fault()


def run(verb: str, given: str) -> Result:
    environ = {"HOME": os.environ["HOME"], "PATH": os.environ["PATH"], "PYTHON_KEYRING_BACKEND": BACKEND}
    return protocol.run([verb], given.encode, environ)


def store(secret: str) -> Result:
    return run("store", json.dumps({"ServerURL": SERVER, "Username": "somebody", "Secret": secret}))


def secret() -> str:
    """Give the secret that a pull gets when the backend works; "" for none."""
    Keyring.fault = Fault()
    reply = run("get", SERVER)
    return str(json.loads(reply.stdout)["Secret"]) if reply.status == 0 else ""


def is_told(reply: Result, error: str) -> bool:
    """Whether the client got a sentence of its own, and the person the id; and nobody a secret."""
    sentence = reply.stdout.decode().rstrip("\n")
    said = "".join(reply.notes)
    return (
        reply.status == 1
        and sentence.isprintable()
        and sentence != NOT_FOUND
        and f"{sentence} [{error}]" in said
        and "-secret" not in sentence + said
    )


@pytest.mark.parametrize("raised", ANYTHING, ids=lambda raised: type(raised).__name__)
def test_a_store_that_fails_is_told_and_leaves_the_login_that_was_there(raised: BaseException) -> None:
    store("first-secret")
    Keyring.fault = Fault("set", raised)
    assert is_told(store("second-secret"), "keyring-failed")
    assert secret() == "first-secret"


@pytest.mark.parametrize("raised", ANYTHING, ids=lambda raised: type(raised).__name__)
def test_a_get_that_fails_is_told_and_loses_nothing(raised: BaseException) -> None:
    store("first-secret")
    Keyring.fault = Fault("get", raised)
    assert is_told(run("get", SERVER), "keyring-failed")
    assert secret() == "first-secret"


@pytest.mark.parametrize("raised", ANYTHING, ids=lambda raised: type(raised).__name__)
def test_an_erase_that_fails_is_told_and_the_login_is_still_there(raised: BaseException) -> None:
    store("first-secret")
    Keyring.fault = Fault("delete", raised)
    assert is_told(run("erase", SERVER), "keyring-failed")
    assert secret() == "first-secret"


def test_a_first_store_that_fails_leaves_nothing() -> None:
    Keyring.fault = Fault("set", RuntimeError())
    store("first-secret")
    assert run("get", SERVER).stdout.decode() == f"{NOT_FOUND}\n"


def test_a_store_that_fails_when_it_is_done_is_one() -> None:
    Keyring.fault = Fault("set", RuntimeError(), late=True)
    assert store("first-secret").status == 0
    assert secret() == "first-secret"


def test_an_erase_that_fails_when_it_is_done_is_one() -> None:
    store("first-secret")
    Keyring.fault = Fault("delete", RuntimeError(), late=True)
    assert run("erase", SERVER).status == 0
    assert secret() == ""


@pytest.mark.parametrize("method", ["get", "set", "delete"])
def test_a_backend_that_says_that_it_is_locked_is_believed(method: str) -> None:
    store("first-secret")
    Keyring.fault = Fault(method, KeyringLocked())
    verbs = {"get": lambda: run("get", SERVER), "set": lambda: store("second"), "delete": lambda: run("erase", SERVER)}
    assert is_told(verbs[method](), "keyring-locked")


def test_a_list_leaves_out_what_cannot_be_read_and_says_so() -> None:
    store("first-secret")
    Keyring.fault = Fault("get", RuntimeError())
    reply = run("list", "")
    assert (reply.status, json.loads(reply.stdout)) == (0, {})
    assert "[keyring-failed]" in "".join(reply.notes)
