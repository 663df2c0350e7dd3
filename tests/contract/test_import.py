"""`import`: logins leave Docker's config.json for the keyring; Docker finds them as before, and none is ever lost."""

from __future__ import annotations

import json
import os
import signal
import stat
import sys
from pathlib import Path
from typing import Any

import pytest

from credhelper import cli
from credhelper.logins import Login, LoginStore
from credhelper.settings import Settings
from tests.contract.docker_files import ONE_LOGIN, SECRET, Found, entry, found, lines, read, store, stored, told, write
from tests.contract.process import HOST, HUB, ORDINARY_USER, PROGRAM, environment, files, helper, run

DO = ("import", "--yes")
OCTOCAT = Login("ghcr.io", "octocat", SECRET)

# One of each kind that moves: {server: its entry}; and what is found for whom Docker asks.
MOVING: dict[str, dict[str, str]] = {
    "ghcr.io": entry("octocat"),
    HUB: entry("somebody", email="somebody@example.com"),
    "https://registry.example.com/v1/": entry("by-its-url"),
    "registry.example.com:5000": entry("colons", "a:b:c"),
    "tokens.example.com": entry("00000000", "", identitytoken=SECRET),
    "blank.example.com": entry("token-as-a-user-name", ""),
    "wide.example.com": entry("Jos\u00e9", "\u5bc6\U0001f511"),
}
ASKED: dict[str | None, Found] = {
    "ghcr.io": ("octocat", SECRET),
    None: ("somebody", SECRET),
    "registry.example.com": ("by-its-url", SECRET),
    "registry.example.com:5000": ("colons", "a:b:c"),
    "tokens.example.com": ("<token>", SECRET),
    "blank.example.com": ("token-as-a-user-name", ""),
    "wide.example.com": ("Jos\u00e9", "\u5bc6\U0001f511"),
}

# Ends the process at the n-th time that it is about to change a file, or a name: audit events of Python's own.
KILLED = f"""
import os, signal, sys
left = int(sys.argv.pop(1))
def audit(event, args):
    global left
    writes = event == "open" and isinstance(args[2], int) and args[2] & (os.O_WRONLY | os.O_RDWR)
    if writes or event in ("os.rename", "os.remove", "os.mkdir", "os.chmod"):
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(audit)
from credhelper.__main__ import run
run(["{PROGRAM}", *sys.argv[1:]])
"""

# Logs in as somebody else between what is shown and what is done.
MEANWHILE = f"""
import os
from credhelper.__main__ import run
from credhelper.commands import import_
from credhelper.logins import Login, LoginStore
from credhelper.settings import Settings
draft = import_.staged_replace
def late(*given):
    LoginStore(os.environ, Settings()).store(Login("ghcr.io", "somebody", "else"))
    return draft(*given)
import_.staged_replace = late
run(["{PROGRAM}", *{DO}])
"""


@pytest.fixture(autouse=True)
def on_the_path(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let docker-py, which runs in this process, find the helper."""
    monkeypatch.setenv("PATH", environment()["PATH"])


@pytest.fixture
def plain(home: Path) -> Path:
    return home / ".docker" / "config.json"


def test_without_yes_it_is_shown_and_nothing_is_changed(home: Path, plain: Path) -> None:
    before = write(plain, {"auths": MOVING})
    shown = lines("import")
    place = f"the private file {home}/.local/share/credhelper/logins"
    assert told(shown, "ghcr.io") == f"the login of octocat goes to {place}"
    assert told(shown, "tokens.example.com") == f"the identity token goes to {place}"
    assert 'ghcr.io: "ecr" is named for it in "credHelpers"' in shown
    assert shown[-1] == "nothing has been changed: the same with --yes does it"
    assert plain.read_bytes() == before
    assert files(home) == {".docker", ".docker/config.json"}


def test_a_user_name_that_has_no_password_may_be_the_secret_and_is_not_shown(plain: Path) -> None:
    write(plain, {"auths": MOVING})
    assert told(lines("import"), "blank.example.com").startswith("a login without a password goes to ")


def test_with_yes_the_same_is_shown_and_docker_finds_each_login_as_before(plain: Path) -> None:
    write(plain, {"auths": MOVING})
    assert {registry: found(plain, registry) for registry in ASKED} == ASKED
    before = lines("import")
    shown = lines(*DO)
    assert shown[:-1] == before[:-1]
    assert shown[-1] == f"done: {plain} holds these logins no more"
    assert {registry: found(plain, registry) for registry in ASKED} == ASKED


def test_what_is_left_is_what_docker_leaves(plain: Path) -> None:
    write(plain, {"auths": MOVING, "psFormat": "table"})
    lines(*DO)
    left: dict[str, Any] = {server: {} for server in MOVING}
    left[HUB] = {"email": "somebody@example.com"}
    asked = [server for server in MOVING if server != "https://registry.example.com/v1/"]
    helpers = dict.fromkeys([*asked, "registry.example.com", "docker.io"], "ecr")
    assert read(plain) == {"auths": left, "psFormat": "table", "credHelpers": helpers}
    assert list(read(plain)) == ["auths", "psFormat", "credHelpers"]


STAYING: dict[str, tuple[dict[str, str] | None, str]] = {
    "emptied.example.com": ({}, "has no login"),
    "null.example.com": (None, "has no login"),
    "registry-token.example.com": (
        {"registrytoken": SECRET},
        "stays: it is a registry token, which no helper can keep",
    ),
    "nobody.example.com": (entry(""), "stays: its login names no user"),
    "torn.example.com": ({"auth": "YTpi!"}, "stays: its login is not base64 of UTF-8"),
    "latin.example.com": ({"auth": "YTrp"}, "stays: its login is not base64 of UTF-8"),
    "uncut.example.com": ({"auth": "YWJj"}, "stays: its login has no colon between user name and password"),
    "nul.example.com": (entry("a", f"{SECRET}\0b"), "stays: its login holds a NUL, which no keyring keeps"),
    "two.example.com": (entry("a", identitytoken="b"), "stays: it holds more than one login, and a helper has one"),
    "not a host": (entry("a"), "stays: it is no registry's host"),
    "paths.example.com/team": (
        entry("a"),
        "stays: it is for a path, as podman has it, and helpers are asked for hosts",
    ),
    "paths.example.com": (
        entry("b"),
        "stays: another login for this host stays, and with a helper it would not be found",
    ),
    "twice.example.com": (entry("a"), "stays: the file has another login for the same registry, under another name"),
    "https://twice.example.com": (
        entry("b"),
        "stays: the file has another login for the same registry, under another name",
    ),
    HOST: (
        entry("AWS"),
        f"stays: it is a registry of ECR, for which this machine's role answers; docker logout {HOST} removes it",
    ),
}


def test_what_stays_is_told_with_the_reason(home: Path, plain: Path) -> None:
    before = write(plain, {"auths": {server: held for server, (held, _) in STAYING.items()}})
    *shown, last = lines(*DO)
    assert shown == [f"{server}: {why}" for server, (_, why) in STAYING.items()]
    assert last == f"there is nothing to move in {plain}"
    assert plain.read_bytes() == before
    assert not (home / ".local").exists()


@pytest.mark.parametrize("held", [entry("octocat"), "no entry"], ids=["an entry", "none"])
def test_a_password_in_the_name_of_an_entry_is_not_shown(plain: Path, held: object) -> None:
    write(plain, {"auths": {f"https://octocat:{SECRET}@ghcr.io/v1/": held}})
    done = helper(*DO)
    assert SECRET not in done.said + done.stdout.decode()
    assert "...@ghcr.io/v1/" in done.stdout.decode()


def test_a_registry_token_beside_a_login_stays(plain: Path) -> None:
    write(plain, {"auths": {"ghcr.io": entry("octocat", registrytoken="token")}})
    lines(*DO)
    assert read(plain)["auths"] == {"ghcr.io": {"registrytoken": "token"}}


def test_zero_bytes_around_a_password_are_none_of_it_as_docker_has_it(plain: Path) -> None:
    write(plain, {"auths": {"ghcr.io": entry("octocat", f"{SECRET}\0\0")}})
    lines(*DO)
    assert stored("ghcr.io") == ("octocat", SECRET)


def test_a_host_that_the_settings_leave_to_another_helper_stays_there(plain: Path, config: Path) -> None:
    config.write_text('[[delegate]]\nhelper = "gcr"\nmatch = "gcr.io"\n')
    before = write(plain, {"auths": {"gcr.io": entry("_json_key")}})
    shown = lines(*DO)
    assert told(shown, "gcr.io") == f"stays: the settings leave it to docker-credential-gcr ({config}, line 1)"
    assert plain.read_bytes() == before


@pytest.mark.parametrize(
    ("others", "added"),
    [
        ({"credsStore": "ecr"}, {"credHelpers": {"ghcr.io": "ecr"}}),
        ({"credHelpers": {"ghcr.io": "ecr"}}, {}),
        ({"credHelpers": {"gcr.io": "gcr"}}, {"credHelpers": {"gcr.io": "gcr", "ghcr.io": "ecr"}}),
        (
            {"credsStore": "ecr", "credHelpers": {"gcr.io": "gcr"}},
            {"credHelpers": {"gcr.io": "gcr", "ghcr.io": "ecr"}},
        ),
    ],
    ids=str,
)
def test_who_is_asked_already_is_not_named_again(plain: Path, others: dict[str, Any], added: dict[str, Any]) -> None:
    write(plain, {**ONE_LOGIN, **others})
    lines(*DO)
    assert read(plain) == {"auths": {"ghcr.io": {}}, **others, **added}
    assert found(plain, "ghcr.io") == ("octocat", SECRET)


@pytest.mark.parametrize("others", [{"credsStore": "desktop"}, {"credHelpers": {"ghcr.io": "desktop"}}], ids=str)
def test_where_docker_asks_another_helper_the_login_is_podman_s_and_stays(plain: Path, others: dict[str, Any]) -> None:
    before = write(plain, {**ONE_LOGIN, **others})
    assert told(lines(*DO), "ghcr.io") == "stays: Docker asks docker-credential-desktop for it, and podman this file"
    assert plain.read_bytes() == before


def test_a_host_for_which_docker_is_told_to_ask_the_file_stays_there(plain: Path) -> None:
    before = write(plain, {**ONE_LOGIN, "credsStore": "desktop", "credHelpers": {"ghcr.io": ""}})
    assert told(lines(*DO), "ghcr.io") == 'stays: "credHelpers" says that the file is asked for it'
    assert plain.read_bytes() == before


def test_a_login_that_is_stored_already_leaves_the_file(plain: Path) -> None:
    store("ghcr.io", "octocat")
    write(plain, ONE_LOGIN)
    shown = lines(*DO)
    assert told(shown, "ghcr.io") == "the login of octocat is stored already, and leaves the file"
    assert read(plain)["auths"] == {"ghcr.io": {}}


@pytest.mark.parametrize("server", ["ghcr.io", "https://ghcr.io/v2/"])
def test_another_login_that_is_stored_is_not_replaced(plain: Path, server: str) -> None:
    store(server, "somebody")
    before = write(plain, ONE_LOGIN)
    erase = "echo ghcr.io | docker-credential-ecr erase"
    why = f"stays: the login of somebody is stored for it already; {erase} forgets that"
    assert told(lines(*DO), "ghcr.io") == why
    assert stored("ghcr.io") == ("somebody", SECRET)
    assert plain.read_bytes() == before


def test_a_login_that_is_stored_after_it_was_shown_is_not_replaced(plain: Path) -> None:
    before = write(plain, ONE_LOGIN)
    done = run([sys.executable, "-I", "-c", MEANWHILE])
    assert "[login-differs]" in done.said
    assert stored("ghcr.io") == ("somebody", "else")
    assert plain.read_bytes() == before


def test_the_same_login_under_two_names_of_a_registry_moves(plain: Path) -> None:
    write(plain, {"auths": {"https://ghcr.io/v1/": entry("octocat"), "ghcr.io": entry("octocat")}})
    lines(*DO)
    assert read(plain)["auths"] == {"https://ghcr.io/v1/": {}, "ghcr.io": {}}
    assert found(plain, "ghcr.io") == ("octocat", SECRET)


def test_a_token_beside_another_login_that_stays_would_hide_that_and_stays_too(plain: Path) -> None:
    store(HUB, "another")
    before = write(plain, {"auths": {HUB: entry("somebody"), f"{HUB}access-token": entry("somebody", "token")}})
    shown = lines(*DO, f"{HUB}access-token")
    why = "stays: another login for this host stays, and with a helper it would not be found"
    assert told(shown, f"{HUB}access-token") == why
    assert plain.read_bytes() == before


@pytest.mark.parametrize("name", ["ghcr.io", "https://GHCR.IO/", "ghcr.io:443"])
def test_only_the_hosts_that_are_named_move(plain: Path, name: str) -> None:
    write(plain, {"auths": {"ghcr.io": entry("octocat"), "quay.io": entry("somebody")}})
    shown = lines(*DO, name)
    assert not any("quay.io" in line for line in shown)
    assert read(plain)["auths"] == {"ghcr.io": {}, "quay.io": entry("somebody")}


def test_who_names_docker_s_own_registry_means_what_a_browser_left_as_well(plain: Path) -> None:
    hub = {HUB: entry("a"), f"{HUB}access-token": entry("a", "b"), f"{HUB}refresh-token": entry("a", "c")}
    write(plain, {"auths": {**hub, "ghcr.io": entry("octocat")}})
    lines(*DO, "docker.io")
    assert read(plain) == {
        "auths": {**{server: {} for server in hub}, "ghcr.io": entry("octocat")},
        "credHelpers": {HUB: "ecr", "docker.io": "ecr"},
    }
    assert [stored(server) for server in hub] == [("a", SECRET), ("a", "b"), ("a", "c")]


def test_a_host_that_the_file_does_not_have_is_told_and_the_others_move(plain: Path) -> None:
    write(plain, ONE_LOGIN)
    shown = lines(*DO, "ghcr.io", "quay.io", status=1)
    assert told(shown, "quay.io") == f"{plain} has no such entry"
    assert stored("ghcr.io") == ("octocat", SECRET)


@pytest.mark.parametrize("name", ["folder", "file", "variable", "another name"])
def test_the_file_is_the_one_that_is_named(home: Path, plain: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    other = home / "other" / ("auth.json" if name == "another name" else "config.json")
    write(plain, {})
    write(other, ONE_LOGIN)
    if name == "variable":
        monkeypatch.setenv("DOCKER_CONFIG", str(other.parent))
    named = {"folder": ["--config", str(other.parent)], "variable": []}.get(name, ["--config", str(other)])
    assert lines(*DO, *named)[-1] == f"done: {other} holds these logins no more"
    assert read(plain) == {}


@pytest.mark.parametrize("words", [DO, ("import",)], ids=" ".join)
def test_where_there_is_no_file_there_is_nothing_to_move(home: Path, plain: Path, words: tuple[str, ...]) -> None:
    assert lines(*words) == [f"there is nothing to move since there is no {plain}"]
    assert files(home) == set()


def test_it_asks_nobody(plain: Path, endless: int) -> None:
    write(plain, ONE_LOGIN)
    assert helper(*DO, stdin=endless).status == 0


def test_what_could_not_be_shown_is_not_done(plain: Path) -> None:
    before = write(plain, ONE_LOGIN)
    with Path("/dev/full").open("wb") as full:
        assert run([PROGRAM, *DO], b"", full).status == 1
    assert plain.read_bytes() == before
    assert stored("ghcr.io") is None


def test_the_file_keeps_its_mode_its_link_and_its_manner(home: Path, plain: Path) -> None:
    target = home / "dotfiles" / "docker.json"
    target.parent.mkdir()
    target.write_text(
        json.dumps({"auths": {"ghcr.io": entry("octocat")}, "a": [1, {}], "\u00e9": "\u00e9"}, indent=2) + "\n"
    )
    target.chmod(0o640)
    plain.parent.mkdir()
    plain.symlink_to("../dotfiles/docker.json")
    lines(*DO)
    assert plain.is_symlink()
    assert stat.S_IMODE(target.stat().st_mode) == 0o640
    left = {"auths": {"ghcr.io": {}}, "a": [1, {}], "\u00e9": "\u00e9", "credHelpers": {"ghcr.io": "ecr"}}
    assert target.read_text() == json.dumps(left, indent=2) + "\n"
    assert files(target.parent) == {"docker.json"}


BROKEN: dict[str, tuple[bytes, str]] = {
    "no JSON": (b'{"auths": {\n"ghcr.io": }}', "line 2: it is not JSON"),
    "a mark before it": (b"\xef\xbb\xbf{}", "byte order mark"),
    "two of a name": (b'{"auths": {}, "auths": {}}', "twice"),
    "no object": (b"[]", "data must be object"),
    "auths no object": (b'{"auths": [1]}', "auths must be object or null"),
    "an entry no object": (b'{"auths": {"ghcr.io": "x"}}', "auths.ghcr.io must be object or null"),
    "a server in braces": (b'{"auths": {"{x}": 5}}', "auths.{x} must be object or null"),
    "auth no text": (b'{"auths": {"ghcr.io": {"auth": 5}}}', "auths.ghcr.io.auth must be string or null"),
    "a helper no text": (b'{"credHelpers": {"ghcr.io": {}}}', "credHelpers.ghcr.io must be string or null"),
    "a store no text": (b'{"credsStore": []}', "credsStore must be string or null"),
    "not UTF-8": (b'{"a": "\xff"}', "it is not UTF-8"),
    "nested": (b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}", "nested too deeply"),
    "a number beyond all": (b'{"a": 1e999}', "a number that is none in JSON"),
    "no number": (b'{"a": NaN}', "a number that is none in JSON"),
    "long": (b'{"a": "' + b"x" * (1 << 22) + b'"}', "longer than 4 MiB"),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_a_file_that_is_broken_is_told_and_left_alone(plain: Path, kind: str) -> None:
    data, why = BROKEN[kind]
    write(plain, {})
    plain.write_bytes(data)
    done = helper(*DO)
    assert "[docker-config-broken]" in done.said
    assert why in done.said
    assert plain.read_bytes() == data


@pytest.mark.parametrize("kind", ["pipe", "folder", "link to itself", "closed"])
def test_a_file_that_cannot_be_read_is_told(plain: Path, kind: str) -> None:
    plain.parent.mkdir()
    if kind == "pipe":
        os.mkfifo(plain)
    elif kind == "folder":
        plain.mkdir()
    elif kind == "closed":
        plain.touch(0)
    else:
        plain.symlink_to(plain)
    done = run([*ORDINARY_USER, PROGRAM, *DO])
    assert done.status == 1
    assert "[docker-config-unreadable]" in done.said


@pytest.mark.parametrize("data", [b"", b" \n", b'{"auths": null, "credHelpers": null, "credsStore": null}'], ids=str)
def test_a_file_that_says_nothing_has_nothing_to_move(plain: Path, data: bytes) -> None:
    write(plain, {})
    plain.write_bytes(data)
    assert lines(*DO) == [f"there is nothing to move in {plain}"]


def test_nothing_is_stored_where_the_file_cannot_be_replaced(home: Path, plain: Path) -> None:
    before = write(plain, ONE_LOGIN)
    plain.parent.chmod(0o500)
    done = run([*ORDINARY_USER, PROGRAM, *DO])
    plain.parent.chmod(0o700)
    assert done.status == 1
    assert "[docker-config-unwritable]" in done.said
    assert plain.read_bytes() == before
    assert not (home / ".local").exists()


@pytest.mark.parametrize("kind", ["no folder", "keyring.backends.null.Keyring", "keyring.backends.fail.Keyring"])
def test_nothing_is_lost_where_the_login_cannot_be_stored(home: Path, plain: Path, kind: str) -> None:
    before = write(plain, ONE_LOGIN)
    if kind == "no folder":
        (home / ".local").touch()
    done = helper(*DO, PYTHON_KEYRING_BACKEND=None if kind == "no folder" else kind)
    assert done.status == 1
    assert plain.read_bytes() == before
    assert files(plain.parent) == {"config.json"}


def test_whenever_it_is_killed_the_login_is_in_one_of_the_two_and_the_same_again_ends_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for step in range(1, 100):
        plain = tmp_path / f"docker-{step}" / "config.json"
        write(plain, ONE_LOGIN)
        monkeypatch.setenv("DOCKER_CONFIG", str(plain.parent))
        monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / f"data-{step}"))
        ended = run([sys.executable, "-I", "-c", KILLED, str(step), *DO])
        logins = LoginStore(os.environ, Settings())
        assert read(plain)["auths"] == ONE_LOGIN["auths"] or logins.find("ghcr.io") == OCTOCAT
        assert cli.run(list(DO), bytes, os.environ, lambda _: True).status == 0
        assert (read(plain)["auths"], logins.find("ghcr.io")) == ({"ghcr.io": {}}, OCTOCAT)
        assert files(plain.parent) == {"config.json"}
        if ended.status == 0:
            break
        assert ended.status == -signal.SIGKILL
    assert 10 < step < 99


def test_a_login_that_podman_reads_beside_a_store_of_ours_is_found_by_it_as_before(plain: Path) -> None:
    write(plain, {**ONE_LOGIN, "credsStore": "ecr"})
    lines(*DO)
    assert read(plain).get("credHelpers") == {"ghcr.io": "ecr"}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_the_file_keeps_its_group(plain: Path) -> None:
    write(plain, ONE_LOGIN)
    os.chown(plain, -1, 4321)
    lines(*DO)
    assert plain.stat().st_gid == 4321


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_root_takes_no_login_out_of_a_user_s_file(plain: Path) -> None:
    before = write(plain, ONE_LOGIN)
    os.chown(plain, 1000, 1000)
    done = helper(*DO)
    assert done.status == 1
    assert "[docker-config-unreadable]" in done.said
    assert plain.read_bytes() == before


def test_without_a_home_no_login_is_said_to_go_into_a_file(plain: Path) -> None:
    write(plain, ONE_LOGIN)
    done = helper("import", HOME="", DOCKER_CONFIG=str(plain.parent))
    assert done.status == 1
    assert "None" not in done.said + done.stdout.decode()
