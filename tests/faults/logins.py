"""Logins of other registries: a keyring that is locked, hangs or is gone, a full disk, another helper that fails.

What was stored before a fault is asked for again when it is over: nothing may be lost.
"""

from __future__ import annotations

import functools
import json
import time
from typing import TYPE_CHECKING, Callable

from credhelper.errors import NOT_FOUND
from tests.faults.causes import run_get_with
from tests.faults.fault_setup import BYSTANDER, CACHED, HOME, NEW, PROGRAM, PYTHON, RunResult, Sandbox
from tests.faults.processes import has_child_ended
from tests.faults.scenario import FRESH, NO_INITIAL_TOKEN, Fault, InitialToken, Scenario
from tests.support.reports import flatten

if TYPE_CHECKING:
    from subprocess import CompletedProcess

LOGIN, NO_LOGIN, STORED, NOT_STORED, ECR = "the login", "no login", "stored", "not stored", "ECR's registries"

IN_KEYRING = InitialToken("a login in the desktop's keyring", None)
IN_FILE = InitialToken("a login in the private file", None)
OF_HELPER = InitialToken("a registry of another helper", None)

HELPER = "docker-credential-other"

_SERVER, _OTHER = "registry.example.com", "other.example.com"
_OTHER_HELPER = f"/usr/local/bin/{HELPER}"
_DATA = f"{HOME}/.local/share/credhelper"
_BUS = "DBUS_SESSION_BUS_ADDRESS=unix:path=/run/user/0/bus"
_TIMEOUT = 60  # seconds until a run that does not end fails

_BUS_PREAMBLE = f"export {_BUS}\n"
_RUN_SCRIPT = f'[ ! -e /run/bus ] || export {_BUS}; exec "$@"'
_SIGN_IN_SCRIPT = f"""{_BUS_PREAMBLE}
install -d -m 700 /run/user/0
rm -f /run/user/0/bus
dbus-daemon --session --fork --print-pid --address=$DBUS_SESSION_BUS_ADDRESS > /run/bus
printf secret | gnome-keyring-daemon --unlock --daemonize --components=secrets > /run/keyring
"""
_UNLOCK_SCRIPT = (
    f"{_BUS_PREAMBLE} printf secret | gnome-keyring-daemon --replace --unlock --daemonize --components=secrets"
)
_LOCK_SCRIPT = f"""{_BUS_PREAMBLE}
dbus-send --session --print-reply --dest=org.freedesktop.secrets /org/freedesktop/secrets \\
    org.freedesktop.Secret.Service.Lock array:objpath:/org/freedesktop/secrets/collection/login
"""
_SIGNAL_SCRIPT = f"""{_BUS_PREAMBLE}
asking="--session --print-reply=literal --dest=org.freedesktop.DBus / org.freedesktop.DBus"
kill -$1 $(dbus-send $asking.GetConnectionUnixProcessID string:org.freedesktop.secrets | cut -d ' ' -f 5)
"""
_SIGN_OUT_SCRIPT = "kill $(cat /run/bus); while test -d /proc/$(cat /run/bus); do sleep 0.05; done"

_SMALL_DISK_SCRIPT = f"""
cp -a {_DATA} /tmp/kept
mount -t tmpfs -o mode=700,$1 tmpfs {_DATA}
cp -a /tmp/kept/. {_DATA}
"""
_FILL_SCRIPT = f"{_SMALL_DISK_SCRIPT}\ncat /dev/zero > {_DATA}/fill 2>/dev/null || :"
_READ_ONLY_SCRIPT = f"mount --bind {_DATA} {_DATA} && mount -o remount,bind,ro {_DATA}"
_HOLD_LOCK_SCRIPT = """
import os, signal
from credhelper.logins.index_store import LoginIndex
with LoginIndex(os.environ).locked():
    signal.raise_signal(signal.SIGSTOP)
"""


def run_verb(verb: str, server: str = _SERVER) -> Callable[[Sandbox], RunResult]:
    """Run another verb than `get`, or one for another server than ECR's."""
    stdin = json.dumps(_build_login(server)) if verb == "store" else server

    def run(sandbox: Sandbox) -> RunResult:
        started_at = time.monotonic()
        result = sandbox.instance.run(["sh", "-c", _RUN_SCRIPT, "sh", PROGRAM, verb], input=stdin, timeout=_TIMEOUT)
        return RunResult(_classify(verb, result), flatten(result.stderr), time.monotonic() - started_at)

    return run


def _classify(verb: str, result: CompletedProcess[str]) -> str:
    if result.returncode not in (0, 1):
        return f"status {result.returncode}"
    if verb == "store":
        return NOT_STORED if result.returncode else STORED
    if verb == "list":
        return ECR if set(json.loads(result.stdout)) == {BYSTANDER} else result.stdout
    if result.returncode:
        return NOT_FOUND if result.stdout == f"{NOT_FOUND}\n" else NO_LOGIN
    return LOGIN if json.loads(result.stdout)["Secret"] == _build_login(_SERVER)["Secret"] else "another login"


def _build_login(server: str) -> dict[str, str]:
    return {"ServerURL": server, "Username": "user", "Secret": f"secret of {server}"}


def log_in(sandbox: Sandbox) -> None:
    """Let a person log in."""
    result = run_verb("store")(sandbox)
    assert result.answer == STORED, result.stderr_text


def with_login_in_keyring(script: str, *arguments: str) -> Callable[[Sandbox], None]:
    """Let a person sign in at a desktop, and log in; then cause the fault."""

    def cause(sandbox: Sandbox) -> None:
        sandbox.run_script(_SIGN_IN_SCRIPT)
        log_in(sandbox)
        sandbox.run_script(script, *arguments)

    return cause


def with_login_in_file(script: str, *arguments: str) -> Callable[[Sandbox], None]:
    """Let a person log in on a server; then cause the fault."""

    def cause(sandbox: Sandbox) -> None:
        log_in(sandbox)
        sandbox.run_script(script, *arguments)

    return cause


def with_helper(program: str) -> Callable[[Sandbox], None]:
    """Let another helper be named for the server; `program` is its script, if there is one."""

    def cause(sandbox: Sandbox) -> None:
        sandbox.instance.write("/etc/credhelper/config.toml", f'[[delegate]]\nhelper = "other"\nmatch = "{_SERVER}"\n')
        if program:
            sandbox.instance.write(_OTHER_HELPER, f"#!/bin/sh\n{program}\n")
            sandbox.run_script(f"chmod 755 {_OTHER_HELPER}")

    return cause


def can_get_after(script: str = ":", *arguments: str) -> Callable[[Sandbox], bool]:
    """Return whether the login is there after the fault is fixed."""

    def check(sandbox: Sandbox) -> bool:
        sandbox.run_script(script, *arguments)
        return run_verb("get")(sandbox).answer == LOGIN

    return check


def stop_lock_holder(sandbox: Sandbox) -> None:
    """Stop a process while it changes the logins."""
    with_login_in_file(":")(sandbox)
    sandbox.instance.spawn("holder", [PYTHON, "-I", "-c", _HOLD_LOCK_SCRIPT])
    sandbox.wait_until(lambda: "T" in sandbox.run_script(f"ps -o state= -p $(cat {_DATA}/.index.lock) || :"))


def lock_keyring_with_tokens(sandbox: Sandbox) -> None:
    """ECR's tokens are kept in the keyring, which is then locked."""
    sandbox.instance.write("/etc/credhelper/config.toml", "[tokens]\nkeyring = true\n")
    sandbox.run_script(_SIGN_IN_SCRIPT)
    assert sandbox.run_get("env", _BUS).answer == NEW
    sandbox.run_script(_LOCK_SCRIPT)


LOCKED = Fault("the desktop's keyring is locked", with_login_in_keyring(_LOCK_SCRIPT))
HANGS = Fault("the desktop's keyring hangs", with_login_in_keyring(_SIGNAL_SCRIPT, "STOP"))
KILLED = Fault("the desktop's keyring is killed", with_login_in_keyring(_SIGNAL_SCRIPT, "KILL"))
SIGNED_OUT = Fault("the user has signed out", with_login_in_keyring(_SIGN_OUT_SCRIPT))
TOKENS = Fault("the desktop's keyring, in which ECR's tokens are, is locked", lock_keyring_with_tokens)
FULL = Fault("the disk of the logins is full", with_login_in_file(_FILL_SCRIPT, "size=64k"))
READ_ONLY = Fault("the disk of the logins is read-only", with_login_in_file(_READ_ONLY_SCRIPT))
OTHER_USERS_INDEX = Fault(
    "the login index belongs to another user", with_login_in_file(f"chown ec2-user {_DATA}/index")
)
LOST = Fault("the login index is lost", with_login_in_file(f"rm {_DATA}/index"))
TORN = Fault("the private file is truncated", with_login_in_file(f"truncate -s 20 {_DATA}/logins"))
LOCK_HELD = Fault("another process that stores a login is stopped", stop_lock_holder)
MISSING = Fault("the other helper is not installed", with_helper(""))
HELPER_HANGS = Fault("the other helper hangs", with_helper("echo $$ > /run/child; exec sleep 600"))
HELPER_DIES = Fault("the other helper crashes", with_helper("kill -SEGV $$"))
LEADS_BACK = Fault("the other helper calls this one", with_helper(f"exec {PROGRAM} get"))

GET, STORE, STORE_ANOTHER, LIST = run_verb("get"), run_verb("store"), run_verb("store", _OTHER), run_verb("list")
AFTERWARDS, AFTER_UNLOCK, AFTER_RESUME, AFTER_SIGN_IN = (
    can_get_after(),
    can_get_after(_UNLOCK_SCRIPT),
    can_get_after(_SIGNAL_SCRIPT, "CONT"),
    can_get_after(_SIGN_IN_SCRIPT),
)

LOCKED_ID, MISSING_ID, TIMED_OUT, UNREADABLE = (
    "[keyring-locked]",
    "[keyring-missing]",
    "[timed-out]",
    "[logins-unreadable]",
)

# Most of it tests/keyrings and tests/contract show in the suite.
outside_suite = functools.partial(Scenario, in_suite=False)
SCENARIOS = (
    outside_suite(LOCKED, IN_KEYRING, NO_LOGIN, ["is locked", LOCKED_ID], run=GET, check=AFTER_UNLOCK),
    outside_suite(LOCKED, IN_KEYRING, NOT_STORED, ["is locked", LOCKED_ID], run=STORE, check=AFTER_UNLOCK),
    Scenario(LOCKED, IN_KEYRING, ECR, ["not listed", LOCKED_ID], run=LIST, check=AFTER_UNLOCK),
    outside_suite(LOCKED, FRESH, CACHED, run=run_get_with("env", _BUS)),
    outside_suite(
        TOKENS,
        NO_INITIAL_TOKEN,
        NEW,
        ["the token is not cached", LOCKED_ID],
        max_calls=1,
        run=run_get_with("env", _BUS),
    ),
    outside_suite(HANGS, IN_KEYRING, NO_LOGIN, [TIMED_OUT], run=GET, check=AFTER_RESUME),
    outside_suite(HANGS, IN_KEYRING, NOT_STORED, [TIMED_OUT], run=STORE_ANOTHER, check=AFTER_RESUME),
    outside_suite(HANGS, IN_KEYRING, ECR, ["not listed", TIMED_OUT], run=LIST, check=AFTER_RESUME),
    outside_suite(KILLED, IN_KEYRING, NO_LOGIN, [LOCKED_ID], run=GET, check=AFTER_UNLOCK),
    outside_suite(SIGNED_OUT, IN_KEYRING, NO_LOGIN, [MISSING_ID], run=GET, check=AFTER_SIGN_IN),
    outside_suite(SIGNED_OUT, IN_KEYRING, NOT_STORED, [MISSING_ID], run=STORE, check=AFTER_SIGN_IN),
    outside_suite(SIGNED_OUT, IN_KEYRING, ECR, ["not listed", MISSING_ID], run=LIST, check=AFTER_SIGN_IN),
    Scenario(
        FULL, IN_FILE, NOT_STORED, ["No space left on device", "[login-unkept]"], run=STORE_ANOTHER, check=AFTERWARDS
    ),
    outside_suite(FULL, IN_FILE, LOGIN, run=GET),
    outside_suite(READ_ONLY, IN_FILE, NOT_STORED, ["Read-only", "[login-unkept]"], run=STORE_ANOTHER, check=AFTERWARDS),
    outside_suite(OTHER_USERS_INDEX, IN_FILE, LOGIN, [UNREADABLE], run=GET),
    outside_suite(OTHER_USERS_INDEX, IN_FILE, NOT_STORED, [UNREADABLE], run=STORE_ANOTHER, check=AFTERWARDS),
    outside_suite(LOST, IN_FILE, LOGIN, run=GET),
    outside_suite(TORN, IN_FILE, NO_LOGIN, ["is damaged", "[keyring-failed]"], run=GET),
    outside_suite(LOCK_HELD, IN_FILE, NOT_STORED, ["another process", TIMED_OUT], run=STORE_ANOTHER, check=AFTERWARDS),
    outside_suite(LOCK_HELD, IN_FILE, LOGIN, run=GET),
    outside_suite(MISSING, OF_HELPER, NO_LOGIN, [HELPER, "[delegate-missing]"], run=GET),
    outside_suite(HELPER_HANGS, OF_HELPER, NO_LOGIN, [HELPER, TIMED_OUT], run=GET, check=has_child_ended),
    outside_suite(HELPER_DIES, OF_HELPER, NO_LOGIN, [HELPER, "[delegate-failed]"], run=GET),
    outside_suite(LEADS_BACK, OF_HELPER, NO_LOGIN, ["call each other", "[delegate-loop]"], run=GET),
)
