"""Logins of other registries: a keyring that is locked, hangs or is gone, a full disk, another helper that fails.

What was stored before a fault is asked for again when it is over: nothing may be lost.
"""

from __future__ import annotations

import functools
import json
import time
from typing import TYPE_CHECKING, Callable

from credhelper.errors import NOT_FOUND
from tests.faults.causes import by
from tests.faults.processes import child_is_gone
from tests.faults.scene import FRESH, NOTHING, Before, Fault, Scene
from tests.faults.stage import AT_HAND, BYSTANDER, HOME, NEW, PROGRAM, PYTHON, Seen, Stage

if TYPE_CHECKING:
    from subprocess import CompletedProcess

LOGIN, NO_LOGIN, STORED, NOT_STORED, ECR = "the login", "no login", "stored", "not stored", "ECR's registries"

IN_KEYRING = Before("a login in the desktop's keyring", None)
IN_FILE = Before("a login in the private file", None)
OF_A_HELPER = Before("a registry of another helper's", None)

HELPER = "docker-credential-other"

_SERVER, _OTHER = "registry.example.com", "other.example.com"
_OTHERS = f"/usr/local/bin/{HELPER}"
_DATA = f"{HOME}/.local/share/credhelper"
_BUS = "DBUS_SESSION_BUS_ADDRESS=unix:path=/run/user/0/bus"
_PATIENCE = 60  # seconds until a run that does not end fails

_ON_THE_BUS = f"export {_BUS}\n"
_ASK = f'[ ! -e /run/bus ] || export {_BUS}; exec "$@"'
_SIGN_IN = f"""{_ON_THE_BUS}
install -d -m 700 /run/user/0
rm -f /run/user/0/bus
dbus-daemon --session --fork --print-pid --address=$DBUS_SESSION_BUS_ADDRESS > /run/bus
printf secret | gnome-keyring-daemon --unlock --daemonize --components=secrets > /run/keyring
"""
_UNLOCK = f"{_ON_THE_BUS} printf secret | gnome-keyring-daemon --replace --unlock --daemonize --components=secrets"
_LOCK = f"""{_ON_THE_BUS}
dbus-send --session --print-reply --dest=org.freedesktop.secrets /org/freedesktop/secrets \\
    org.freedesktop.Secret.Service.Lock array:objpath:/org/freedesktop/secrets/collection/login
"""
_SEND = f"""{_ON_THE_BUS}
asking="--session --print-reply=literal --dest=org.freedesktop.DBus / org.freedesktop.DBus"
kill -$1 $(dbus-send $asking.GetConnectionUnixProcessID string:org.freedesktop.secrets | cut -d ' ' -f 5)
"""
_SIGN_OUT = "kill $(cat /run/bus); while test -d /proc/$(cat /run/bus); do sleep 0.05; done"

_SMALL = f"""
cp -a {_DATA} /tmp/kept
mount -t tmpfs -o mode=700,$1 tmpfs {_DATA}
cp -a /tmp/kept/. {_DATA}
"""
_FILL = f"{_SMALL}\ncat /dev/zero > {_DATA}/fill 2>/dev/null || :"
_READ_ONLY = f"mount --bind {_DATA} {_DATA} && mount -o remount,bind,ro {_DATA}"
_HOLD = """
import os, signal
from credhelper.logins.ledger import LoginIndex
with LoginIndex(os.environ).locked():
    signal.raise_signal(signal.SIGSTOP)
"""


def asked(verb: str, server: str = _SERVER) -> Callable[[Stage], Seen]:
    """Run another verb than `get`, or one for another server than ECR's."""
    given = json.dumps(_login(server)) if verb == "store" else server

    def ask(stage: Stage) -> Seen:
        began = time.monotonic()
        done = stage.instance.run(["sh", "-c", _ASK, "sh", PROGRAM, verb], input=given, timeout=_PATIENCE)
        return Seen(_answer(verb, done), done.stderr, time.monotonic() - began)

    return ask


def _answer(verb: str, done: CompletedProcess[str]) -> str:
    if done.returncode not in (0, 1):
        return f"status {done.returncode}"
    if verb == "store":
        return NOT_STORED if done.returncode else STORED
    if verb == "list":
        return ECR if set(json.loads(done.stdout)) == {BYSTANDER} else done.stdout
    if done.returncode:
        return NOT_FOUND if done.stdout == f"{NOT_FOUND}\n" else NO_LOGIN
    return LOGIN if json.loads(done.stdout)["Secret"] == _login(_SERVER)["Secret"] else "another login"


def _login(server: str) -> dict[str, str]:
    return {"ServerURL": server, "Username": "user", "Secret": f"secret of {server}"}


def log_in(stage: Stage) -> None:
    """Let a person log in."""
    seen = asked("store")(stage)
    assert seen.answer == STORED, seen.said


def in_keyring(script: str, *words: str) -> Callable[[Stage], None]:
    """Let a person sign in at a desktop, and log in; then cause the fault."""

    def cause(stage: Stage) -> None:
        stage.sh(_SIGN_IN)
        log_in(stage)
        stage.sh(script, *words)

    return cause


def in_file(script: str, *words: str) -> Callable[[Stage], None]:
    """Let a person log in on a server; then cause the fault."""

    def cause(stage: Stage) -> None:
        log_in(stage)
        stage.sh(script, *words)

    return cause


def of_helper(program: str) -> Callable[[Stage], None]:
    """Let another helper be named for the server; `program` is its script, if there is one."""

    def cause(stage: Stage) -> None:
        stage.instance.write("/etc/credhelper/config.toml", f'[[delegate]]\nhelper = "other"\nmatch = "{_SERVER}"\n')
        if program:
            stage.instance.write(_OTHERS, f"#!/bin/sh\n{program}\n")
            stage.sh(f"chmod 755 {_OTHERS}")

    return cause


def again(script: str = ":", *words: str) -> Callable[[Stage], bool]:
    """Whether the login is there when the fault is mended."""

    def holds(stage: Stage) -> bool:
        stage.sh(script, *words)
        return asked("get")(stage).answer == LOGIN

    return holds


def holder_stops(stage: Stage) -> None:
    """A process that changes the logins is stopped in the middle."""
    in_file(":")(stage)
    stage.instance.spawn("holder", [PYTHON, "-I", "-c", _HOLD])
    stage.wait(lambda: "T" in stage.sh(f"ps -o state= -p $(cat {_DATA}/.index.lock) || :"))


def tokens_in_keyring(stage: Stage) -> None:
    """ECR's tokens are kept in the keyring, which is then locked."""
    stage.instance.write("/etc/credhelper/config.toml", "[tokens]\nkeyring = true\n")
    stage.sh(_SIGN_IN)
    assert stage.get("env", _BUS).answer == NEW
    stage.sh(_LOCK)


LOCKED = Fault("the desktop's keyring is locked", in_keyring(_LOCK))
HANGS = Fault("the desktop's keyring hangs", in_keyring(_SEND, "STOP"))
KILLED = Fault("the desktop's keyring is killed", in_keyring(_SEND, "KILL"))
SIGNED_OUT = Fault("the person has signed out", in_keyring(_SIGN_OUT))
TOKENS = Fault("the desktop's keyring, in which ECR's tokens are, is locked", tokens_in_keyring)
FULL = Fault("the disk of the logins is full", in_file(_FILL, "size=64k"))
READ_ONLY = Fault("the disk of the logins is read-only", in_file(_READ_ONLY))
ANOTHER_S = Fault("the list of logins is another user's", in_file(f"chown ec2-user {_DATA}/index"))
LOST = Fault("the list of logins is lost", in_file(f"rm {_DATA}/index"))
TORN = Fault("the private file is torn", in_file(f"truncate -s 20 {_DATA}/logins"))
HELD = Fault("another process that stores a login is stopped", holder_stops)
MISSING = Fault("the other helper is not installed", of_helper(""))
HELPER_HANGS = Fault("the other helper hangs", of_helper("echo $$ > /run/child; exec sleep 600"))
HELPER_DIES = Fault("the other helper crashes", of_helper("kill -SEGV $$"))
LEADS_BACK = Fault("the other helper leads back to ours", of_helper(f"exec {PROGRAM} get"))

GET, STORE, STORE_ANOTHER, LIST = asked("get"), asked("store"), asked("store", _OTHER), asked("list")
STILL, UNLOCKED, WENT_ON, SIGNED_IN = again(), again(_UNLOCK), again(_SEND, "CONT"), again(_SIGN_IN)

LOCKED_ID, MISSING_ID, TIMED_OUT, UNREADABLE = (
    "[keyring-locked]",
    "[keyring-missing]",
    "[timed-out]",
    "[logins-unreadable]",
)

# Most of it tests/stores and tests/contract show in the suite.
alone = functools.partial(Scene, suite=False)
SCENES = (
    alone(LOCKED, IN_KEYRING, NO_LOGIN, ["is locked", LOCKED_ID], get=GET, holds=UNLOCKED),
    alone(LOCKED, IN_KEYRING, NOT_STORED, ["is locked", LOCKED_ID], get=STORE, holds=UNLOCKED),
    Scene(LOCKED, IN_KEYRING, ECR, ["left out", LOCKED_ID], get=LIST, holds=UNLOCKED),
    alone(LOCKED, FRESH, AT_HAND, get=by("env", _BUS)),
    alone(TOKENS, NOTHING, NEW, ["the token is not kept", LOCKED_ID], calls=1, get=by("env", _BUS)),
    alone(HANGS, IN_KEYRING, NO_LOGIN, [TIMED_OUT], get=GET, holds=WENT_ON),
    alone(HANGS, IN_KEYRING, NOT_STORED, [TIMED_OUT], get=STORE_ANOTHER, holds=WENT_ON),
    alone(HANGS, IN_KEYRING, ECR, ["left out", TIMED_OUT], get=LIST, holds=WENT_ON),
    alone(KILLED, IN_KEYRING, NO_LOGIN, [LOCKED_ID], get=GET, holds=UNLOCKED),
    alone(SIGNED_OUT, IN_KEYRING, NO_LOGIN, [MISSING_ID], get=GET, holds=SIGNED_IN),
    alone(SIGNED_OUT, IN_KEYRING, NOT_STORED, [MISSING_ID], get=STORE, holds=SIGNED_IN),
    alone(SIGNED_OUT, IN_KEYRING, ECR, ["left out", MISSING_ID], get=LIST, holds=SIGNED_IN),
    Scene(FULL, IN_FILE, NOT_STORED, ["No space left on device", "[login-unkept]"], get=STORE_ANOTHER, holds=STILL),
    alone(FULL, IN_FILE, LOGIN, get=GET),
    alone(READ_ONLY, IN_FILE, NOT_STORED, ["Read-only", "[login-unkept]"], get=STORE_ANOTHER, holds=STILL),
    alone(ANOTHER_S, IN_FILE, LOGIN, [UNREADABLE], get=GET),
    alone(ANOTHER_S, IN_FILE, NOT_STORED, [UNREADABLE], get=STORE_ANOTHER, holds=STILL),
    alone(LOST, IN_FILE, LOGIN, get=GET),
    alone(TORN, IN_FILE, NO_LOGIN, ["is not what was written there", "[keyring-failed]"], get=GET),
    alone(HELD, IN_FILE, NOT_STORED, ["another process", TIMED_OUT], get=STORE_ANOTHER, holds=STILL),
    alone(HELD, IN_FILE, LOGIN, get=GET),
    alone(MISSING, OF_A_HELPER, NO_LOGIN, [HELPER, "[delegate-missing]"], get=GET),
    alone(HELPER_HANGS, OF_A_HELPER, NO_LOGIN, [HELPER, TIMED_OUT], get=GET, holds=child_is_gone),
    alone(HELPER_DIES, OF_A_HELPER, NO_LOGIN, [HELPER, "[delegate-failed]"], get=GET),
    alone(LEADS_BACK, OF_A_HELPER, NO_LOGIN, ["asks it again", "[delegate-loop]"], get=GET),
)
