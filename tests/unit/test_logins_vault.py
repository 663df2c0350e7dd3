"""A keyring in a program with threads of its own: what it needs of the process for a moment is nobody else's loss."""

from __future__ import annotations

import os
import sys
import threading
from subprocess import CalledProcessError

import pytest
from keyring.backend import KeyringBackend

from credhelper.errors import HelperError
from credhelper.logins.vault import KeyringLoginStore


class Slow(KeyringBackend):
    """Says when it is asked, and answers when it may."""

    priority = 1

    def __init__(self) -> None:
        self.asked, self.may_answer = threading.Event(), threading.Event()

    def get_password(self, service: str, username: str) -> str | None:
        del service, username
        self.asked.set()
        self.may_answer.wait(20)
        return None

    def set_password(self, service: str, username: str, password: str) -> None:
        raise NotImplementedError


def asking(backend: Slow, name: str = "a.Keyring") -> threading.Thread:
    """Ask it, in a thread; give that when it is under way."""
    thread = threading.Thread(target=KeyringLoginStore(name, backend, os.environ).get, args=("service",))
    thread.start()
    backend.asked.wait(20)
    return thread


def test_two_that_come_at_once_take_turns_and_leave_standard_error_as_it_was() -> None:
    error = sys.stderr
    first, second = Slow(), Slow()
    second.may_answer.set()
    one = asking(first)
    other = threading.Thread(target=KeyringLoginStore("a.Keyring", second, os.environ).get, args=("service",))
    other.start()
    assert not second.asked.is_set()
    first.may_answer.set()
    one.join()
    other.join()
    assert second.asked.is_set()
    assert sys.stderr is error


def test_what_the_program_sets_meanwhile_stays_set(monkeypatch: pytest.MonkeyPatch) -> None:
    backend = Slow()
    thread = asking(backend)
    monkeypatch.setenv("SET_MEANWHILE", "1")
    backend.may_answer.set()
    thread.join()
    assert os.environ.get("SET_MEANWHILE") == "1"


def test_while_pass_is_asked_the_program_s_own_settings_are_where_they_were(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", "/somewhere")
    backend = Slow()
    thread = asking(backend, "pass")
    seen = os.environ.get("XDG_CONFIG_HOME")
    backend.may_answer.set()
    thread.join()
    assert seen == "/somewhere"


class Full(KeyringBackend):
    """pass on a full disk: what is too long is torn, and what is torn cannot be read."""

    priority = 1

    def __init__(self) -> None:
        self.kept = ""

    def get_password(self, service: str, username: str) -> str | None:
        del service, username
        if len(self.kept) == ROOM:
            raise CalledProcessError(2, "gpg")
        return self.kept or None

    def set_password(self, service: str, username: str, password: str) -> None:
        del service, username
        self.kept = password[:ROOM]
        if len(password) > ROOM:
            raise CalledProcessError(1, "pass")


ROOM = 10


def test_what_a_failed_store_has_torn_in_pass_is_put_back() -> None:
    vault = KeyringLoginStore("pass", Full(), os.environ)
    vault.set("service", "one")
    with pytest.raises(HelperError):
        vault.set("service", "two" * ROOM)
    assert vault.get("service") == "one"
