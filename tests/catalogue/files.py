"""Scenes of our own settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.catalogue.stage import Scene

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.catalogue.stage import Changes, Stage


def _settings(text: str, mode: int = 0o600) -> Callable[[Stage], Changes]:
    def set_up(stage: Stage) -> Changes:
        stage.file(".config/credhelper/config.toml", text, mode)
        return {}

    return set_up


def _folder(stage: Stage) -> Changes:
    (stage.home / ".config/credhelper/config.toml").mkdir(parents=True)
    return {}


SCENES = (
    Scene(
        "settings-missing",
        lambda _: {"CREDHELPER_CONFIG": "/nowhere/config.toml"},
        ["CREDHELPER_CONFIG names /nowhere/config.toml, and there is no such file"],
        ["unset CREDHELPER_CONFIG"],
    ),
    Scene("settings-unreadable", _folder, ["config.toml cannot be read: it is not a regular file"], ["you can read"]),
    Scene("settings-untrusted", _settings("", 0o666), ["config.toml can be written by everybody"], ["chmod go-w"]),
    Scene("settings-broken", _settings("[[rule]\n"), ["are not TOML", "line 1"], []),
    Scene(
        "settings-unknown-key",
        _settings('[[rule]]\nmatch = "*"\nregoin = "us-east-1"\n'),
        ["line 3", "regoin is no setting"],
        [],
    ),
    Scene("settings-bad-value", _settings('[[rule]]\nmatch = "*"\ntimeout = true\n'), ["line 3"], []),
    Scene("settings-bad-alias", _settings('[aliases]\n"images.example.com" = "ghcr.io"\n'), ["line 2"], []),
    Scene(
        "settings-contradictory", _settings('[[rule]]\nmatch = "123456789012"\nexternal_id = "one"\n'), ["line 3"], []
    ),
)
