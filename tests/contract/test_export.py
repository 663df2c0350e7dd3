"""`export`: the stored logins go back to Docker's config.json, as they were before `import`; for leaving us."""

from __future__ import annotations

import json
import os
import stat
import sys
from typing import TYPE_CHECKING, Any

import pytest

from tests.contract.docker_files import SECRET, Found, entry, found, lines, read, store, stored, told, write
from tests.contract.process import HOST, HUB, ORDINARY_USER, PROGRAM, environment, files, helper, run

if TYPE_CHECKING:
    from pathlib import Path

DO = ("export", "--yes")

STORED: dict[str, Found] = {
    "ghcr.io": ("octocat", SECRET),
    HUB: ("somebody", SECRET),
    "https://registry.example.com/v1/": ("by-its-url", f"{SECRET}:with:colons"),
    "tokens.example.com": ("<token>", SECRET),
    "blank.example.com": ("token-as-a-user-name", ""),
    "wide.example.com": ("Jos\u00e9", "\u5bc6\U0001f511"),
}
ASKED: dict[str | None, str] = {
    **{server: server for server in STORED if "//" not in server},
    None: HUB,
    "registry.example.com": "https://registry.example.com/v1/",
}


@pytest.fixture(autouse=True)
def on_the_path(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let docker-py, which runs in this process, find the helper."""
    monkeypatch.setenv("PATH", environment()["PATH"])


@pytest.fixture
def plain(home: Path) -> Path:
    return home / ".docker" / "config.json"


def test_without_yes_it_is_shown_and_nothing_is_changed(plain: Path) -> None:
    store("ghcr.io", "octocat")
    before = write(plain, {"credHelpers": {"ghcr.io": "ecr"}})
    assert lines("export") == [
        "ghcr.io: the login of octocat goes into the file",
        'ghcr.io: Docker asks the file for it: "ecr" leaves "credHelpers"',
        "nothing has been changed: the same with --yes does it",
    ]
    assert plain.read_bytes() == before


def test_with_yes_docker_finds_each_login_without_us(plain: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for server, (username, secret) in STORED.items():
        store(server, username, secret)
    hosts = [host or HUB for host in ASKED]
    write(plain, {"auths": {server: {} for server in STORED}, "credHelpers": dict.fromkeys(hosts, "ecr")})
    expected = {host: STORED[server] for host, server in ASKED.items()}
    assert {host: found(plain, host) for host in ASKED} == expected
    assert lines(*DO)[-1] == f"done: {plain} has these logins; they are stored as well"
    monkeypatch.setenv("PATH", "/nowhere")
    assert {host: found(plain, host) for host in ASKED} == expected
    assert list(read(plain)) == ["auths"]


def test_the_logins_stay_stored(plain: Path) -> None:
    store("ghcr.io", "octocat")
    write(plain, {})
    lines(*DO)
    assert stored("ghcr.io") == ("octocat", SECRET)


def test_what_import_did_is_undone(plain: Path) -> None:
    auths = {
        "ghcr.io": entry("octocat", registrytoken="kept"),
        HUB: entry("somebody"),
        "https://ghcr.io/v1/": entry("octocat"),
        "tokens.example.com": {"identitytoken": SECRET},
        "quay.io/team": entry("stays"),
        "emptied.example.com": {},
    }
    document = {"psFormat": "table", "auths": auths, "credHelpers": {"gcr.io": "gcr"}, "HttpHeaders": {"a": "b"}}
    write(plain, document)
    lines("import", "--yes")
    assert read(plain) != document
    lines(*DO)
    assert read(plain) == document
    assert list(read(plain)) == list(document)


def test_a_file_that_others_can_read_is_no_more_when_it_holds_secrets(plain: Path) -> None:
    store("ghcr.io", "octocat")
    write(plain, {})
    plain.chmod(0o644)
    assert f"{plain}: only its owner can read it then (mode 0600)" in lines(*DO)
    assert stat.S_IMODE(plain.stat().st_mode) == 0o600


@pytest.mark.parametrize("umask", ["000", "077"])
def test_a_file_that_is_not_there_is_made_for_its_owner_alone_and_as_docker_writes_it(plain: Path, umask: str) -> None:
    store("ghcr.io", "octocat")
    assert run(["sh", "-c", f"umask {umask}; exec {PROGRAM} export --yes"]).status == 0
    assert [stat.S_IMODE(path.stat().st_mode) for path in (plain.parent, plain)] == [0o700, 0o600]
    assert plain.read_text() == json.dumps({"auths": {"ghcr.io": entry("octocat")}}, indent="\t")
    assert files(plain.parent) == {"config.json"}


def test_with_us_as_the_one_store_docker_asks_us_for_nothing_more_and_it_is_told_what_that_means(plain: Path) -> None:
    store("ghcr.io", "octocat")
    write(plain, {"credsStore": "ecr", "credHelpers": {HOST: "ecr"}})
    shown = lines(*DO)
    why = 'is "ecr" no more: of ECR\'s registries Docker asks it for those in "credHelpers" alone'
    assert f'"credsStore" {why}' in shown
    assert read(plain) == {"credHelpers": {HOST: "ecr"}, "auths": {"ghcr.io": entry("octocat")}}


def test_we_stay_the_one_store_where_a_login_stays_with_us(plain: Path) -> None:
    store("ghcr.io", "octocat")
    store("quay.io", "somebody")
    write(plain, {"credsStore": "ecr"})
    shown = lines(*DO, "ghcr.io")
    assert '"credsStore" stays "ecr": Docker asks this helper as before, and not the file' in shown
    assert read(plain) == {"credsStore": "ecr", "auths": {"ghcr.io": entry("octocat")}}


def test_another_login_in_the_file_stays_and_so_do_we_as_its_helper(plain: Path) -> None:
    store("ghcr.io", "octocat")
    before = write(plain, {"auths": {"ghcr.io": entry("somebody")}, "credHelpers": {"ghcr.io": "ecr"}})
    shown = lines(*DO)
    assert told(shown, "ghcr.io") == "is not written: the file has another login for it"
    assert plain.read_bytes() == before


def test_we_stay_the_helper_of_a_host_of_which_one_login_stays_with_us(plain: Path) -> None:
    store(HUB, "somebody")
    store(f"{HUB}access-token", "some:body")
    write(plain, {"credHelpers": {HUB: "ecr"}})
    lines(*DO)
    assert read(plain) == {"credHelpers": {HUB: "ecr"}, "auths": {HUB: entry("somebody")}}


def test_a_user_name_with_a_colon_is_not_written(plain: Path) -> None:
    store("ghcr.io", "octo:cat")
    before = write(plain, {"credHelpers": {"ghcr.io": "ecr"}})
    why = "is not written: its user name holds a colon, and the file could not tell where it ends"
    assert told(lines(*DO), "ghcr.io") == why
    assert plain.read_bytes() == before


def test_a_login_that_is_there_already_is_left_and_the_helper_goes(plain: Path) -> None:
    store("ghcr.io", "octocat")
    write(plain, {"auths": {"ghcr.io": entry("octocat")}, "credHelpers": {"ghcr.io": "ecr"}})
    assert told(lines(*DO), "ghcr.io") == "the login of octocat is in the file already"
    assert read(plain) == {"auths": {"ghcr.io": entry("octocat")}}


def test_an_emptied_entry_under_another_name_of_the_registry_does_not_hide_the_login(plain: Path) -> None:
    store("https://ghcr.io/v2/", "octocat")
    write(plain, {"auths": {"ghcr.io": {}}, "credHelpers": {"ghcr.io": "ecr"}})
    lines(*DO)
    assert found(plain, "ghcr.io") == ("octocat", SECRET)


def test_the_other_store_that_docker_then_asks_is_told(plain: Path) -> None:
    store("ghcr.io", "octocat")
    write(plain, {"credsStore": "desktop", "credHelpers": {"ghcr.io": "ecr"}})
    asks = 'ghcr.io: Docker asks docker-credential-desktop for it: "ecr" leaves "credHelpers"'
    assert asks in lines(*DO)
    assert read(plain) == {"credsStore": "desktop", "auths": {"ghcr.io": entry("octocat")}}


def test_a_host_for_which_nothing_is_stored_is_told_and_the_others_are_written(plain: Path) -> None:
    store("ghcr.io", "octocat")
    shown = lines(*DO, "ghcr.io", "quay.io", status=1)
    assert told(shown, "quay.io") == "no login is stored for it"
    assert read(plain) == {"auths": {"ghcr.io": entry("octocat")}}


def test_where_nothing_is_stored_there_is_nothing_to_write(home: Path, plain: Path) -> None:
    assert lines(*DO) == [f"there is nothing to write to {plain}"]
    assert files(home) == set()


def test_a_login_that_cannot_be_read_now_is_told_and_docker_asks_us_for_it_as_before(home: Path, plain: Path) -> None:
    store("ghcr.io", "octocat")
    document: dict[str, Any] = {"credsStore": "ecr", "credHelpers": {"ghcr.io": "ecr"}}
    before = write(plain, document)
    (home / ".local/share/credhelper/logins").write_bytes(b"torn")
    done = helper(*DO)
    assert done.status == 1
    assert "logins are left out" in done.said
    assert plain.read_bytes() == before


def test_a_folder_that_cannot_be_written_is_told_and_nothing_is_left_there(plain: Path) -> None:
    store("ghcr.io", "octocat")
    before = write(plain, {})
    plain.parent.chmod(0o500)
    done = run([*ORDINARY_USER, PROGRAM, *DO])
    plain.parent.chmod(0o700)
    assert done.status == 1
    assert "[docker-config-unwritable]" in done.said
    assert plain.read_bytes() == before
    assert files(plain.parent) == {"config.json"}


def test_what_one_who_was_killed_has_left_is_removed(plain: Path) -> None:
    store("ghcr.io", "octocat")
    write(plain, {})
    killed = "import os, signal, credhelper.docker.draft as d\nfrom credhelper.__main__ import run\n"
    killed += "d.os.replace = lambda *_: os.kill(os.getpid(), signal.SIGKILL)\n"
    run([sys.executable, "-I", "-c", f"{killed}run(['{PROGRAM}', 'export', '--yes'])"])
    (left,) = files(plain.parent) - {"config.json"}
    assert stat.S_IMODE((plain.parent / left).stat().st_mode) == 0o600
    assert read(plain) == {}
    lines(*DO)
    assert files(plain.parent) == {"config.json"}


@pytest.mark.parametrize("words", [["--config", ""], ["--conf", "x"], ["--no"]], ids=str)
@pytest.mark.parametrize("command", ["import", "export"])
def test_words_that_mean_nothing_are_said(command: str, words: list[str]) -> None:
    done = helper(command, *words)
    assert (done.status, done.stdout) == (2, b"")
    assert f"usage: docker-credential-ecr {command} " in done.said


@pytest.mark.parametrize("command", ["import", "export"])
def test_its_help_is_on_standard_output(command: str) -> None:
    done = helper(command, "--help")
    assert (done.status, done.stderr) == (0, b"")
    assert b"--yes" in done.stdout


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount")
def test_a_full_disk_is_told_and_the_file_is_as_it_was(plain: Path) -> None:
    store("ghcr.io", "octocat", SECRET * 4000)
    write(plain, {"a": 1})
    on_a_small_disk = (
        f'cp -r {plain.parent} "$HOME/kept"; mount -t tmpfs -o size=32k,mode=700 tmpfs {plain.parent};'
        f'cp "$HOME/kept/config.json" {plain}; {PROGRAM} export --yes; status=$?;'
        f"ls -A {plain.parent}; cat {plain}; exit $status"
    )
    done = run(["unshare", "--mount", "sh", "-c", on_a_small_disk])
    assert done.status == 1
    assert "No space left on device [docker-config-unwritable]" in done.said
    assert done.stdout.decode().endswith('config.json\n{\n\t"a": 1\n}')
