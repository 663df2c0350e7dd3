"""A backend that raises any exception: the client gets a message, and no login is lost."""

from __future__ import annotations

import errno
import json
import os
from subprocess import CalledProcessError
from typing import TYPE_CHECKING

import pytest
from keyring.errors import InitError, KeyringLocked, PasswordDeleteError, PasswordSetError

from credhelper.cli import protocol
from credhelper.errors import NOT_FOUND
from tests.keyrings.faulty import Fault, Keyring

if TYPE_CHECKING:
    from collections.abc import Iterator

    from credhelper.system.context import Result

SERVER = "registry.example.com"
BACKEND = "tests.keyrings.faulty.Keyring"


class OddError(BaseException):
    """An exception that `except Exception` does not catch, and that cannot be converted to a string."""

    def __str__(self) -> str:
        raise self


EXCEPTIONS = [
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
def working_backend() -> Iterator[None]:
    """Provide a backend that works and is empty."""
    Keyring.items.clear()
    yield
    Keyring.fault = Fault()


def run_verb(verb: str, stdin: str) -> Result:
    environ = {"HOME": os.environ["HOME"], "PATH": os.environ["PATH"], "PYTHON_KEYRING_BACKEND": BACKEND}
    return protocol.run([verb], stdin.encode, environ)


def store(secret: str) -> Result:
    return run_verb("store", json.dumps({"ServerURL": SERVER, "Username": "somebody", "Secret": secret}))


def get_secret() -> str:
    """Return the secret that a pull gets when the backend works, or "" if it gets no login."""
    Keyring.fault = Fault()
    result = run_verb("get", SERVER)
    return str(json.loads(result.stdout)["Secret"]) if result.status == 0 else ""


def is_error(result: Result, error_id: str) -> bool:
    """Return whether the client got a message other than "not found" and the user its id, and neither got a secret."""
    message = result.stdout.decode().rstrip("\n")
    stderr_text = "".join(result.notes)
    return (
        result.status == 1
        and message.isprintable()
        and message != NOT_FOUND
        and message.endswith(f" [{error_id}]")
        and stderr_text.endswith(f"explain {error_id}")
        and "-secret" not in message + stderr_text
    )


@pytest.mark.parametrize("exception", EXCEPTIONS, ids=lambda exception: type(exception).__name__)
def test_a_store_that_fails_is_reported_and_leaves_the_stored_login(exception: BaseException) -> None:
    store("first-secret")
    Keyring.fault = Fault("set", exception)
    assert is_error(store("second-secret"), "keyring-failed")
    assert get_secret() == "first-secret"


@pytest.mark.parametrize("exception", EXCEPTIONS, ids=lambda exception: type(exception).__name__)
def test_a_get_that_fails_is_reported_and_loses_nothing(exception: BaseException) -> None:
    store("first-secret")
    Keyring.fault = Fault("get", exception)
    assert is_error(run_verb("get", SERVER), "keyring-failed")
    assert get_secret() == "first-secret"


@pytest.mark.parametrize("exception", EXCEPTIONS, ids=lambda exception: type(exception).__name__)
def test_an_erase_that_fails_is_reported_and_the_login_is_still_there(exception: BaseException) -> None:
    store("first-secret")
    Keyring.fault = Fault("delete", exception)
    assert is_error(run_verb("erase", SERVER), "keyring-failed")
    assert get_secret() == "first-secret"


def test_a_first_store_that_fails_leaves_nothing() -> None:
    Keyring.fault = Fault("set", RuntimeError())
    store("first-secret")
    assert run_verb("get", SERVER).stdout.decode() == f"{NOT_FOUND}\n"


def test_a_store_that_raises_after_its_work_is_a_success() -> None:
    Keyring.fault = Fault("set", RuntimeError(), is_late=True)
    assert store("first-secret").status == 0
    assert get_secret() == "first-secret"


def test_an_erase_that_raises_after_its_work_is_a_success() -> None:
    store("first-secret")
    Keyring.fault = Fault("delete", RuntimeError(), is_late=True)
    assert run_verb("erase", SERVER).status == 0
    assert get_secret() == ""


@pytest.mark.parametrize("method", ["get", "set", "delete"])
def test_a_backend_that_reports_that_it_is_locked_is_believed(method: str) -> None:
    store("first-secret")
    Keyring.fault = Fault(method, KeyringLocked())
    verbs = {
        "get": lambda: run_verb("get", SERVER),
        "set": lambda: store("second"),
        "delete": lambda: run_verb("erase", SERVER),
    }
    assert is_error(verbs[method](), "keyring-locked")


def test_a_list_omits_a_login_that_cannot_be_read_and_reports_it() -> None:
    store("first-secret")
    Keyring.fault = Fault("get", RuntimeError())
    result = run_verb("list", "")
    assert (result.status, json.loads(result.stdout)) == (0, {})
    assert "[keyring-failed]" in "".join(result.notes)
