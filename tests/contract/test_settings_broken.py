"""Settings that are broken or untrusted are reported, and no answer is given from a part of them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Callable

import pytest

from tests.contract.rules import ALIAS, check_error, make_alias, make_role_arn, make_rule
from tests.support.factories import create_entry, list_cache_files
from tests.support.runner import (
    HOST,
    HUB,
    NO_CALLS,
    ORDINARY_USER,
    OTHER_HOST,
    PROGRAM,
    parse_login,
    run_get,
    run_helper,
    run_program,
)

if TYPE_CHECKING:
    from tests.fake_ec2.services import Loopback


BROKEN_SETTINGS = {
    "no TOML": ("[[rule]\n", "settings-broken"),
    "no text": ("\udcff", "settings-broken"),
    "a megabyte": ("#" * (1 << 20), "settings-broken"),
    "a deep nest": ("a = " + "[" * 100_000, "settings-broken"),
    "a long key": ("a." * 20_000 + "a = 1", "settings-broken"),
    "a string without an end": ('x = """' + '\\"' * 40_000, "settings-broken"),
    "quotes without an end": ("x = '''" + "''a" * 26_000, "settings-broken"),
    "the same key twice": (make_rule(HOST, "profile = 'one'", "profile = 'two'"), "settings-broken"),
    "an unknown key": (make_rule(HOST, "profil = 'one'"), "settings-unknown-key"),
    "a role that is none": (make_rule(HOST, "role_arn = 'pull'"), "settings-bad-value"),
    "a match for everything": (make_rule("*", "profile = 'one'"), "settings-bad-value"),
    "a contradiction": (
        make_rule(HOST, "profile = 'one'", f"role_arn = '{make_role_arn('pull')}'"),
        "settings-contradictory",
    ),
    "the same rule twice": (make_rule(HOST, "profile = 'one'") * 2, "settings-contradictory"),
    "an alias that is an address": (make_alias("10.0.0.1:5000"), "settings-bad-alias"),
    "aliases in a circle": ("[aliases]\n'a.example' = 'b.example'\n'b.example' = 'a.example'\n", "settings-bad-alias"),
}


@pytest.mark.parametrize(("text", "id_"), BROKEN_SETTINGS.values(), ids=BROKEN_SETTINGS)
def test_broken_settings_are_reported_with_their_path(cloud: Loopback, config: Path, text: str, id_: str) -> None:
    config.write_bytes(text.encode("utf-8", "surrogateescape"))
    assert str(config) in check_error(run_get(), id_)
    assert cloud.count_calls() == NO_CALLS


@pytest.mark.parametrize("host", [HOST, OTHER_HOST, ALIAS, "public.ecr.aws", HUB])
def test_broken_settings_lead_to_no_answer(cloud: Loopback, config: Path, host: str) -> None:
    """Not even "not found" is answered: the intact settings might lead to a login."""
    if host in (HOST, OTHER_HOST):
        create_entry(host)
    config.write_text(make_alias(ALIAS) + "what is this?")
    check_error(run_get(host), "settings-broken")
    assert cloud.count_calls() == NO_CALLS


@pytest.mark.usefixtures("cloud")
@pytest.mark.parametrize("verb", ["list", "refresh"])
def test_no_other_command_uses_a_part_of_broken_settings(config: Path, verb: str) -> None:
    config.write_text("what is this?")
    assert "settings-broken" in run_helper(verb).stderr_text


@pytest.mark.usefixtures("cloud")
def test_erase_works_with_broken_settings_since_it_reveals_nothing(config: Path, home: Path) -> None:
    create_entry()
    config.write_text("what is this?")
    assert run_helper("erase", stdin=HOST.encode()).status == 0
    assert list_cache_files(home) == []


UNREADABLE_FILES: dict[str, Callable[[Path], None]] = {
    "a pipe": os.mkfifo,
    "a folder": Path.mkdir,
    "a device": lambda path: path.symlink_to("/dev/zero"),
    "links in a circle": lambda path: path.symlink_to(path),
}


@pytest.mark.parametrize("kind", UNREADABLE_FILES)
def test_settings_that_are_not_a_file_are_reported(cloud: Loopback, config: Path, kind: str) -> None:
    UNREADABLE_FILES[kind](config)
    assert str(config) in check_error(run_get(), "settings-unreadable")
    assert cloud.count_calls() == NO_CALLS


@pytest.mark.parametrize("protected", ["file", "folder"])
def test_settings_that_may_not_be_read_are_reported(cloud: Loopback, config: Path, protected: str) -> None:
    config.write_text("")
    (config if protected == "file" else config.parent).chmod(0)
    message = check_error(run_program([*ORDINARY_USER, PROGRAM, "get"], HOST.encode()), "settings-unreadable")
    assert "Permission denied" in message
    assert cloud.count_calls() == NO_CALLS


def test_settings_that_anyone_can_write_are_reported(cloud: Loopback, config: Path) -> None:
    config.write_text("")
    config.chmod(0o666)
    assert "can be written by all users" in check_error(run_get(), "settings-untrusted")
    assert cloud.count_calls() == NO_CALLS


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_root_does_not_use_the_settings_of_a_user_and_reports_it(cloud: Loopback, config: Path) -> None:
    config.write_text(make_rule(HOST, "profile = 'one'"))
    os.chown(config, 1000, 1000)
    message = check_error(run_get(), "settings-untrusted")
    assert str(config) in message
    assert "root trusts only the settings of root" in message
    assert cloud.count_calls() == NO_CALLS


@pytest.mark.usefixtures("cloud")
def test_users_can_use_their_own_settings_where_root_is_hidden(config: Path) -> None:
    """In a rootless container, the directories above the file also belong to "nobody"."""
    config.write_text(make_alias(ALIAS))
    assert parse_login(run_program([*ORDINARY_USER, PROGRAM, "get"], ALIAS.encode()))["ServerURL"] == ALIAS


@pytest.mark.parametrize(
    ("name", "id_"), [("config.toml", "path-relative"), ("/nowhere/config.toml", "settings-missing")]
)
def test_a_file_that_is_named_and_not_found_is_reported(cloud: Loopback, name: str, id_: str) -> None:
    assert name in check_error(run_get(CREDHELPER_CONFIG=name), id_)
    assert cloud.count_calls() == NO_CALLS
