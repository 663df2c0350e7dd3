"""Settings files: which are read, and what is reported for one that cannot be read."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from credhelper import paths
from credhelper.errors import HelperError
from credhelper.settings import files, load
from credhelper.settings.rules import Settings

RULE = b'[[rule]]\nmatch = "123456789012"\nprofile = "%s"\n'
HOST = "123456789012.dkr.ecr.us-east-1.amazonaws.com"


@pytest.fixture(autouse=True)
def machine_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the path where the machine's settings would be."""
    path = tmp_path / "etc" / "credhelper" / "config.toml"
    monkeypatch.setattr(paths, "SYSTEM_SETTINGS", str(path))
    return path


def write_settings(path: Path, profile: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(RULE % profile.encode())
    return path


def get_user_path(home: Path) -> Path:
    return home / ".config" / "credhelper" / "config.toml"


def load_settings(**changes: str) -> Settings:
    return load.load_settings({"HOME": os.environ["HOME"], **changes})


def get_profile(loaded_settings: Settings) -> str:
    target = loaded_settings.find_target(HOST)
    assert target is not None
    return target.options.profile


def get_error(id_: str, **changes: str) -> HelperError:
    with pytest.raises(HelperError) as excinfo:
        load_settings(**changes)
    assert excinfo.value.id == id_
    assert excinfo.value.fix
    return excinfo.value


def test_without_a_file_there_are_no_settings() -> None:
    assert load_settings()[:2] == ((), {})


def test_without_a_file_no_module_that_parses_one_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "fastjsonschema", None)
    monkeypatch.delitem(__import__("sys").modules, "credhelper.settings.parse", raising=False)
    assert load_settings()[:2] == ((), {})


def test_the_file_of_the_user_is_used_before_that_of_the_machine(home: Path, machine_settings: Path) -> None:
    write_settings(get_user_path(home), "users")
    write_settings(machine_settings, "machines")
    assert get_profile(load_settings()) == "users"


def test_the_file_of_the_machine_is_used_if_the_user_has_no_file(machine_settings: Path) -> None:
    write_settings(machine_settings, "machines")
    assert get_profile(load_settings()) == "machines"
    assert get_profile(load_settings(HOME="")) == "machines"


def test_xdg_config_home_moves_the_file_of_the_user(home: Path, tmp_path: Path) -> None:
    write_settings(get_user_path(home), "home")
    write_settings(tmp_path / "xdg" / "credhelper" / "config.toml", "xdg")
    assert get_profile(load_settings(XDG_CONFIG_HOME=str(tmp_path / "xdg"))) == "xdg"
    assert get_profile(load_settings(XDG_CONFIG_HOME="relative")) == "home"


def test_credhelper_config_names_the_only_file(home: Path, machine_settings: Path, tmp_path: Path) -> None:
    write_settings(get_user_path(home), "users")
    write_settings(machine_settings, "machines")
    (tmp_path / "empty.toml").touch()
    assert get_profile(load_settings(CREDHELPER_CONFIG=str(tmp_path / "empty.toml"))) == ""


def test_credhelper_config_may_begin_with_the_home_directory(home: Path) -> None:
    write_settings(home / "other.toml", "other")
    assert get_profile(load_settings(CREDHELPER_CONFIG="~/other.toml")) == "other"


def test_an_empty_credhelper_config_is_ignored(home: Path) -> None:
    write_settings(get_user_path(home), "users")
    assert get_profile(load_settings(CREDHELPER_CONFIG="")) == "users"


@pytest.mark.parametrize("name", ["config.toml", "./config.toml", "$HOME/config.toml", "~root/config.toml", " /x"])
def test_a_relative_credhelper_config_is_refused_since_a_build_runs_in_an_untrusted_directory(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write_settings(tmp_path / "config.toml", "strangers")
    assert repr(name) in str(get_error("path-relative", CREDHELPER_CONFIG=name))


def test_a_missing_file_that_credhelper_config_names_is_an_error(home: Path) -> None:
    write_settings(get_user_path(home), "users")
    error = get_error("settings-missing", CREDHELPER_CONFIG=f"{home}/nowhere/config.toml")
    assert f"{home}/nowhere/config.toml" in str(error)


def test_a_file_in_place_of_the_directory_means_that_there_are_no_settings(home: Path) -> None:
    (home / ".config").write_text("a file")
    assert load_settings()[:2] == ((), {})


def test_a_pipe_is_not_waited_for(home: Path) -> None:
    get_user_path(home).parent.mkdir(parents=True)
    os.mkfifo(get_user_path(home))
    assert "not a regular file" in str(get_error("settings-unreadable"))


def test_a_directory_is_refused(home: Path) -> None:
    get_user_path(home).mkdir(parents=True)
    assert "not a regular file" in str(get_error("settings-unreadable"))


@pytest.mark.parametrize("device", ["/dev/null", "/dev/zero", "/dev/full"])
def test_a_device_is_refused(device: str) -> None:
    assert "not a regular file" in str(get_error("settings-unreadable", CREDHELPER_CONFIG=device))


def test_a_socket_is_refused(home: Path) -> None:
    get_user_path(home).parent.mkdir(parents=True)
    os.mknod(get_user_path(home), stat.S_IFSOCK | 0o600)
    get_error("settings-unreadable")


def test_a_file_of_a_megabyte_is_refused(home: Path) -> None:
    write_settings(get_user_path(home), "users").write_bytes(b"#" * (1 << 20))
    assert "longer than" in str(get_error("settings-broken"))


def test_a_file_is_read_only_up_to_one_byte_more_than_the_maximum(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(b"#" * (1 << 20))
    [(_, data)] = files.read({"CREDHELPER_CONFIG": str(path)})
    assert len(data) == files.MAX_SIZE + 1


def test_an_error_in_one_file_is_reported_even_if_the_other_file_decides(home: Path, machine_settings: Path) -> None:
    write_settings(get_user_path(home), "users")
    write_settings(machine_settings, "machines").write_text("what is this?")
    assert str(machine_settings) in str(get_error("settings-broken"))


def test_the_stamp_of_each_file_is_taken_before_it_is_read(home: Path, machine_settings: Path) -> None:
    path = write_settings(get_user_path(home), "users")
    loaded_settings = load_settings()
    assert [dependency.split(b"\t")[1] for dependency in loaded_settings.file_stamps] == [
        os.fsencode(path),
        os.fsencode(machine_settings),
    ]
    assert loaded_settings.matches(load_settings().file_stamps)
    path.write_bytes(RULE % b"other")
    assert not loaded_settings.matches(load_settings().file_stamps)


def test_a_link_to_settings_that_are_out_of_reach_is_an_error(home: Path) -> None:
    get_user_path(home).parent.mkdir(parents=True)
    get_user_path(home).symlink_to(home / "not-mounted" / "config.toml")
    assert "a link to a file that does not exist" in str(get_error("settings-unreadable"))
