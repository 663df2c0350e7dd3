"""`export`, for users who leave the helper: stored logins return to Docker's config.json, as before `import`."""

from __future__ import annotations

import json
import os
import stat
import sys
from typing import TYPE_CHECKING, Any

import pytest

from tests.contract.docker_files import (
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

if TYPE_CHECKING:
    from pathlib import Path

COMMAND = ("export", "--yes")

STORED_LOGINS: dict[str, LoginPair] = {
    "ghcr.io": ("octocat", SECRET),
    HUB: ("somebody", SECRET),
    "https://registry.example.com/v1/": ("by-its-url", f"{SECRET}:with:colons"),
    "tokens.example.com": ("<token>", SECRET),
    "blank.example.com": ("token-as-a-user-name", ""),
    "wide.example.com": ("Jos\u00e9", "\u5bc6\U0001f511"),
}
LOOKUPS: dict[str | None, str] = {
    **{server: server for server in STORED_LOGINS if "//" not in server},
    None: HUB,
    "registry.example.com": "https://registry.example.com/v1/",
}


@pytest.fixture(autouse=True)
def helper_on_path(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let docker-py, which runs in this process, find the helper."""
    monkeypatch.setenv("PATH", build_environment()["PATH"])


@pytest.fixture
def docker_config(home: Path) -> Path:
    return home / ".docker" / "config.json"


def test_without_yes_the_plan_is_shown_and_nothing_is_changed(docker_config: Path) -> None:
    store_login("ghcr.io", "octocat")
    original = write_config(docker_config, {"credHelpers": {"ghcr.io": "ecr"}})
    assert run_for_lines("export") == [
        "ghcr.io: the login of octocat is written to the file",
        'ghcr.io: "ecr" is removed from "credHelpers"; Docker then uses the file',
        "nothing has been changed; run the command again with --yes to do it",
    ]
    assert docker_config.read_bytes() == original


def test_with_yes_docker_finds_each_login_without_the_helper(
    docker_config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for server, (username, secret) in STORED_LOGINS.items():
        store_login(server, username, secret)
    hosts = [host or HUB for host in LOOKUPS]
    write_config(
        docker_config, {"auths": {server: {} for server in STORED_LOGINS}, "credHelpers": dict.fromkeys(hosts, "ecr")}
    )
    expected = {host: STORED_LOGINS[server] for host, server in LOOKUPS.items()}
    assert {host: find_with_docker_py(docker_config, host) for host in LOOKUPS} == expected
    assert run_for_lines(*COMMAND)[-1] == f"done: {docker_config} has these logins; they also remain stored"
    monkeypatch.setenv("PATH", "/nowhere")
    assert {host: find_with_docker_py(docker_config, host) for host in LOOKUPS} == expected
    assert list(read_config(docker_config)) == ["auths"]


def test_exported_logins_stay_stored(docker_config: Path) -> None:
    store_login("ghcr.io", "octocat")
    write_config(docker_config, {})
    run_for_lines(*COMMAND)
    assert find_stored("ghcr.io") == ("octocat", SECRET)


def test_export_undoes_an_import(docker_config: Path) -> None:
    auths = {
        "ghcr.io": make_auth("octocat", registrytoken="kept"),
        HUB: make_auth("somebody"),
        "https://ghcr.io/v1/": make_auth("octocat"),
        "tokens.example.com": {"identitytoken": SECRET},
        "quay.io/team": make_auth("stays"),
        "emptied.example.com": {},
    }
    document = {"psFormat": "table", "auths": auths, "credHelpers": {"gcr.io": "gcr"}, "HttpHeaders": {"a": "b"}}
    write_config(docker_config, document)
    run_for_lines("import", "--yes")
    assert read_config(docker_config) != document
    run_for_lines(*COMMAND)
    assert read_config(docker_config) == document
    assert list(read_config(docker_config)) == list(document)


def test_a_file_that_others_can_read_becomes_private_when_it_holds_secrets(docker_config: Path) -> None:
    store_login("ghcr.io", "octocat")
    write_config(docker_config, {})
    docker_config.chmod(0o644)
    assert f"{docker_config}: only its owner will be able to read it (mode 0600)" in run_for_lines(*COMMAND)
    assert stat.S_IMODE(docker_config.stat().st_mode) == 0o600


@pytest.mark.parametrize("umask", ["000", "077"])
def test_a_missing_file_is_created_for_its_owner_alone_and_as_docker_writes_it(docker_config: Path, umask: str) -> None:
    store_login("ghcr.io", "octocat")
    assert run_program(["sh", "-c", f"umask {umask}; exec {PROGRAM} export --yes"]).status == 0
    assert [stat.S_IMODE(path.stat().st_mode) for path in (docker_config.parent, docker_config)] == [0o700, 0o600]
    assert docker_config.read_text() == json.dumps({"auths": {"ghcr.io": make_auth("octocat")}}, indent="\t")
    assert list_files(docker_config.parent) == {"config.json"}


def test_the_helper_is_removed_as_the_credential_store_and_the_effect_is_reported(
    docker_config: Path,
) -> None:
    store_login("ghcr.io", "octocat")
    write_config(docker_config, {"credsStore": "ecr", "credHelpers": {HOST: "ecr"}})
    lines = run_for_lines(*COMMAND)
    reason = 'is "ecr" no more: of ECR\'s registries Docker asks it for those in "credHelpers" alone'
    assert f'"credsStore" {reason}' in lines
    assert read_config(docker_config) == {"credHelpers": {HOST: "ecr"}, "auths": {"ghcr.io": make_auth("octocat")}}


def test_the_helper_remains_the_credential_store_if_a_login_stays_with_it(docker_config: Path) -> None:
    store_login("ghcr.io", "octocat")
    store_login("quay.io", "somebody")
    write_config(docker_config, {"credsStore": "ecr"})
    lines = run_for_lines(*COMMAND, "ghcr.io")
    assert '"credsStore" remains "ecr": Docker still calls this helper and does not read the file' in lines
    assert read_config(docker_config) == {"credsStore": "ecr", "auths": {"ghcr.io": make_auth("octocat")}}


def test_another_login_in_the_file_stays_and_the_helper_remains_configured(docker_config: Path) -> None:
    store_login("ghcr.io", "octocat")
    original = write_config(
        docker_config, {"auths": {"ghcr.io": make_auth("somebody")}, "credHelpers": {"ghcr.io": "ecr"}}
    )
    lines = run_for_lines(*COMMAND)
    assert find_message(lines, "ghcr.io") == "not written: the file has another login for this registry"
    assert docker_config.read_bytes() == original


def test_the_helper_remains_configured_for_a_host_if_a_login_for_it_stays_stored(docker_config: Path) -> None:
    store_login(HUB, "somebody")
    store_login(f"{HUB}access-token", "some:body")
    write_config(docker_config, {"credHelpers": {HUB: "ecr"}})
    run_for_lines(*COMMAND)
    assert read_config(docker_config) == {"credHelpers": {HUB: "ecr"}, "auths": {HUB: make_auth("somebody")}}


def test_a_user_name_with_a_colon_is_not_written(docker_config: Path) -> None:
    store_login("ghcr.io", "octo:cat")
    original = write_config(docker_config, {"credHelpers": {"ghcr.io": "ecr"}})
    reason = "not written: its user name contains a colon, which the file cannot represent"
    assert find_message(run_for_lines(*COMMAND), "ghcr.io") == reason
    assert docker_config.read_bytes() == original


def test_a_login_that_is_in_the_file_already_is_left_and_the_helper_is_removed(docker_config: Path) -> None:
    store_login("ghcr.io", "octocat")
    write_config(docker_config, {"auths": {"ghcr.io": make_auth("octocat")}, "credHelpers": {"ghcr.io": "ecr"}})
    assert find_message(run_for_lines(*COMMAND), "ghcr.io") == "the login of octocat is already in the file"
    assert read_config(docker_config) == {"auths": {"ghcr.io": make_auth("octocat")}}


def test_an_emptied_entry_under_another_name_of_the_registry_does_not_hide_the_login(docker_config: Path) -> None:
    store_login("https://ghcr.io/v2/", "octocat")
    write_config(docker_config, {"auths": {"ghcr.io": {}}, "credHelpers": {"ghcr.io": "ecr"}})
    run_for_lines(*COMMAND)
    assert find_with_docker_py(docker_config, "ghcr.io") == ("octocat", SECRET)


def test_the_other_store_that_docker_uses_afterwards_is_reported(docker_config: Path) -> None:
    store_login("ghcr.io", "octocat")
    write_config(docker_config, {"credsStore": "desktop", "credHelpers": {"ghcr.io": "ecr"}})
    message = 'ghcr.io: "ecr" is removed from "credHelpers"; Docker then uses docker-credential-desktop'
    assert message in run_for_lines(*COMMAND)
    assert read_config(docker_config) == {"credsStore": "desktop", "auths": {"ghcr.io": make_auth("octocat")}}


def test_a_host_for_which_nothing_is_stored_is_reported_and_the_others_are_written(docker_config: Path) -> None:
    store_login("ghcr.io", "octocat")
    lines = run_for_lines(*COMMAND, "ghcr.io", "quay.io", status=1)
    assert find_message(lines, "quay.io") == "no login is stored for it"
    assert read_config(docker_config) == {"auths": {"ghcr.io": make_auth("octocat")}}


def test_without_a_stored_login_there_is_nothing_to_write(home: Path, docker_config: Path) -> None:
    assert run_for_lines(*COMMAND) == [f"nothing to write to {docker_config}"]
    assert list_files(home) == set()


def test_an_unreadable_login_is_reported_and_the_helper_remains_configured(home: Path, docker_config: Path) -> None:
    store_login("ghcr.io", "octocat")
    document: dict[str, Any] = {"credsStore": "ecr", "credHelpers": {"ghcr.io": "ecr"}}
    original = write_config(docker_config, document)
    (home / ".local/share/credhelper/logins").write_bytes(b"torn")
    result = run_helper(*COMMAND)
    assert result.status == 1
    assert "some logins are not listed" in result.stderr_text
    assert docker_config.read_bytes() == original


def test_a_directory_that_cannot_be_written_is_reported_and_nothing_is_left_there(docker_config: Path) -> None:
    store_login("ghcr.io", "octocat")
    original = write_config(docker_config, {})
    docker_config.parent.chmod(0o500)
    result = run_program([*ORDINARY_USER, PROGRAM, *COMMAND])
    docker_config.parent.chmod(0o700)
    assert result.status == 1
    assert "[docker-config-unwritable]" in result.report
    assert docker_config.read_bytes() == original
    assert list_files(docker_config.parent) == {"config.json"}


def test_files_left_by_a_killed_process_are_removed(docker_config: Path) -> None:
    store_login("ghcr.io", "octocat")
    write_config(docker_config, {})
    script = "import os, signal, credhelper.docker_config.replace as d\nfrom credhelper.__main__ import run\n"
    script += "d.os.replace = lambda *_: os.kill(os.getpid(), signal.SIGKILL)\n"
    run_program([sys.executable, "-I", "-c", f"{script}run(['{PROGRAM}', 'export', '--yes'])"])
    (leftover,) = list_files(docker_config.parent) - {"config.json"}
    assert stat.S_IMODE((docker_config.parent / leftover).stat().st_mode) == 0o600
    assert read_config(docker_config) == {}
    run_for_lines(*COMMAND)
    assert list_files(docker_config.parent) == {"config.json"}


@pytest.mark.parametrize("argv", [["--config", ""], ["--conf", "x"], ["--no"]], ids=str)
@pytest.mark.parametrize("command", ["import", "export"])
def test_invalid_arguments_are_reported(command: str, argv: list[str]) -> None:
    result = run_helper(command, *argv)
    assert (result.status, result.stdout) == (2, b"")
    assert f"usage: docker-credential-ecr {command} " in result.stderr_text


@pytest.mark.parametrize("command", ["import", "export"])
def test_the_help_is_printed_on_standard_output(command: str) -> None:
    result = run_helper(command, "--help")
    assert (result.status, result.stderr) == (0, b"")
    assert b"--yes" in result.stdout


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount")
def test_a_full_disk_is_reported_and_the_file_is_unchanged(docker_config: Path) -> None:
    store_login("ghcr.io", "octocat", SECRET * 4000)
    write_config(docker_config, {"a": 1})
    script = (
        f'cp -r {docker_config.parent} "$HOME/kept"; mount -t tmpfs -o size=32k,mode=700 tmpfs {docker_config.parent};'
        f'cp "$HOME/kept/config.json" {docker_config}; {PROGRAM} export --yes; status=$?;'
        f"ls -A {docker_config.parent}; cat {docker_config}; exit $status"
    )
    result = run_program(["unshare", "--mount", "sh", "-c", script])
    assert result.status == 1
    assert "\n  why   No space left on device\n" in result.report
    assert "[docker-config-unwritable]" in result.report
    assert result.stdout.decode().endswith('config.json\n{\n\t"a": 1\n}')
