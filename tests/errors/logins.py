"""Scenarios: logins of other registries: keyrings, the data directory, and other helpers."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

from credhelper.system.lock import Lock
from tests.errors.scenario import SECRET, Scenario
from tests.support.runner import ORDINARY_USER, PROGRAM, build_environment, run_helper

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.errors.scenario import Changes, Sandbox

_LOGIN = json.dumps({"ServerURL": "ghcr.io", "Username": "somebody", "Secret": SECRET}).encode()
_STORE = (PROGRAM, "store")
_DIRECTORY = ".local/share/credhelper"


def _write_settings(text: str, **changes: str | None) -> Callable[[Sandbox], Changes]:
    def set_up(sandbox: Sandbox) -> Changes:
        sandbox.write_file(".config/credhelper/config.toml", text)
        return changes

    return set_up


def _select_null_keyring(_: Sandbox) -> Changes:
    return {"PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"}


def _lock_logins(sandbox: Sandbox) -> Changes:
    """Let another process hold the lock of the private file for longer than the deadline."""
    (sandbox.home / _DIRECTORY).mkdir(parents=True, mode=0o700)
    lock = Lock(f"{sandbox.home}/{_DIRECTORY}/.logins.lock")
    assert lock.try_acquire()
    sandbox.stack.callback(lock.release)
    return {"CREDHELPER_TIMEOUT": "3"}


def _protect_data(sandbox: Sandbox) -> Changes:
    (sandbox.home / ".local").mkdir(mode=0o500)
    return {}


def _expose_index(sandbox: Sandbox) -> Changes:
    run_helper("store", stdin=_LOGIN)
    (sandbox.home / _DIRECTORY / "index").chmod(0o644)
    return {}


def _write_delegate(script: str) -> Callable[[Sandbox], Changes]:
    def set_up(sandbox: Sandbox) -> Changes:
        sandbox.write_file(".config/credhelper/config.toml", '[[delegate]]\nhelper = "other"\n')
        program = sandbox.write_file("bin/docker-credential-other", f"#!/bin/sh\n{script}\n", 0o755)
        return {"PATH": os.pathsep.join((str(program.parent), build_environment()["PATH"]))}

    return set_up


SCENARIOS = (
    Scenario(
        "keyring-missing",
        _write_settings('[logins]\nkeyring = "secret-service"\n'),
        ["cannot reach the desktop's keyring (Secret Service)"],
        ['keyring = "file"'],
        command=_STORE,
        stdin=_LOGIN,
    ),
    Scenario(
        "keyring-locked",
        _write_settings('[logins]\nkeyring = "file"\nkey_file = "/nowhere/key"\n'),
        ["the key in /nowhere/key cannot be read: No such file or directory"],
        ["restore the file that key_file names"],
        command=_STORE,
        stdin=_LOGIN,
    ),
    Scenario(
        "keyring-failed",
        _select_null_keyring,
        ["the keyring keyring.backends.null.Keyring did not store the login"],
        ["store nothing at all"],
        command=_STORE,
        stdin=_LOGIN,
    ),
    Scenario(
        "login-uncertain",
        _lock_logins,
        ["timed out after 3 seconds", "the login of ghcr.io may or may not have been stored"],
        ["check the result"],
        command=_STORE,
        stdin=_LOGIN,
    ),
    Scenario(
        "login-unkept",
        _protect_data,
        ["cannot change the logins", "Permission denied"],
        ["ls -ld"],
        command=(*ORDINARY_USER, *_STORE),
        stdin=_LOGIN,
    ),
    Scenario(
        "logins-unreadable",
        _expose_index,
        ["it is not a file that only you can read and write"],
        ["ls -l"],
        command=_STORE,
        stdin=_LOGIN,
    ),
    Scenario(
        "delegate-missing",
        _write_settings('[[delegate]]\nhelper = "nobody"\n'),
        ["docker-credential-nobody, which the settings name, is not in"],
        ["install docker-credential-nobody"],
        stdin=b"ghcr.io",
    ),
    Scenario(
        "delegate-failed",
        _write_delegate("kill -9 $$"),
        ["was ended by signal 9"],
        ["run it by hand"],
        stdin=b"ghcr.io",
    ),
    Scenario(
        "delegate-loop",
        _write_delegate(f"exec {PROGRAM} get"),
        ["this helper and docker-credential-other call each other"],
        ["name another helper"],
        stdin=b"ghcr.io",
    ),
)
