"""What is measured of logins, and of tokens that a keyring keeps: in the instance alone, where there is a desktop's.

Beside the helpers of Docker's own for the same, Debian's golang-docker-credential-helpers.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

from tests.benchmarks.runner import FAILED
from tests.benchmarks.scenarios import HOST, OURS, Program, Rival, Scenario

if TYPE_CHECKING:
    from tests.benchmarks.machines import Machine

_UNKNOWN, _IN_FILE, _IN_KEYRING = "unknown.example.com", "file.example.com", "keyring.example.com"
_FILE = {"PYTHON_KEYRING_BACKEND": "credhelper.logins.backends.file.Keyring"}
_DESKTOP = {"DBUS_SESSION_BUS_ADDRESS": "unix:path=/run/bench/bus"}
_KEYRING = {"PYTHON_KEYRING_BACKEND": "keyring.backends.SecretService.Keyring", **_DESKTOP}
_TOKENS = {"CREDHELPER_CONFIG": "~/tokens.toml", "AWS_ECR_CACHE_DIR": "~/tokens", **_DESKTOP}

_HIT = Program("a hit", OURS, HOST)
_SIGN_IN_SCRIPT = """
mkdir -p /run/bench
[ -e /run/bench/bus ] || dbus-daemon --session --fork --address="$DBUS_SESSION_BUS_ADDRESS"
printf secret | gnome-keyring-daemon --replace --unlock --daemonize --components=secrets
"""
_PASS_SCRIPT = """
[ -e ~/.password-store ] || gpg --batch --passphrase '' --quick-generate-key nobody@example.com default default never
pass init nobody@example.com
"""
_TOKENS_SCRIPT = """
printf '[logins]\\nkeyring = "secret-service"\\n[tokens]\\nkeyring = true\\n' > ~/tokens.toml
"""


def build_unknown_host(_: Machine) -> Scenario:
    """Return the scenario of a registry outside ECR without a login."""
    ours = Program("ours", OURS, _UNKNOWN, outcome=FAILED)
    return Scenario("a host that is not ECR's, and no login", ours, [Rival(_HIT, 1.05)], rounds=10)


def build_login_in_file(machine: Machine) -> Scenario:
    """Return the scenario of a login in the private file."""
    other_helper = Program("`docker-credential-pass get`", ("docker-credential-pass", "get"), _IN_FILE)
    rivals = [Rival(_HIT, None), *([Rival(other_helper, None)] if machine.incumbent else [])]
    setup_commands = [_store_command(OURS[0], _IN_FILE, _FILE)]
    if machine.incumbent:
        setup_commands += [_shell_command(_PASS_SCRIPT), _store_command(other_helper.argv[0], _IN_FILE)]
    return Scenario(
        "a login in the private file", Program("ours", OURS, _IN_FILE), rivals, setup_commands=setup_commands
    )


def build_login_in_keyring(machine: Machine) -> Scenario:
    """Return the scenario of a login in the desktop's keyring."""
    name = "docker-credential-secretservice"
    other_helper = Program(f"`{name} get`", (name, "get"), _IN_KEYRING, _DESKTOP)
    setup_commands = [
        _shell_command(_SIGN_IN_SCRIPT, _DESKTOP),
        *(_store_command(program, _IN_KEYRING, _KEYRING) for program in (OURS[0], name)),
    ]
    rivals = [Rival(other_helper, None)] if machine.incumbent else []
    return Scenario(
        "a login in the desktop's keyring",
        Program("ours", OURS, _IN_KEYRING, _DESKTOP),
        rivals,
        setup_commands=setup_commands,
    )


def build_token_in_keyring(machine: Machine) -> Scenario:
    """Return the scenario of an ECR token in the desktop's keyring."""
    rivals = [Rival(_HIT, None)] if machine.incumbent else []
    setup_commands = [_shell_command(_TOKENS_SCRIPT), _shell_command(_SIGN_IN_SCRIPT, _DESKTOP)]
    ours = Program("ours", OURS, HOST, _TOKENS)
    return Scenario("a hit whose token is in the desktop's keyring", ours, rivals, setup_commands=setup_commands)


def _store_command(program: str, server: str, environment: Mapping[str, str] = {}) -> list[str]:
    login = json.dumps({"ServerURL": server, "Username": "user", "Secret": "a-secret-of-somebody"})
    return _shell_command(f"printf %s '{login}' | {program} store", environment)


def _shell_command(script: str, environment: Mapping[str, str] = {}) -> list[str]:
    return ["env", *(f"{name}={value}" for name, value in environment.items()), "sh", "-e", "-c", script]


LOGINS = {
    "unknown": build_unknown_host,
    "file": build_login_in_file,
    "keyring": build_login_in_keyring,
    "token-in-keyring": build_token_in_keyring,
}
