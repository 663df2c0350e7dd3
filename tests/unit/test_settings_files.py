"""Which files are read, and what is said of those that cannot be."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from credhelper import paths, settings
from credhelper.errors import HelperError
from credhelper.settings import Settings, files

RULE = b'[[rule]]\nmatch = "123456789012"\nprofile = "%s"\n'
HOST = "123456789012.dkr.ecr.us-east-1.amazonaws.com"


@pytest.fixture(autouse=True)
def machines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the machine's settings would be."""
    path = tmp_path / "etc" / "credhelper" / "config.toml"
    monkeypatch.setattr(paths, "SYSTEM_SETTINGS", str(path))
    return path


def write(path: Path, profile: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(RULE % profile.encode())
    return path


def users(home: Path) -> Path:
    return home / ".config" / "credhelper" / "config.toml"


def load(**changes: str) -> Settings:
    return settings.load({"HOME": os.environ["HOME"], **changes})


def profile(read: Settings) -> str:
    target = read.find_target(HOST)
    assert target is not None
    return target.options.profile


def refused(id_: str, **changes: str) -> HelperError:
    with pytest.raises(HelperError) as caught:
        load(**changes)
    assert caught.value.id == id_
    assert caught.value.fix
    return caught.value


def test_without_a_file_there_are_no_settings() -> None:
    assert load()[:2] == ((), {})


def test_without_a_file_nothing_that_reads_one_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "fastjsonschema", None)
    monkeypatch.delitem(__import__("sys").modules, "credhelper.settings.document", raising=False)
    assert load()[:2] == ((), {})


def test_the_user_s_file_is_obeyed_before_the_machine_s(home: Path, machines: Path) -> None:
    write(users(home), "users")
    write(machines, "machines")
    assert profile(load()) == "users"


def test_the_machine_s_is_obeyed_where_the_user_has_none(machines: Path) -> None:
    write(machines, "machines")
    assert profile(load()) == "machines"
    assert profile(load(HOME="")) == "machines"


def test_xdg_config_home_moves_the_user_s_file(home: Path, tmp_path: Path) -> None:
    write(users(home), "home")
    write(tmp_path / "xdg" / "credhelper" / "config.toml", "xdg")
    assert profile(load(XDG_CONFIG_HOME=str(tmp_path / "xdg"))) == "xdg"
    assert profile(load(XDG_CONFIG_HOME="relative")) == "home"


def test_credhelper_config_names_the_only_file(home: Path, machines: Path, tmp_path: Path) -> None:
    write(users(home), "users")
    write(machines, "machines")
    (tmp_path / "empty.toml").touch()
    assert profile(load(CREDHELPER_CONFIG=str(tmp_path / "empty.toml"))) == ""


def test_it_may_begin_with_the_home_folder(home: Path) -> None:
    write(home / "other.toml", "other")
    assert profile(load(CREDHELPER_CONFIG="~/other.toml")) == "other"


def test_an_empty_one_is_none(home: Path) -> None:
    write(users(home), "users")
    assert profile(load(CREDHELPER_CONFIG="")) == "users"


@pytest.mark.parametrize("name", ["config.toml", "./config.toml", "$HOME/config.toml", "~root/config.toml", " /x"])
def test_a_relative_one_is_refused_for_a_build_runs_in_a_folder_of_strangers(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "config.toml", "strangers")
    assert repr(name) in refused("path-relative", CREDHELPER_CONFIG=name).message


def test_one_that_is_not_there_is_an_error_and_not_the_same_as_none(home: Path) -> None:
    write(users(home), "users")
    error = refused("settings-missing", CREDHELPER_CONFIG=f"{home}/nowhere/config.toml")
    assert f"{home}/nowhere/config.toml" in error.message


def test_a_file_where_a_folder_should_be_is_no_settings(home: Path) -> None:
    (home / ".config").write_text("a file")
    assert load()[:2] == ((), {})


def test_a_pipe_is_not_waited_for(home: Path) -> None:
    users(home).parent.mkdir(parents=True)
    os.mkfifo(users(home))
    assert "not a regular file" in refused("settings-unreadable").message


def test_a_folder_is_no_file(home: Path) -> None:
    users(home).mkdir(parents=True)
    assert "not a regular file" in refused("settings-unreadable").message


@pytest.mark.parametrize("device", ["/dev/null", "/dev/zero", "/dev/full"])
def test_a_device_is_no_file(device: str) -> None:
    assert "not a regular file" in refused("settings-unreadable", CREDHELPER_CONFIG=device).message


def test_a_socket_is_no_file(home: Path) -> None:
    users(home).parent.mkdir(parents=True)
    os.mknod(users(home), stat.S_IFSOCK | 0o600)
    refused("settings-unreadable")


def test_a_file_of_a_megabyte_is_refused_by_its_beginning(home: Path) -> None:
    write(users(home), "users").write_bytes(b"#" * (1 << 20))
    assert "longer than" in refused("settings-broken").message


def test_no_more_is_read_of_a_file_than_tells_that_it_is_too_long(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(b"#" * (1 << 20))
    [(_, data)] = files.read({"CREDHELPER_CONFIG": str(path)})
    assert len(data) == files.MAX_SIZE + 1


def test_a_fault_of_one_file_is_told_though_the_other_says_it_all(home: Path, machines: Path) -> None:
    write(users(home), "users")
    write(machines, "machines").write_text("what is this?")
    assert str(machines) in refused("settings-broken").message


def test_what_was_seen_of_each_file_is_known_before_it_is_read(home: Path, machines: Path) -> None:
    path = write(users(home), "users")
    read = load()
    assert [fact.split(b"\t")[1] for fact in read.file_stamps] == [os.fsencode(path), os.fsencode(machines)]
    assert read.matches(load().file_stamps)
    path.write_bytes(RULE % b"other")
    assert not read.matches(load().file_stamps)


def test_a_link_to_settings_that_are_out_of_reach_is_not_a_machine_without_settings(home: Path) -> None:
    users(home).parent.mkdir(parents=True)
    users(home).symlink_to(home / "not-mounted" / "config.toml")
    assert "a link to a file that is not there" in refused("settings-unreadable").message
