"""Scenes of logins that are not ECR's: keyrings, our own folder, and other helpers."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

from credhelper.lock import Lock
from tests.catalogue.stage import SECRET, Scene
from tests.contract.process import ORDINARY_USER, PROGRAM, environment, helper

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.catalogue.stage import Changes, Stage

_LOGIN = json.dumps({"ServerURL": "ghcr.io", "Username": "somebody", "Secret": SECRET}).encode()
_STORE = (PROGRAM, "store")
_FOLDER = ".local/share/credhelper"


def _settings(text: str, **changes: str | None) -> Callable[[Stage], Changes]:
    def set_up(stage: Stage) -> Changes:
        stage.file(".config/credhelper/config.toml", text)
        return changes

    return set_up


def _null(_: Stage) -> Changes:
    return {"PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"}


def _another_writes(stage: Stage) -> Changes:
    """The file of logins is in the hands of another process, for longer than there is time."""
    (stage.home / _FOLDER).mkdir(parents=True, mode=0o700)
    lock = Lock(f"{stage.home}/{_FOLDER}/.logins.lock")
    assert lock.try_acquire()
    stage.stack.callback(lock.release)
    return {"CREDHELPER_TIMEOUT": "3"}


def _read_only(stage: Stage) -> Changes:
    (stage.home / ".local").mkdir(mode=0o500)
    return {}


def _listed_for_all(stage: Stage) -> Changes:
    helper("store", stdin=_LOGIN)
    (stage.home / _FOLDER / "index").chmod(0o644)
    return {}


def _delegate(script: str) -> Callable[[Stage], Changes]:
    def set_up(stage: Stage) -> Changes:
        stage.file(".config/credhelper/config.toml", '[[delegate]]\nhelper = "other"\n')
        program = stage.file("bin/docker-credential-other", f"#!/bin/sh\n{script}\n", 0o755)
        return {"PATH": os.pathsep.join((str(program.parent), environment()["PATH"]))}

    return set_up


SCENES = (
    Scene(
        "keyring-missing",
        _settings('[logins]\nkeyring = "secret-service"\n'),
        ["the desktop's keyring (Secret Service) cannot be reached: no D-Bus of a session is named"],
        ['keyring = "file"'],
        command=_STORE,
        stdin=_LOGIN,
    ),
    Scene(
        "keyring-locked",
        _settings('[logins]\nkeyring = "file"\nkey_file = "/nowhere/key"\n'),
        ["the private file is locked (the key in /nowhere/key cannot be read: No such file or directory)"],
        ["put back the key"],
        command=_STORE,
        stdin=_LOGIN,
    ),
    Scene(
        "keyring-failed",
        _null,
        ["the keyring keyring.backends.null.Keyring did not keep what it was given"],
        ["keep nothing"],
        command=_STORE,
        stdin=_LOGIN,
    ),
    Scene(
        "login-uncertain",
        _another_writes,
        ["no answer within 3 seconds", "the login of ghcr.io may have been stored all the same"],
        ["get then tells"],
        command=_STORE,
        stdin=_LOGIN,
    ),
    Scene(
        "login-unkept",
        _read_only,
        ["the logins cannot be changed", "Permission denied"],
        ["ls -ld"],
        command=(*ORDINARY_USER, *_STORE),
        stdin=_LOGIN,
    ),
    Scene(
        "logins-unreadable",
        _listed_for_all,
        ["index is not used: it is not a file that only you can read and write"],
        ["ls -l"],
        command=_STORE,
        stdin=_LOGIN,
    ),
    Scene(
        "delegate-missing",
        _settings('[[delegate]]\nhelper = "nobody"\n'),
        ["the settings name docker-credential-nobody, and there is none"],
        ["install docker-credential-nobody"],
        stdin=b"ghcr.io",
    ),
    Scene("delegate-failed", _delegate("kill -9 $$"), ["was ended by signal 9"], ["run it by hand"], stdin=b"ghcr.io"),
    Scene(
        "delegate-loop",
        _delegate(f"exec {PROGRAM} get"),
        ["docker-credential-other was asked by this helper, and asks it again"],
        ["name another helper"],
        stdin=b"ghcr.io",
    ),
)
