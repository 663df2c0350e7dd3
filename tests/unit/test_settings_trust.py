"""Trust in settings files: a user who can write them decides which credentials are used, and who receives them."""

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

OTHER_UID = 4242
root_only = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """Return a directory of ours, whose parents belong to us or to root; /tmp is sticky."""
    path = tmp_path / "settings"
    path.mkdir(mode=0o700)
    return path


@pytest.fixture
def config(directory: Path) -> Path:
    path = directory / "config.toml"
    path.write_text("# settings\n")
    path.chmod(0o600)
    return path


def is_trusted(path: Path) -> bool:
    return list(files.read({"CREDHELPER_CONFIG": str(path)})) == [(str(path), b"# settings\n")]


def get_error(path: Path, id_: str = "settings-untrusted") -> HelperError:
    with pytest.raises(HelperError) as excinfo:
        list(files.read({"CREDHELPER_CONFIG": str(path)}))
    assert excinfo.value.id == id_
    assert str(path) in str(excinfo.value)
    assert excinfo.value.fix
    return excinfo.value


def give_away(path: Path) -> None:
    os.chown(path, OTHER_UID, OTHER_UID, follow_symlinks=False)


def let_group_write(path: Path, monkeypatch: pytest.MonkeyPatch, name: str, members: list[str], gid: int) -> None:
    """Let the group of `path`, with this name and these members, write it; `gid` is that of the user's own group."""
    if os.geteuid() == 0:
        os.chown(path, -1, OTHER_UID)
    path.chmod(0o770 if path.is_dir() else 0o660)
    monkeypatch.setattr(pwd, "getpwuid", lambda _: SimpleNamespace(pw_name="somebody", pw_gid=gid))
    monkeypatch.setattr(grp, "getgrgid", lambda _: SimpleNamespace(gr_name=name, gr_mem=members))


def test_a_file_that_only_we_can_access_is_trusted(config: Path) -> None:
    assert is_trusted(config)


def test_a_file_that_others_can_read_is_trusted_since_it_holds_no_secret_that_we_need(config: Path) -> None:
    config.chmod(0o644)
    config.parent.chmod(0o755)
    assert is_trusted(config)


def test_a_file_that_anyone_can_write_is_refused(config: Path) -> None:
    config.chmod(0o606)
    error = get_error(config)
    assert f"{config} can be written by all users" in str(error)
    assert error.fix.endswith(f"\n  chmod go-w {config}")


def test_a_directory_that_anyone_can_write_in_is_refused(config: Path) -> None:
    config.parent.chmod(0o707)
    error = get_error(config)
    assert f"{config.parent} can be written by all users" in str(error)
    assert error.fix.endswith(f"\n  chmod go-w {config.parent}")


def test_a_directory_farther_up_that_anyone_can_write_in_is_refused(config: Path) -> None:
    config.parent.parent.chmod(0o777)
    assert f"{config.parent.parent} can be written by all users" in str(get_error(config))


def test_a_sticky_directory_is_trusted_since_no_other_user_can_replace_our_files(config: Path) -> None:
    config.parent.chmod(0o1777)
    assert is_trusted(config)


def test_a_sticky_bit_does_not_make_a_file_trusted(config: Path) -> None:
    config.chmod(0o1606)
    assert "all users" in str(get_error(config))


def test_a_group_with_the_user_as_its_only_member_is_trusted(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gid = OTHER_UID if os.geteuid() == 0 else config.stat().st_gid
    for path in (config, config.parent):
        let_group_write(path, monkeypatch, "somebody", ["somebody"], gid)
    assert is_trusted(config)


@pytest.mark.parametrize(
    ("name", "members", "is_primary"),
    [
        ("staff", [], True),
        ("somebody", ["somebody", "else"], True),
        ("somebody", ["else"], True),
        ("somebody", [], False),
    ],
)
@pytest.mark.parametrize("kind", ["file", "folder"])
def test_a_group_of_others_is_refused(
    config: Path, monkeypatch: pytest.MonkeyPatch, kind: str, name: str, members: list[str], is_primary: bool
) -> None:
    path = config if kind == "file" else config.parent
    gid = OTHER_UID if os.geteuid() == 0 else config.stat().st_gid
    let_group_write(path, monkeypatch, name, members, gid if is_primary else gid + 1)
    assert f"{path} can be written by the group {name}" in str(get_error(config))


@root_only
def test_a_group_that_has_no_name_is_shown_by_its_number(config: Path) -> None:
    os.chown(config, -1, OTHER_UID)
    config.chmod(0o660)
    assert f"by the group {OTHER_UID}" in str(get_error(config))


def test_a_file_that_an_access_list_lets_another_user_write_is_refused(
    config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The mask of the list shows as the permissions of the group, which is the user's own here."""
    gid = OTHER_UID if os.geteuid() == 0 else config.stat().st_gid
    let_group_write(config, monkeypatch, "somebody", [], gid)
    assert is_trusted(config)
    undefined_id = 0xFFFFFFFF
    entries = [
        (1, 6, undefined_id),
        (2, 6, OTHER_UID),
        (4, 0, undefined_id),
        (16, 6, undefined_id),
        (32, 0, undefined_id),
    ]  # see acl(5)
    acl = struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *entry) for entry in entries)
    try:
        os.setxattr(config, "system.posix_acl_access", acl)
    except OSError:
        pytest.skip("this file system has no access lists")
    assert "access control list" in str(get_error(config))


@root_only
def test_root_does_not_trust_the_file_of_a_user_under_sudo_e(config: Path) -> None:
    give_away(config)
    error = get_error(config)
    assert "root trusts only the settings of root" in str(error)
    assert f"belongs to user {OTHER_UID}" in str(error)
    assert "leave out -E" in error.fix


@root_only
def test_root_does_not_trust_its_own_file_in_the_directory_of_a_user(config: Path) -> None:
    give_away(config.parent)
    assert f"{config.parent} belongs to user {OTHER_UID}" in str(get_error(config))


@root_only
def test_root_does_not_trust_its_own_file_in_a_sticky_directory_of_a_user(config: Path) -> None:
    config.parent.chmod(0o1777)
    give_away(config.parent)
    assert f"{config.parent} belongs to" in str(get_error(config))


@root_only
def test_the_file_of_another_user_in_a_sticky_directory_is_refused(config: Path) -> None:
    config.parent.chmod(0o1777)
    give_away(config)
    assert f"{config} belongs to" in str(get_error(config))


def test_a_link_of_ours_to_a_file_of_ours_is_trusted(config: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(config)
    assert is_trusted(tmp_path / "link")


@pytest.mark.usefixtures("config")
def test_a_relative_link_through_a_linked_directory_is_trusted(tmp_path: Path) -> None:
    (tmp_path / "one").symlink_to("settings")
    (tmp_path / "settings" / "up").symlink_to("..")
    (tmp_path / "settings" / "two.toml").symlink_to("up/one/./config.toml")
    assert is_trusted(tmp_path / "one" / "two.toml")


def test_a_link_into_a_directory_where_others_can_write_is_refused(config: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(config)
    config.parent.chmod(0o777)
    assert f"{config.parent} can be written by all users" in str(get_error(tmp_path / "link"))


def test_a_link_in_a_directory_where_others_can_write_is_refused(config: Path, tmp_path: Path) -> None:
    shared_directory = tmp_path / "shared"
    shared_directory.mkdir()
    (shared_directory / "link").symlink_to(config)
    shared_directory.chmod(0o777)
    assert f"{shared_directory} can be written by all users" in str(get_error(shared_directory / "link"))


def test_a_link_to_a_link_in_a_directory_where_others_can_write_is_refused(config: Path, tmp_path: Path) -> None:
    """Others could redirect the second link, whose directory contains neither the first link nor the file."""
    shared_directory = tmp_path / "shared"
    shared_directory.mkdir()
    (shared_directory / "middle").symlink_to(config)
    shared_directory.chmod(0o777)
    (tmp_path / "link").symlink_to(shared_directory / "middle")
    assert f"{shared_directory} can be written by all users" in str(get_error(tmp_path / "link"))


@root_only
@pytest.mark.parametrize("target", ["config.toml", "."])
def test_the_link_of_another_user_in_a_sticky_directory_is_not_followed(
    config: Path, tmp_path: Path, target: str
) -> None:
    shared_directory = tmp_path / "shared"
    shared_directory.mkdir()
    (shared_directory / "link").symlink_to(config.parent / target)
    give_away(shared_directory / "link")
    shared_directory.chmod(0o1777)
    path = shared_directory / "link" if target == "config.toml" else shared_directory / "link" / "config.toml"
    assert f"{shared_directory / 'link'} belongs to user {OTHER_UID}" in str(get_error(path))


def test_a_file_that_was_replaced_while_it_was_checked_is_not_read(
    config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    original_open = os.open

    def open_and_replace(path: str, flags: int) -> int:
        fd = original_open(path, flags)
        config.with_name("other").write_text("# another's\n")
        config.with_name("other").replace(config)
        return fd

    monkeypatch.setattr(os, "open", open_and_replace)
    assert "replaced" in str(get_error(config, "settings-unreadable"))


def test_circular_links_are_reported(tmp_path: Path) -> None:
    (tmp_path / "one").symlink_to("two")
    (tmp_path / "two").symlink_to("one")
    get_error(tmp_path / "one", "settings-unreadable")
