"""Scenarios: the settings of this program."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.errors.scenario import Scenario

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.errors.scenario import Changes, Sandbox


def _write_settings(text: str, mode: int = 0o600) -> Callable[[Sandbox], Changes]:
    def set_up(sandbox: Sandbox) -> Changes:
        sandbox.write_file(".config/credhelper/config.toml", text, mode)
        return {}

    return set_up


def _create_directory_instead(sandbox: Sandbox) -> Changes:
    (sandbox.home / ".config/credhelper/config.toml").mkdir(parents=True)
    return {}


SCENARIOS = (
    Scenario(
        "settings-missing",
        lambda _: {"CREDHELPER_CONFIG": "/nowhere/config.toml"},
        ["the settings file /nowhere/config.toml does not exist"],
        ["unset CREDHELPER_CONFIG"],
    ),
    Scenario(
        "settings-unreadable",
        _create_directory_instead,
        ["it is not a regular file"],
        ["you can read"],
    ),
    Scenario(
        "settings-untrusted", _write_settings("", 0o666), ["config.toml can be written by all users"], ["chmod go-w"]
    ),
    Scenario("settings-broken", _write_settings("[[rule]\n"), ["is not valid TOML", "line 1"], []),
    Scenario(
        "settings-unknown-key",
        _write_settings('[[rule]]\nmatch = "*"\nregoin = "us-east-1"\n'),
        ["line 3", "unknown key regoin in [[rule]]"],
        [],
    ),
    Scenario("settings-bad-value", _write_settings('[[rule]]\nmatch = "*"\ntimeout = true\n'), ["line 3"], []),
    Scenario("settings-bad-alias", _write_settings('[aliases]\n"images.example.com" = "ghcr.io"\n'), ["line 2"], []),
    Scenario(
        "settings-contradictory",
        _write_settings('[[rule]]\nmatch = "123456789012"\nexternal_id = "one"\n'),
        ["line 3"],
        [],
    ),
)
