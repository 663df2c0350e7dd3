"""`import`: logins move from Docker's config.json to the keyring; Docker still finds them, and no login is lost."""

from __future__ import annotations

import json
import os
import signal
import stat
import sys
from pathlib import Path
from typing import Any

import pytest

from credhelper.cli import dispatch
from credhelper.logins.login import Login
from credhelper.logins.store import LoginStore
from credhelper.settings.rules import Settings
from credhelper.system.context import Context
from tests.contract.docker_files import (
    ONE_LOGIN,
    SECRET,
    LoginPair,
    find_message,
    find_stored,
    find_with_docker_py,
    make_auth,
    read_config,
    run_for_lines,
    store_login,
    write_config,
)
from tests.support.runner import (
    HOST,
    HUB,
    ORDINARY_USER,
    PROGRAM,
    build_environment,
    list_files,
    run_helper,
    run_program,
)

COMMAND = ("import", "--yes")
OCTOCAT_LOGIN = Login("ghcr.io", "octocat", SECRET)

# One login of each kind that moves, as {server: entry}; and the login that Docker finds for each registry.
MOVABLE_AUTHS: dict[str, dict[str, str]] = {
    "ghcr.io": make_auth("octocat"),
    HUB: make_auth("somebody", email="somebody@example.com"),
    "https://registry.example.com/v1/": make_auth("by-its-url"),
    "registry.example.com:5000": make_auth("colons", "a:b:c"),
    "tokens.example.com": make_auth("00000000", "", identitytoken=SECRET),
    "blank.example.com": make_auth("token-as-a-user-name", ""),
    "wide.example.com": make_auth("Jos\u00e9", "\u5bc6\U0001f511"),
}
EXPECTED_LOGINS: dict[str | None, LoginPair] = {
    "ghcr.io": ("octocat", SECRET),
    None: ("somebody", SECRET),
    "registry.example.com": ("by-its-url", SECRET),
    "registry.example.com:5000": ("colons", "a:b:c"),
    "tokens.example.com": ("<token>", SECRET),
    "blank.example.com": ("token-as-a-user-name", ""),
    "wide.example.com": ("Jos\u00e9", "\u5bc6\U0001f511"),
}

# Kills the process when it is about to change a file or a name for the n-th time, according to Python's audit events.
KILLING_SCRIPT = f"""
import os, signal, sys
remaining = int(sys.argv.pop(1))
def audit(event, args):
    global remaining
    writes = event == "open" and isinstance(args[2], int) and args[2] & (os.O_WRONLY | os.O_RDWR)
    if writes or event in ("os.rename", "os.remove", "os.mkdir", "os.chmod"):
        remaining -= 1
        if remaining == 0:
            os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(audit)
from credhelper.__main__ import run
run(["{PROGRAM}", *sys.argv[1:]])
"""

# Stores a login of another user after the plan has been shown and before it is carried out.
CONCURRENT_STORE_SCRIPT = f"""
import os
from credhelper.__main__ import run
from credhelper.cli import import_
from credhelper.logins.login import Login
from credhelper.logins.store import LoginStore
from credhelper.settings.rules import Settings
from credhelper.system.context import Context
draft = import_.staged_replace
def late(*args):
    LoginStore(Context(os.environ, Settings())).store(Login("ghcr.io", "somebody", "else"))
    return draft(*args)
import_.staged_replace = late
run(["{PROGRAM}", *{COMMAND}])
"""


@pytest.fixture(autouse=True)
def helper_on_path(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let docker-py, which runs in this process, find the helper."""
    monkeypatch.setenv("PATH", build_environment()["PATH"])


@pytest.fixture
def docker_config(home: Path) -> Path:
    return home / ".docker" / "config.json"


def test_without_yes_the_plan_is_shown_and_nothing_is_changed(home: Path, docker_config: Path) -> None:
    original = write_config(docker_config, {"auths": MOVABLE_AUTHS})
    lines = run_for_lines("import")
    location = f"the private file {home}/.local/share/credhelper/logins"
    assert find_message(lines, "ghcr.io") == f"the login of octocat is moved to {location}"
    assert find_message(lines, "tokens.example.com") == f"the identity token is moved to {location}"
    assert 'ghcr.io: "ecr" becomes its helper in "credHelpers"' in lines
    assert lines[-1] == "nothing has been changed; run the command again with --yes to do it"
    assert docker_config.read_bytes() == original
    assert list_files(home) == {".docker", ".docker/config.json"}


def test_a_user_name_without_a_password_may_be_the_secret_and_is_not_shown(docker_config: Path) -> None:
    write_config(docker_config, {"auths": MOVABLE_AUTHS})
    assert find_message(run_for_lines("import"), "blank.example.com").startswith(
        "a login without a password is moved to "
    )


def test_with_yes_the_same_plan_is_shown_and_docker_finds_each_login_as_before(docker_config: Path) -> None:
    write_config(docker_config, {"auths": MOVABLE_AUTHS})
    assert {registry: find_with_docker_py(docker_config, registry) for registry in EXPECTED_LOGINS} == EXPECTED_LOGINS
    preview = run_for_lines("import")
    lines = run_for_lines(*COMMAND)
    assert lines[:-1] == preview[:-1]
    assert lines[-1] == f"done: {docker_config} no longer contains these logins"
    assert {registry: find_with_docker_py(docker_config, registry) for registry in EXPECTED_LOGINS} == EXPECTED_LOGINS


def test_the_file_is_left_as_docker_would_leave_it(docker_config: Path) -> None:
    write_config(docker_config, {"auths": MOVABLE_AUTHS, "psFormat": "table"})
    run_for_lines(*COMMAND)
    remaining: dict[str, Any] = {server: {} for server in MOVABLE_AUTHS}
    remaining[HUB] = {"email": "somebody@example.com"}
    hosts = [server for server in MOVABLE_AUTHS if server != "https://registry.example.com/v1/"]
    helpers = dict.fromkeys([*hosts, "registry.example.com", "docker.io"], "ecr")
    assert read_config(docker_config) == {"auths": remaining, "psFormat": "table", "credHelpers": helpers}
    assert list(read_config(docker_config)) == ["auths", "psFormat", "credHelpers"]


UNMOVABLE_AUTHS: dict[str, tuple[dict[str, str] | None, str]] = {
    "emptied.example.com": ({}, "has no login"),
    "null.example.com": (None, "has no login"),
    "registry-token.example.com": (
        {"registrytoken": SECRET},
        "remains: it is a registry token, which no helper can store",
    ),
    "nobody.example.com": (make_auth(""), "remains: its login has no user name"),
    "torn.example.com": ({"auth": "YTpi!"}, "remains: its login is not base64 of UTF-8"),
    "latin.example.com": ({"auth": "YTrp"}, "remains: its login is not base64 of UTF-8"),
    "uncut.example.com": ({"auth": "YWJj"}, "remains: its login has no colon between the user name and the password"),
    "nul.example.com": (
        make_auth("a", f"{SECRET}\0b"),
        "remains: its login contains a NUL character, which no keyring can store",
    ),
    "two.example.com": (
        make_auth("a", identitytoken="b"),
        "remains: it contains more than one login, and a helper returns one",
    ),
    "not a host": (make_auth("a"), "remains: it is not the host of a registry"),
    "paths.example.com/team": (
        make_auth("a"),
        "remains: it is for a path, as in podman's file, and helpers are called for hosts",
    ),
    "paths.example.com": (
        make_auth("b"),
        "remains: another login for this host remains, and it would not be found if a helper were called",
    ),
    "twice.example.com": (
        make_auth("a"),
        "remains: the file has another login for the same registry under another name",
    ),
    "https://twice.example.com": (
        make_auth("b"),
        "remains: the file has another login for the same registry under another name",
    ),
    HOST: (
        make_auth("AWS"),
        f"remains: it is a registry in Amazon ECR, which needs no login; to remove it: docker logout {HOST}",
    ),
}


def test_a_login_that_stays_is_reported_with_the_reason(home: Path, docker_config: Path) -> None:
    original = write_config(docker_config, {"auths": {server: auth for server, (auth, _) in UNMOVABLE_AUTHS.items()}})
    *lines, last = run_for_lines(*COMMAND)
    assert lines == [f"{server}: {reason}" for server, (_, reason) in UNMOVABLE_AUTHS.items()]
    assert last == f"nothing to move in {docker_config}"
    assert docker_config.read_bytes() == original
    assert not (home / ".local").exists()


@pytest.mark.parametrize("auth", [make_auth("octocat"), "no entry"], ids=["an entry", "none"])
def test_a_password_in_the_name_of_an_entry_is_not_shown(docker_config: Path, auth: object) -> None:
    write_config(docker_config, {"auths": {f"https://octocat:{SECRET}@ghcr.io/v1/": auth}})
    result = run_helper(*COMMAND)
    assert SECRET not in result.stderr_text + result.stdout.decode()
    assert "...@ghcr.io/v1/" in result.stdout.decode()


def test_a_registry_token_beside_a_login_stays(docker_config: Path) -> None:
    write_config(docker_config, {"auths": {"ghcr.io": make_auth("octocat", registrytoken="token")}})
    run_for_lines(*COMMAND)
    assert read_config(docker_config)["auths"] == {"ghcr.io": {"registrytoken": "token"}}


def test_zero_bytes_around_a_password_are_not_part_of_it_as_in_docker(docker_config: Path) -> None:
    write_config(docker_config, {"auths": {"ghcr.io": make_auth("octocat", f"{SECRET}\0\0")}})
    run_for_lines(*COMMAND)
    assert find_stored("ghcr.io") == ("octocat", SECRET)


def test_a_host_that_the_settings_leave_to_another_helper_stays_there(docker_config: Path, config: Path) -> None:
    config.write_text('[[delegate]]\nhelper = "gcr"\nmatch = "gcr.io"\n')
    original = write_config(docker_config, {"auths": {"gcr.io": make_auth("_json_key")}})
    lines = run_for_lines(*COMMAND)
    assert (
        find_message(lines, "gcr.io")
        == f"remains: the settings delegate it to docker-credential-gcr ({config}, line 1)"
    )
    assert docker_config.read_bytes() == original


@pytest.mark.parametrize(
    ("other_keys", "added_keys"),
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
def test_a_helper_that_is_named_already_is_not_named_again(
    docker_config: Path, other_keys: dict[str, Any], added_keys: dict[str, Any]
) -> None:
    write_config(docker_config, {**ONE_LOGIN, **other_keys})
    run_for_lines(*COMMAND)
    assert read_config(docker_config) == {"auths": {"ghcr.io": {}}, **other_keys, **added_keys}
    assert find_with_docker_py(docker_config, "ghcr.io") == ("octocat", SECRET)


@pytest.mark.parametrize("other_keys", [{"credsStore": "desktop"}, {"credHelpers": {"ghcr.io": "desktop"}}], ids=str)
def test_a_login_that_only_podman_reads_stays_if_docker_uses_another_helper(
    docker_config: Path, other_keys: dict[str, Any]
) -> None:
    original = write_config(docker_config, {**ONE_LOGIN, **other_keys})
    assert (
        find_message(run_for_lines(*COMMAND), "ghcr.io")
        == "remains: Docker calls docker-credential-desktop for it, and podman reads this file"
    )
    assert docker_config.read_bytes() == original


def test_a_host_for_which_docker_is_configured_to_use_the_file_stays_there(docker_config: Path) -> None:
    original = write_config(docker_config, {**ONE_LOGIN, "credsStore": "desktop", "credHelpers": {"ghcr.io": ""}})
    assert (
        find_message(run_for_lines(*COMMAND), "ghcr.io")
        == 'remains: "credHelpers" says that Docker reads this file for it'
    )
    assert docker_config.read_bytes() == original


def test_a_login_that_is_already_stored_is_removed_from_the_file(docker_config: Path) -> None:
    store_login("ghcr.io", "octocat")
    write_config(docker_config, ONE_LOGIN)
    lines = run_for_lines(*COMMAND)
    assert find_message(lines, "ghcr.io") == "the login of octocat is already stored, and is removed from the file"
    assert read_config(docker_config)["auths"] == {"ghcr.io": {}}


@pytest.mark.parametrize("server", ["ghcr.io", "https://ghcr.io/v2/"])
def test_another_login_that_is_stored_is_not_replaced(docker_config: Path, server: str) -> None:
    store_login(server, "somebody")
    original = write_config(docker_config, ONE_LOGIN)
    erase_command = "echo ghcr.io | docker-credential-ecr erase"
    reason = f"remains: the login of somebody is already stored; to delete that one: {erase_command}"
    assert find_message(run_for_lines(*COMMAND), "ghcr.io") == reason
    assert find_stored("ghcr.io") == ("somebody", SECRET)
    assert docker_config.read_bytes() == original


def test_a_login_that_is_stored_after_the_plan_was_shown_is_not_replaced(docker_config: Path) -> None:
    original = write_config(docker_config, ONE_LOGIN)
    result = run_program([sys.executable, "-I", "-c", CONCURRENT_STORE_SCRIPT])
    assert "[login-differs]" in result.report
    assert find_stored("ghcr.io") == ("somebody", "else")
    assert docker_config.read_bytes() == original


def test_the_same_login_under_two_names_of_a_registry_moves(docker_config: Path) -> None:
    write_config(
        docker_config, {"auths": {"https://ghcr.io/v1/": make_auth("octocat"), "ghcr.io": make_auth("octocat")}}
    )
    run_for_lines(*COMMAND)
    assert read_config(docker_config)["auths"] == {"https://ghcr.io/v1/": {}, "ghcr.io": {}}
    assert find_with_docker_py(docker_config, "ghcr.io") == ("octocat", SECRET)


def test_a_token_that_would_hide_another_login_stays_too(docker_config: Path) -> None:
    store_login(HUB, "another")
    original = write_config(
        docker_config, {"auths": {HUB: make_auth("somebody"), f"{HUB}access-token": make_auth("somebody", "token")}}
    )
    lines = run_for_lines(*COMMAND, f"{HUB}access-token")
    reason = "remains: another login for this host remains, and it would not be found if a helper were called"
    assert find_message(lines, f"{HUB}access-token") == reason
    assert docker_config.read_bytes() == original


@pytest.mark.parametrize("name", ["ghcr.io", "https://GHCR.IO/", "ghcr.io:443"])
def test_only_the_hosts_that_are_named_move(docker_config: Path, name: str) -> None:
    write_config(docker_config, {"auths": {"ghcr.io": make_auth("octocat"), "quay.io": make_auth("somebody")}})
    lines = run_for_lines(*COMMAND, name)
    assert not any("quay.io" in line for line in lines)
    assert read_config(docker_config)["auths"] == {"ghcr.io": {}, "quay.io": make_auth("somebody")}


def test_naming_docker_hub_includes_the_tokens_of_a_browser_login(docker_config: Path) -> None:
    hub = {HUB: make_auth("a"), f"{HUB}access-token": make_auth("a", "b"), f"{HUB}refresh-token": make_auth("a", "c")}
    write_config(docker_config, {"auths": {**hub, "ghcr.io": make_auth("octocat")}})
    run_for_lines(*COMMAND, "docker.io")
    assert read_config(docker_config) == {
        "auths": {**{server: {} for server in hub}, "ghcr.io": make_auth("octocat")},
        "credHelpers": {HUB: "ecr", "docker.io": "ecr"},
    }
    assert [find_stored(server) for server in hub] == [("a", SECRET), ("a", "b"), ("a", "c")]


def test_a_host_that_the_file_does_not_have_is_reported_and_the_others_move(docker_config: Path) -> None:
    write_config(docker_config, ONE_LOGIN)
    lines = run_for_lines(*COMMAND, "ghcr.io", "quay.io", status=1)
    assert find_message(lines, "quay.io") == f"{docker_config} has no such entry"
    assert find_stored("ghcr.io") == ("octocat", SECRET)


@pytest.mark.parametrize("name", ["folder", "file", "variable", "another name"])
def test_the_named_file_is_used(home: Path, docker_config: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    other = home / "other" / ("auth.json" if name == "another name" else "config.json")
    write_config(docker_config, {})
    write_config(other, ONE_LOGIN)
    if name == "variable":
        monkeypatch.setenv("DOCKER_CONFIG", str(other.parent))
    options = {"folder": ["--config", str(other.parent)], "variable": []}.get(name, ["--config", str(other)])
    assert run_for_lines(*COMMAND, *options)[-1] == f"done: {other} no longer contains these logins"
    assert read_config(docker_config) == {}


@pytest.mark.parametrize("argv", [COMMAND, ("import",)], ids=" ".join)
def test_without_a_file_there_is_nothing_to_move(home: Path, docker_config: Path, argv: tuple[str, ...]) -> None:
    assert run_for_lines(*argv) == [f"nothing to move because there is no {docker_config}"]
    assert list_files(home) == set()


def test_import_asks_no_questions(docker_config: Path, endless_stdin: int) -> None:
    write_config(docker_config, ONE_LOGIN)
    assert run_helper(*COMMAND, stdin=endless_stdin).status == 0


def test_a_plan_that_cannot_be_shown_is_not_carried_out(docker_config: Path) -> None:
    original = write_config(docker_config, ONE_LOGIN)
    with Path("/dev/full").open("wb") as device:
        assert run_program([PROGRAM, *COMMAND], b"", device).status == 1
    assert docker_config.read_bytes() == original
    assert find_stored("ghcr.io") is None


def test_the_file_keeps_its_mode_its_link_and_its_formatting(home: Path, docker_config: Path) -> None:
    target = home / "dotfiles" / "docker.json"
    target.parent.mkdir()
    target.write_text(
        json.dumps({"auths": {"ghcr.io": make_auth("octocat")}, "a": [1, {}], "\u00e9": "\u00e9"}, indent=2) + "\n"
    )
    target.chmod(0o640)
    docker_config.parent.mkdir()
    docker_config.symlink_to("../dotfiles/docker.json")
    run_for_lines(*COMMAND)
    assert docker_config.is_symlink()
    assert stat.S_IMODE(target.stat().st_mode) == 0o640
    remaining = {"auths": {"ghcr.io": {}}, "a": [1, {}], "\u00e9": "\u00e9", "credHelpers": {"ghcr.io": "ecr"}}
    assert target.read_text() == json.dumps(remaining, indent=2) + "\n"
    assert list_files(target.parent) == {"docker.json"}


BROKEN_FILES: dict[str, tuple[bytes, str]] = {
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
    "a number beyond all": (b'{"a": 1e999}', "a number that is not valid JSON"),
    "no number": (b'{"a": NaN}', "a number that is not valid JSON"),
    "long": (b'{"a": "' + b"x" * (1 << 22) + b'"}', "longer than 4 MiB"),
}


@pytest.mark.parametrize("kind", BROKEN_FILES)
def test_a_file_that_is_broken_is_reported_and_left_alone(docker_config: Path, kind: str) -> None:
    data, reason = BROKEN_FILES[kind]
    write_config(docker_config, {})
    docker_config.write_bytes(data)
    result = run_helper(*COMMAND)
    assert "[docker-config-broken]" in result.report
    assert reason in result.stderr_text
    assert docker_config.read_bytes() == data


@pytest.mark.parametrize("kind", ["pipe", "folder", "link to itself", "closed"])
def test_a_file_that_cannot_be_read_is_reported(docker_config: Path, kind: str) -> None:
    docker_config.parent.mkdir()
    if kind == "pipe":
        os.mkfifo(docker_config)
    elif kind == "folder":
        docker_config.mkdir()
    elif kind == "closed":
        docker_config.touch(0)
    else:
        docker_config.symlink_to(docker_config)
    result = run_program([*ORDINARY_USER, PROGRAM, *COMMAND])
    assert result.status == 1
    assert "[docker-config-unreadable]" in result.report


@pytest.mark.parametrize("data", [b"", b" \n", b'{"auths": null, "credHelpers": null, "credsStore": null}'], ids=str)
def test_an_empty_file_has_nothing_to_move(docker_config: Path, data: bytes) -> None:
    write_config(docker_config, {})
    docker_config.write_bytes(data)
    assert run_for_lines(*COMMAND) == [f"nothing to move in {docker_config}"]


def test_nothing_is_stored_if_the_file_cannot_be_replaced(home: Path, docker_config: Path) -> None:
    original = write_config(docker_config, ONE_LOGIN)
    docker_config.parent.chmod(0o500)
    result = run_program([*ORDINARY_USER, PROGRAM, *COMMAND])
    docker_config.parent.chmod(0o700)
    assert result.status == 1
    assert "[docker-config-unwritable]" in result.report
    assert docker_config.read_bytes() == original
    assert not (home / ".local").exists()


@pytest.mark.parametrize("kind", ["no folder", "keyring.backends.null.Keyring", "keyring.backends.fail.Keyring"])
def test_nothing_is_lost_if_the_login_cannot_be_stored(home: Path, docker_config: Path, kind: str) -> None:
    original = write_config(docker_config, ONE_LOGIN)
    if kind == "no folder":
        (home / ".local").touch()
    result = run_helper(*COMMAND, PYTHON_KEYRING_BACKEND=None if kind == "no folder" else kind)
    assert result.status == 1
    assert docker_config.read_bytes() == original
    assert list_files(docker_config.parent) == {"config.json"}


def test_a_killed_import_never_loses_the_login_and_a_second_one_completes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for step in range(1, 100):
        docker_config = tmp_path / f"docker-{step}" / "config.json"
        write_config(docker_config, ONE_LOGIN)
        monkeypatch.setenv("DOCKER_CONFIG", str(docker_config.parent))
        monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / f"data-{step}"))
        result = run_program([sys.executable, "-I", "-c", KILLING_SCRIPT, str(step), *COMMAND])
        logins = LoginStore(Context(os.environ, Settings()))
        assert read_config(docker_config)["auths"] == ONE_LOGIN["auths"] or logins.find("ghcr.io") == OCTOCAT_LOGIN
        assert dispatch.run(list(COMMAND), bytes, os.environ, lambda _: True).status == 0
        assert (read_config(docker_config)["auths"], logins.find("ghcr.io")) == ({"ghcr.io": {}}, OCTOCAT_LOGIN)
        assert list_files(docker_config.parent) == {"config.json"}
        if result.status == 0:
            break
        assert result.status == -signal.SIGKILL
    assert 10 < step < 99


def test_the_helper_is_named_for_podman_even_if_it_is_the_credential_store(docker_config: Path) -> None:
    write_config(docker_config, {**ONE_LOGIN, "credsStore": "ecr"})
    run_for_lines(*COMMAND)
    assert read_config(docker_config).get("credHelpers") == {"ghcr.io": "ecr"}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_the_file_keeps_its_group(docker_config: Path) -> None:
    write_config(docker_config, ONE_LOGIN)
    os.chown(docker_config, -1, 4321)
    run_for_lines(*COMMAND)
    assert docker_config.stat().st_gid == 4321


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_root_moves_no_login_out_of_the_file_of_a_user(docker_config: Path) -> None:
    original = write_config(docker_config, ONE_LOGIN)
    os.chown(docker_config, 1000, 1000)
    result = run_helper(*COMMAND)
    assert result.status == 1
    assert "[docker-config-unreadable]" in result.report
    assert docker_config.read_bytes() == original


def test_without_a_home_no_file_is_named_as_the_destination(docker_config: Path) -> None:
    write_config(docker_config, ONE_LOGIN)
    result = run_helper("import", HOME="", DOCKER_CONFIG=str(docker_config.parent))
    assert result.status == 1
    assert "None" not in result.stderr_text + result.stdout.decode()
