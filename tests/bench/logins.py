"""What is measured of logins, and of tokens that a keyring keeps: in the instance alone, where there is a desktop's.

Beside the helpers of Docker's own for the same, Debian's golang-docker-credential-helpers.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

from tests.bench.runner import FAILED
from tests.bench.scenes import HOST, OURS, Program, Rival, Scene

if TYPE_CHECKING:
    from tests.bench.places import Place

_UNKNOWN, _IN_FILE, _IN_KEYRING = "unknown.example.com", "file.example.com", "keyring.example.com"
_FILE = {"PYTHON_KEYRING_BACKEND": "credhelper.logins.file.Keyring"}
_DESKTOP = {"DBUS_SESSION_BUS_ADDRESS": "unix:path=/run/bench/bus"}
_KEYRING = {"PYTHON_KEYRING_BACKEND": "keyring.backends.SecretService.Keyring", **_DESKTOP}
_TOKENS = {"CREDHELPER_CONFIG": "~/tokens.toml", "AWS_ECR_CACHE_DIR": "~/tokens", **_DESKTOP}

_A_HIT = Program("a hit", OURS, HOST)
_SIGN_IN = """
mkdir -p /run/bench
[ -e /run/bench/bus ] || dbus-daemon --session --fork --address="$DBUS_SESSION_BUS_ADDRESS"
printf secret | gnome-keyring-daemon --replace --unlock --daemonize --components=secrets
"""
_PASS = """
[ -e ~/.password-store ] || gpg --batch --passphrase '' --quick-generate-key nobody@example.com default default never
pass init nobody@example.com
"""
_TOKENS_IN_KEYRING = """
printf '[logins]\\nkeyring = "secret-service"\\n[tokens]\\nkeyring = true\\n' > ~/tokens.toml
"""


def unknown(_: Place) -> Scene:
    """Nobody has logged in to a registry that is not ECR's."""
    ours = Program("ours", OURS, _UNKNOWN, outcome=FAILED)
    return Scene("a host that is not ECR's, and no login", ours, [Rival(_A_HIT, 1.05)], rounds=10)


def in_file(place: Place) -> Scene:
    """Somebody has, and the login is in the private file."""
    theirs = Program("`docker-credential-pass get`", ("docker-credential-pass", "get"), _IN_FILE)
    rivals = [Rival(_A_HIT, None), *([Rival(theirs, None)] if place.incumbent else [])]
    before = [_stored(OURS[0], _IN_FILE, _FILE)]
    if place.incumbent:
        before += [_sh(_PASS), _stored(theirs.argv[0], _IN_FILE)]
    return Scene("a login in the private file", Program("ours", OURS, _IN_FILE), rivals, before=before)


def in_keyring(place: Place) -> Scene:
    """Somebody has, and the login is in the desktop's keyring."""
    name = "docker-credential-secretservice"
    theirs = Program(f"`{name} get`", (name, "get"), _IN_KEYRING, _DESKTOP)
    before = [_sh(_SIGN_IN, _DESKTOP), *(_stored(program, _IN_KEYRING, _KEYRING) for program in (OURS[0], name))]
    rivals = [Rival(theirs, None)] if place.incumbent else []
    return Scene(
        "a login in the desktop's keyring", Program("ours", OURS, _IN_KEYRING, _DESKTOP), rivals, before=before
    )


def token_in_keyring(place: Place) -> Scene:
    """A token of ECR is at hand, and in the desktop's keyring."""
    rivals = [Rival(_A_HIT, None)] if place.incumbent else []
    before = [_sh(_TOKENS_IN_KEYRING), _sh(_SIGN_IN, _DESKTOP)]
    ours = Program("ours", OURS, HOST, _TOKENS)
    return Scene("a hit whose token is in the desktop's keyring", ours, rivals, before=before)


def _stored(program: str, server: str, environment: Mapping[str, str] = {}) -> list[str]:
    login = json.dumps({"ServerURL": server, "Username": "user", "Secret": "a-secret-of-somebody"})
    return _sh(f"printf %s '{login}' | {program} store", environment)


def _sh(script: str, environment: Mapping[str, str] = {}) -> list[str]:
    return ["env", *(f"{name}={value}" for name, value in environment.items()), "sh", "-e", "-c", script]


LOGINS = {"unknown": unknown, "file": in_file, "keyring": in_keyring, "token-in-keyring": token_in_keyring}
