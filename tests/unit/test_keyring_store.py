"""Keyring calls in a multithreaded program, whose standard error and environment they must leave as they were."""

from __future__ import annotations

import os
import sys
import threading
from subprocess import CalledProcessError

import pytest
from keyring.backend import KeyringBackend

from credhelper.errors import HelperError
from credhelper.logins.backends.keyring_store import KeyringLoginStore


class SlowKeyring(KeyringBackend):
    """A keyring that signals when it is called, and answers when the test lets it."""

    priority = 1

    def __init__(self) -> None:
        self.call_started, self.may_answer = threading.Event(), threading.Event()

    def get_password(self, service: str, username: str) -> str | None:
        del service, username
        self.call_started.set()
        self.may_answer.wait(20)
        return None

    def set_password(self, service: str, username: str, password: str) -> None:
        raise NotImplementedError


def start_call(backend: SlowKeyring, name: str = "a.Keyring") -> threading.Thread:
    """Call the keyring in a thread; return the thread once the call has started."""
    thread = threading.Thread(target=KeyringLoginStore(name, backend, os.environ).get, args=("service",))
    thread.start()
    backend.call_started.wait(20)
    return thread


def test_two_calls_at_once_are_serialized_and_leave_standard_error_as_it_was() -> None:
    original_stderr = sys.stderr
    first, second = SlowKeyring(), SlowKeyring()
    second.may_answer.set()
    first_thread = start_call(first)
    second_thread = threading.Thread(target=KeyringLoginStore("a.Keyring", second, os.environ).get, args=("service",))
    second_thread.start()
    assert not second.call_started.is_set()
    first.may_answer.set()
    first_thread.join()
    second_thread.join()
    assert second.call_started.is_set()
    assert sys.stderr is original_stderr


def test_a_variable_that_the_program_sets_meanwhile_stays_set(monkeypatch: pytest.MonkeyPatch) -> None:
    backend = SlowKeyring()
    thread = start_call(backend)
    monkeypatch.setenv("SET_MEANWHILE", "1")
    backend.may_answer.set()
    thread.join()
    assert os.environ.get("SET_MEANWHILE") == "1"


def test_the_environment_of_the_program_is_unchanged_while_pass_is_called(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", "/somewhere")
    backend = SlowKeyring()
    thread = start_call(backend, "pass")
    value = os.environ.get("XDG_CONFIG_HOME")
    backend.may_answer.set()
    thread.join()
    assert value == "/somewhere"


class FullPass(KeyringBackend):
    """pass on a full disk: a secret that is too long is truncated, and a truncated one cannot be read."""

    priority = 1

    def __init__(self) -> None:
        self.password = ""

    def get_password(self, service: str, username: str) -> str | None:
        del service, username
        if len(self.password) == CAPACITY:
            raise CalledProcessError(2, "gpg")
        return self.password or None

    def set_password(self, service: str, username: str, password: str) -> None:
        del service, username
        self.password = password[:CAPACITY]
        if len(password) > CAPACITY:
            raise CalledProcessError(1, "pass")


CAPACITY = 10


def test_a_secret_that_a_failed_store_truncated_in_pass_is_restored() -> None:
    store = KeyringLoginStore("pass", FullPass(), os.environ)
    store.set("service", "one")
    with pytest.raises(HelperError):
        store.set("service", "two" * CAPACITY)
    assert store.get("service") == "one"
