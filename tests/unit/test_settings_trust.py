"""Whose settings are obeyed: who can write them chooses whose credentials are used, and who gets them."""

from __future__ import annotations

import grp
import os
import pwd
import struct
from pathlib import Path
from types import SimpleNamespace

import pytest

from credhelper.errors import HelperError
from credhelper.settings import files

STRANGER = 4242
root_only = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder that is ours, on a way that is ours and root's; /tmp is sticky."""
    path = tmp_path / "settings"
    path.mkdir(mode=0o700)
    return path


@pytest.fixture
def config(folder: Path) -> Path:
    path = folder / "config.toml"
    path.write_text("# settings\n")
    path.chmod(0o600)
    return path


def is_obeyed(path: Path) -> bool:
    return list(files.read({"CREDHELPER_CONFIG": str(path)})) == [(str(path), b"# settings\n")]


def refused(path: Path, id_: str = "settings-untrusted") -> HelperError:
    with pytest.raises(HelperError) as caught:
        list(files.read({"CREDHELPER_CONFIG": str(path)}))
    assert caught.value.id == id_
    assert str(path) in caught.value.message
    assert caught.value.fix
    return caught.value


def give_away(path: Path) -> None:
    os.chown(path, STRANGER, STRANGER, follow_symlinks=False)


def let_group_write(path: Path, monkeypatch: pytest.MonkeyPatch, name: str, members: list[str], gid: int) -> None:
    """Let the file's group write it, which has this name and these members; the user's own has the number `gid`."""
    if os.geteuid() == 0:
        os.chown(path, -1, STRANGER)
    path.chmod(0o770 if path.is_dir() else 0o660)
    monkeypatch.setattr(pwd, "getpwuid", lambda _: SimpleNamespace(pw_name="somebody", pw_gid=gid))
    monkeypatch.setattr(grp, "getgrgid", lambda _: SimpleNamespace(gr_name=name, gr_mem=members))


def test_a_file_that_is_ours_alone_is_obeyed(config: Path) -> None:
    assert is_obeyed(config)


def test_what_others_can_read_is_obeyed_for_it_holds_no_secret_that_we_need(config: Path) -> None:
    config.chmod(0o644)
    config.parent.chmod(0o755)
    assert is_obeyed(config)


def test_a_file_that_everybody_can_write_is_not(config: Path) -> None:
    config.chmod(0o606)
    error = refused(config)
    assert f"{config} can be written by everybody" in error.message
    assert error.fix == f"chmod go-w {config}"


def test_a_folder_that_everybody_can_write_in_is_not(config: Path) -> None:
    config.parent.chmod(0o707)
    error = refused(config)
    assert f"{config.parent} can be written by everybody" in error.message
    assert error.fix == f"chmod go-w {config.parent}"


def test_nor_is_one_farther_up(config: Path) -> None:
    config.parent.parent.chmod(0o777)
    assert f"{config.parent.parent} can be written by everybody" in refused(config).message


def test_a_sticky_folder_is_one_where_nobody_can_replace_what_is_ours(config: Path) -> None:
    config.parent.chmod(0o1777)
    assert is_obeyed(config)


def test_a_file_is_not_made_good_by_a_bit_that_is_the_folders(config: Path) -> None:
    config.chmod(0o1606)
    assert "everybody" in refused(config).message


def test_a_group_that_holds_the_user_alone_is_no_stranger(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gid = STRANGER if os.geteuid() == 0 else config.stat().st_gid
    for path in (config, config.parent):
        let_group_write(path, monkeypatch, "somebody", ["somebody"], gid)
    assert is_obeyed(config)


@pytest.mark.parametrize(
    ("name", "members", "primary"),
    [
        ("staff", [], True),
        ("somebody", ["somebody", "else"], True),
        ("somebody", ["else"], True),
        ("somebody", [], False),
    ],
)
@pytest.mark.parametrize("which", ["file", "folder"])
def test_a_group_of_others_is(
    config: Path, monkeypatch: pytest.MonkeyPatch, which: str, name: str, members: list[str], primary: bool
) -> None:
    path = config if which == "file" else config.parent
    gid = STRANGER if os.geteuid() == 0 else config.stat().st_gid
    let_group_write(path, monkeypatch, name, members, gid if primary else gid + 1)
    assert f"{path} can be written by the group {name}" in refused(config).message


@root_only
def test_a_group_that_has_no_name_is_shown_by_its_number(config: Path) -> None:
    os.chown(config, -1, STRANGER)
    config.chmod(0o660)
    assert f"by the group {STRANGER}" in refused(config).message


def test_somebody_who_is_named_in_an_access_list_is_a_stranger(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its mask shows as the rights of the group, which is the user's own here."""
    gid = STRANGER if os.geteuid() == 0 else config.stat().st_gid
    let_group_write(config, monkeypatch, "somebody", [], gid)
    assert is_obeyed(config)
    nobody = 0xFFFFFFFF
    entries = [(1, 6, nobody), (2, 6, STRANGER), (4, 0, nobody), (16, 6, nobody), (32, 0, nobody)]  # see acl(5)
    acl = struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *entry) for entry in entries)
    try:
        os.setxattr(config, "system.posix_acl_access", acl)
    except OSError:
        pytest.skip("this file system has no access lists")
    assert "access list" in refused(config).message


@root_only
def test_root_does_not_obey_a_user_s_file_as_with_sudo_e(config: Path) -> None:
    give_away(config)
    error = refused(config)
    assert "root does not obey others" in error.message
    assert f"belongs to user {STRANGER}" in error.message
    assert "leave out -E" in error.fix


@root_only
def test_root_does_not_obey_its_own_file_in_a_user_s_folder(config: Path) -> None:
    give_away(config.parent)
    assert f"{config.parent} belongs to user {STRANGER}" in refused(config).message


@root_only
def test_nor_one_in_a_sticky_folder_of_a_user(config: Path) -> None:
    config.parent.chmod(0o1777)
    give_away(config.parent)
    assert f"{config.parent} belongs to" in refused(config).message


@root_only
def test_a_file_of_a_stranger_in_a_sticky_folder_is_not_obeyed(config: Path) -> None:
    config.parent.chmod(0o1777)
    give_away(config)
    assert f"{config} belongs to" in refused(config).message


def test_a_link_that_is_ours_to_a_file_that_is_is_obeyed(config: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(config)
    assert is_obeyed(tmp_path / "link")


@pytest.mark.usefixtures("config")
def test_a_relative_link_through_a_linked_folder_is_too(tmp_path: Path) -> None:
    (tmp_path / "one").symlink_to("settings")
    (tmp_path / "settings" / "up").symlink_to("..")
    (tmp_path / "settings" / "two.toml").symlink_to("up/one/./config.toml")
    assert is_obeyed(tmp_path / "one" / "two.toml")


def test_a_link_into_a_folder_where_others_can_write_is_not(config: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(config)
    config.parent.chmod(0o777)
    assert f"{config.parent} can be written by everybody" in refused(tmp_path / "link").message


def test_a_link_in_a_folder_where_others_can_write_is_not(config: Path, tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    (shared / "link").symlink_to(config)
    shared.chmod(0o777)
    assert f"{shared} can be written by everybody" in refused(shared / "link").message


def test_nor_is_a_link_to_a_link_in_one(config: Path, tmp_path: Path) -> None:
    """Neither end of the way shows the folder between them, where others could lead it elsewhere."""
    shared = tmp_path / "shared"
    shared.mkdir()
    (shared / "middle").symlink_to(config)
    shared.chmod(0o777)
    (tmp_path / "link").symlink_to(shared / "middle")
    assert f"{shared} can be written by everybody" in refused(tmp_path / "link").message


@root_only
@pytest.mark.parametrize("target", ["config.toml", "."])
def test_a_stranger_s_link_in_a_sticky_folder_is_not_followed(config: Path, tmp_path: Path, target: str) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    (shared / "link").symlink_to(config.parent / target)
    give_away(shared / "link")
    shared.chmod(0o1777)
    path = shared / "link" if target == "config.toml" else shared / "link" / "config.toml"
    assert f"{shared / 'link'} belongs to user {STRANGER}" in refused(path).message


def test_a_file_that_was_replaced_while_it_was_looked_at_is_not_read(
    config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = os.open

    def replaced(path: str, flags: int) -> int:
        handle = opened(path, flags)
        config.with_name("other").write_text("# another's\n")
        config.with_name("other").replace(config)
        return handle

    monkeypatch.setattr(os, "open", replaced)
    assert "replaced" in refused(config, "settings-unreadable").message


def test_links_that_lead_round_in_a_circle_are_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "one").symlink_to("two")
    (tmp_path / "two").symlink_to("one")
    refused(tmp_path / "one", "settings-unreadable")
