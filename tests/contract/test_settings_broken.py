"""Settings that are broken, or not to be trusted, are a sentence: nobody gets an answer by a part of them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Callable

import pytest

from tests.contract.process import HOST, HUB, NOBODY_CALLED, ORDINARY_USER, OTHER, PROGRAM, get, helper, login, run
from tests.contract.rules import ALIAS, alias, role, rule, told
from tests.contract.seeds import entries, seed

if TYPE_CHECKING:
    from tests.instance.services import Loopback


BROKEN = {
    "no TOML": ("[[rule]\n", "settings-broken"),
    "no text": ("\udcff", "settings-broken"),
    "a megabyte": ("#" * (1 << 20), "settings-broken"),
    "a deep nest": ("a = " + "[" * 100_000, "settings-broken"),
    "a long key": ("a." * 20_000 + "a = 1", "settings-broken"),
    "a string without an end": ('x = """' + '\\"' * 40_000, "settings-broken"),
    "quotes without an end": ("x = '''" + "''a" * 26_000, "settings-broken"),
    "the same key twice": (rule(HOST, "profile = 'one'", "profile = 'two'"), "settings-broken"),
    "an unknown key": (rule(HOST, "profil = 'one'"), "settings-unknown-key"),
    "a role that is none": (rule(HOST, "role_arn = 'pull'"), "settings-bad-value"),
    "a match for everything": (rule("*", "profile = 'one'"), "settings-bad-value"),
    "a contradiction": (rule(HOST, "profile = 'one'", f"role_arn = '{role('pull')}'"), "settings-contradictory"),
    "the same rule twice": (rule(HOST, "profile = 'one'") * 2, "settings-contradictory"),
    "an alias that is an address": (alias("10.0.0.1:5000"), "settings-bad-alias"),
    "aliases in a circle": ("[aliases]\n'a.example' = 'b.example'\n'b.example' = 'a.example'\n", "settings-bad-alias"),
}


@pytest.mark.parametrize(("text", "id_"), BROKEN.values(), ids=BROKEN)
def test_settings_that_are_broken_are_a_sentence_that_names_them(
    cloud: Loopback, config: Path, text: str, id_: str
) -> None:
    config.write_bytes(text.encode("utf-8", "surrogateescape"))
    assert str(config) in told(get(), id_)
    assert cloud.calls() == NOBODY_CALLED


@pytest.mark.parametrize("host", [HOST, OTHER, ALIAS, "public.ecr.aws", HUB])
def test_settings_that_are_broken_give_nobody_an_answer(cloud: Loopback, config: Path, host: str) -> None:
    """Nor is anybody told that nothing is stored: the settings might say otherwise."""
    if host in (HOST, OTHER):
        seed(host)
    config.write_text(alias(ALIAS) + "what is this?")
    told(get(host), "settings-broken")
    assert cloud.calls() == NOBODY_CALLED


@pytest.mark.usefixtures("cloud")
@pytest.mark.parametrize("verb", ["list", "refresh"])
def test_nor_does_another_command_obey_a_part_of_them(config: Path, verb: str) -> None:
    config.write_text("what is this?")
    assert "settings-broken" in helper(verb).said


@pytest.mark.usefixtures("cloud")
def test_erase_does_what_it_can_for_it_gives_nobody_anything(config: Path, home: Path) -> None:
    seed()
    config.write_text("what is this?")
    assert helper("erase", stdin=HOST.encode()).status == 0
    assert entries(home) == []


UNREADABLE: dict[str, Callable[[Path], None]] = {
    "a pipe": os.mkfifo,
    "a folder": Path.mkdir,
    "a device": lambda path: path.symlink_to("/dev/zero"),
    "links in a circle": lambda path: path.symlink_to(path),
}


@pytest.mark.parametrize("kind", UNREADABLE)
def test_what_is_no_file_is_a_sentence(cloud: Loopback, config: Path, kind: str) -> None:
    UNREADABLE[kind](config)
    assert str(config) in told(get(), "settings-unreadable")
    assert cloud.calls() == NOBODY_CALLED


@pytest.mark.parametrize("what", ["file", "folder"])
def test_what_may_not_be_read_is_a_sentence(cloud: Loopback, config: Path, what: str) -> None:
    config.write_text("")
    (config if what == "file" else config.parent).chmod(0)
    sentence = told(run([*ORDINARY_USER, PROGRAM, "get"], HOST.encode()), "settings-unreadable")
    assert "Permission denied" in sentence
    assert cloud.calls() == NOBODY_CALLED


def test_what_everybody_can_write_is_a_sentence(cloud: Loopback, config: Path) -> None:
    config.write_text("")
    config.chmod(0o666)
    assert "can be written by everybody" in told(get(), "settings-untrusted")
    assert cloud.calls() == NOBODY_CALLED


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_root_does_not_obey_a_user_s_settings_and_says_so(cloud: Loopback, config: Path) -> None:
    config.write_text(rule(HOST, "profile = 'one'"))
    os.chown(config, 1000, 1000)
    sentence = told(get(), "settings-untrusted")
    assert str(config) in sentence
    assert "root does not obey" in sentence
    assert cloud.calls() == NOBODY_CALLED


@pytest.mark.usefixtures("cloud")
def test_a_user_where_root_is_hidden_obeys_the_own_settings(config: Path) -> None:
    """As in a container of an engine without root, where the way to the file belongs to "nobody"."""
    config.write_text(alias(ALIAS))
    assert login(run([*ORDINARY_USER, PROGRAM, "get"], ALIAS.encode()))["ServerURL"] == ALIAS


@pytest.mark.parametrize(
    ("name", "id_"), [("config.toml", "path-relative"), ("/nowhere/config.toml", "settings-missing")]
)
def test_a_file_that_is_named_and_not_found_is_a_sentence(cloud: Loopback, name: str, id_: str) -> None:
    assert name in told(get(CREDHELPER_CONFIG=name), id_)
    assert cloud.calls() == NOBODY_CALLED
