"""Docker's config.json: its path, its content, edits that preserve the rest of it, and its replacement."""

from __future__ import annotations

import json
import os
import pwd
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credhelper.cli import export, import_
from credhelper.docker_config import document as docker_document
from credhelper.docker_config.document import DOCKER_HUB, TOKEN_USERNAME, helper_for, lookup_key, parse_logins
from credhelper.docker_config.file import load, locate
from credhelper.docker_config.replace import staged_replace
from credhelper.errors import HelperError
from credhelper.logins.login import Login
from credhelper.logins.server_forms import equivalence_key
from credhelper.settings.rules import Settings
from tests.contract.docker_files import SECRET, make_auth

if TYPE_CHECKING:
    from pathlib import Path

Document = dict[str, Any]


@pytest.mark.parametrize(
    ("server", "host"),
    [
        ("ghcr.io", "ghcr.io"),
        ("https://ghcr.io", "ghcr.io"),
        ("http://registry:5000/v2/", "registry:5000"),
        ("https://ghcr.io:/v1/", "ghcr.io"),
        ("https://[::1]:5000/", "[::1]:5000"),
        ("GHCR.io/team/app", "GHCR.io"),
        ("https://index.docker.io/v1/", DOCKER_HUB),
        ("https://index.docker.io/v1/access-token", DOCKER_HUB),
        ("docker.io", "docker.io"),
        ("", ""),
    ],
)
def test_docker_asks_for_the_host_except_for_its_own_registry(server: str, host: str) -> None:
    assert lookup_key(server) == host


@pytest.mark.parametrize(
    ("document", "name"),
    [
        ({}, ""),
        ({"credsStore": "desktop"}, "desktop"),
        ({"credsStore": "desktop", "credHelpers": {"ghcr.io": "ecr"}}, "ecr"),
        ({"credsStore": "desktop", "credHelpers": {"ghcr.io": ""}}, ""),
        ({"credsStore": "desktop", "credHelpers": {"GHCR.IO": "ecr"}}, "desktop"),
        ({"credsStore": None, "credHelpers": None}, ""),
    ],
    ids=str,
)
def test_the_helper_of_a_host_overrides_the_one_for_all_hosts(document: Document, name: str) -> None:
    assert helper_for(document, "ghcr.io") == name


@pytest.mark.parametrize(
    ("auth", "pairs"),
    [
        ({}, []),
        ({"auth": "", "identitytoken": None}, []),
        (make_auth("a", "b:c"), [("a", "b:c")]),
        ({"auth": "YTpi\nYw==\r\n"}, [("a", "bc")]),
        ({"username": "a", "password": "b"}, [("a", "b")]),
        ({**make_auth("a", "b"), "username": "a", "password": "b"}, [("a", "b")]),
        ({**make_auth("a", "b"), "username": "c"}, [("a", "b"), ("c", "")]),
        ({**make_auth("a", ""), "identitytoken": "b"}, [(TOKEN_USERNAME, "b")]),
        ({**make_auth("a", "c"), "identitytoken": "b"}, [("a", "c"), (TOKEN_USERNAME, "b")]),
    ],
    ids=str,
)
def test_an_entry_is_parsed_as_docker_reads_it(auth: Document, pairs: list[tuple[str, str]]) -> None:
    assert parse_logins(auth) == pairs


def test_removing_the_last_helper_removes_the_table() -> None:
    assert docker_document.without_helper({"credHelpers": {"ghcr.io": "ecr"}, "a": 1}, ["ghcr.io"]) == {"a": 1}


def test_nothing_changes_if_no_helper_is_removed() -> None:
    document: Document = {"credHelpers": {}, "a": 1}
    assert docker_document.without_helper(document, ["ghcr.io"]) == document


def test_the_path_may_be_that_of_the_file_or_of_its_directory(tmp_path: Path) -> None:
    assert locate({}, str(tmp_path)) == f"{tmp_path}/config.json"
    assert locate({}, str(tmp_path / "auth.json")) == f"{tmp_path}/auth.json"


@pytest.mark.parametrize(
    ("environ", "path"),
    [
        ({"HOME": "/home/somebody"}, "/home/somebody/.docker/config.json"),
        ({"HOME": "/home/somebody", "DOCKER_CONFIG": "/etc/docker"}, "/etc/docker/config.json"),
        ({"HOME": "/home/somebody", "DOCKER_CONFIG": ""}, "/home/somebody/.docker/config.json"),
        ({"HOME": ""}, "/home/by-the-machine/.docker/config.json"),
        ({}, "/home/by-the-machine/.docker/config.json"),
    ],
    ids=str,
)
def test_the_file_is_located_where_docker_expects_it(
    environ: dict[str, str], path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    passwd_entry = pwd.struct_passwd(("", "", 0, 0, "", "/home/by-the-machine", ""))
    monkeypatch.setattr(pwd, "getpwuid", lambda _: passwd_entry)
    assert locate(environ) == path


def test_an_unknown_user_has_no_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pwd, "getpwuid", {}.__getitem__)
    with pytest.raises(HelperError, match="no home") as excinfo:
        locate({})
    assert excinfo.value.id == "docker-config-unreadable"


def test_the_repr_of_a_config_shows_no_secret(tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    path.write_text(json.dumps({"auths": {"ghcr.io": {"identitytoken": SECRET}}}))
    assert SECRET not in repr(load(str(path)))


@pytest.mark.parametrize("replacement", [b"{}", None], ids=["another text", "gone"])
def test_a_file_that_another_process_changed_meanwhile_is_not_replaced(
    tmp_path: Path, replacement: bytes | None
) -> None:
    path = tmp_path / "config.json"
    path.write_text('{"a": 1}')
    config = load(str(path))
    with staged_replace(config, {}) as commit:
        path.unlink() if replacement is None else path.write_bytes(replacement)
        with pytest.raises(HelperError) as excinfo:
            commit()
    assert excinfo.value.id == "docker-config-changed"
    assert (path.read_bytes() if path.exists() else None) == replacement
    assert os.listdir(tmp_path) == ([] if replacement is None else ["config.json"])  # noqa: PTH208


def test_a_file_that_another_process_created_meanwhile_is_not_replaced(tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    with staged_replace(load(str(path)), {"b": 1}) as commit:
        path.write_text("{}")
        with pytest.raises(HelperError):
            commit()
    assert path.read_text() == "{}"


def test_the_later_of_two_staged_replacements_is_committed(tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    path.write_text("{}")
    config = load(str(path))
    with staged_replace(config, {"a": 1}) as commit, staged_replace(config, {"b": 1}) as commit_later:
        with pytest.raises(HelperError) as excinfo:
            commit()
        commit_later()
    assert excinfo.value.id == "docker-config-changed"
    assert json.loads(path.read_text()) == {"b": 1}


def test_a_staged_replacement_that_is_not_committed_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    path.write_text("{}")
    with staged_replace(load(str(path)), {"b": 1}):
        assert len(list(tmp_path.iterdir())) == 2
    assert [file.read_text() for file in tmp_path.iterdir()] == ["{}"]


def test_a_replacement_that_would_be_nested_too_deeply_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    path.write_text("{}")
    nested: Document = {}
    for _ in range(100_000):
        nested = {"a": nested}
    with pytest.raises(HelperError) as excinfo, staged_replace(load(str(path)), nested):
        pass
    assert excinfo.value.id == "docker-config-broken"


_TEXT = st.text(max_size=5) | st.sampled_from(["\u00e9", "\ud800", "\\ud", "\r\n", '": ', "\n  x"])
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | _TEXT,
    lambda children: st.lists(children, max_size=3) | st.dictionaries(_TEXT, children, max_size=3),
    max_leaves=8,
)
_FORMATS: list[dict[str, Any]] = [
    {"indent": "\t"},
    {"indent": 2},
    {"indent": "    ", "ensure_ascii": False},
    {"separators": (",", ":")},
    {},
]


@given(
    other_keys=st.dictionaries(
        _TEXT.filter(lambda key: key not in ("auths", "credHelpers", "credsStore")), _JSON, max_size=4
    ),
    format_options=st.sampled_from(_FORMATS),
    newline=st.sampled_from(["", "\n", "\r\n"]),
)
def test_content_that_is_not_edited_keeps_its_bytes_except_for_escapes(
    tmp_path_factory: pytest.TempPathFactory, other_keys: Document, format_options: Document, newline: str
) -> None:
    path = tmp_path_factory.mktemp("docker") / "config.json"
    document = {"first": "it has one: a colon", **other_keys}
    text = json.dumps(document, **format_options).replace("\n", "\r\n" if newline == "\r\n" else "\n") + newline
    try:
        path.write_bytes(text.encode())
    except UnicodeEncodeError:  # a lone surrogate that is not escaped is not JSON
        return
    config = load(str(path))
    with staged_replace(config, config.document) as commit:
        commit()
    content = path.read_bytes()
    assert json.loads(content) == document
    assert list(json.loads(content)) == list(document)
    if format_options.get("ensure_ascii", True) or "\\ud" not in text.lower():
        assert content.decode() == text


def find_with_docker(document: Document, stored_logins: list[Login], host: str) -> list[tuple[str, str]]:
    """Return the login that Docker finds for `host`, or every candidate if Docker may take any of them.

    The reference is cli/config/credentials in docker/cli. `stored_logins` are the logins that this helper stores.
    """
    entries = docker_document.entries(document)
    name = helper_for(document, host)
    if name:
        exact_matches = [login for login in stored_logins if login.server == host]
        equivalent_matches = [
            login for login in reversed(stored_logins) if equivalence_key(login.server) == equivalence_key(host)
        ]
        return (
            [(login.username, login.secret) for login in [*exact_matches, *equivalent_matches][:1]]
            if name == "ecr"
            else []
        )
    if host in entries:
        return _read_last_login(entries[host])
    return sorted(
        {
            pair
            for server in entries
            if lookup_key(server) == host != DOCKER_HUB
            for pair in _read_last_login(entries[server])
        }
    )


def _read_last_login(auth: Document) -> list[tuple[str, str]]:
    try:
        return parse_logins(auth)[-1:]
    except ValueError:
        return []


def find_with_podman(document: Document, stored_logins: list[Login], path: str) -> list[tuple[str, str]]:
    """Return the login that podman finds for `path`, or every candidate if podman may take any of them.

    The reference is findAuthentication in pkg/docker/config of containers/image.
    """
    host = path.partition("/")[0]
    helpers = document.get("credHelpers") or {}
    if host in helpers:
        return find_with_docker({"credHelpers": {host: helpers[host] or "none"}}, stored_logins, host)
    entries = docker_document.entries(document)
    exact_matches = [key for key in ("/".join(path.split("/")[:length]) for length in (3, 2, 1)) if key in entries]
    if exact_matches:
        return _read_last_login(entries[exact_matches[0]])
    return sorted(
        {
            pair
            for server in entries
            if _get_podman_key(server) == _get_podman_key(host)
            for pair in _read_last_login(entries[server])
        }
    )


def _get_podman_key(server: str) -> str:
    if server.startswith(DOCKER_HUB) and server != DOCKER_HUB:
        return ""  # a token of a sign-in by browser, which podman might take by chance
    host = server.removeprefix("https://").partition("/")[0]
    return "index.docker.io" if host in ("docker.io", "registry-1.docker.io") else host


_PATHS = ("ghcr.io/team/app", "ghcr.io/other", "registry:5000/app", "docker.io/library/app")
_HOSTS = ("ghcr.io", "registry:5000", DOCKER_HUB, "emptied.example.com")
_SERVERS = (
    "docker.io",
    "index.docker.io",
    "ghcr.io",
    "https://ghcr.io",
    "https://ghcr.io/v1/",
    "ghcr.io/team",
    "registry:5000",
    DOCKER_HUB,
    f"{DOCKER_HUB}access-token",
)
_ENTRIES = st.sampled_from(
    [
        *({}, {"email": "x"}, {"registrytoken": "r"}, {"auth": "!"}, make_auth("", "x")),
        *(
            make_auth("a", "1"),
            make_auth("a", "1", email="x"),
            make_auth("b", "2"),
            make_auth("c", ""),
            {"identitytoken": "t"},
        ),
        *({"auth": make_auth("b", "3")["auth"], "identitytoken": "t"}, {"username": "a", "password": "1"}),
    ]
)
_DOCUMENTS = st.fixed_dictionaries(
    {"auths": st.dictionaries(st.sampled_from(_SERVERS), _ENTRIES)},
    optional={
        "credHelpers": st.dictionaries(st.sampled_from(_HOSTS), st.sampled_from(["gcr", ""]), min_size=1),
        "credsStore": st.sampled_from(["desktop"]),
        "psFormat": st.just("table"),
    },
)


def run_import(document: Document) -> tuple[Document, list[Login]]:
    """Return the document after an import, and the logins that it stored."""
    plan = import_.plan_moves(document, Settings())
    moved_logins = [move.login for move in import_.exclude_partial_hosts(plan, [], document) if move.login]
    return import_.remove_logins(document, moved_logins), moved_logins


@given(_DOCUMENTS)
def test_docker_still_finds_its_login_after_import(document: Document) -> None:
    remaining, stored_logins = run_import(document)
    for host in _HOSTS:
        expected = find_with_docker(document, [], host)
        assert not expected or find_with_docker(remaining, stored_logins, host) == expected


@given(_DOCUMENTS)
def test_podman_still_finds_its_login_after_import(document: Document) -> None:
    remaining, stored_logins = run_import(document)
    for path in _PATHS:
        expected = find_with_podman(document, [], path)
        assert not expected or set(find_with_podman(remaining, stored_logins, path)) <= set(expected)
        assert not expected or find_with_podman(remaining, stored_logins, path)


@given(_DOCUMENTS)
def test_docker_still_finds_its_login_after_import_and_export(document: Document) -> None:
    remaining, stored_logins = run_import(document)
    restored = export.add_logins(remaining, export.plan_moves(remaining, stored_logins), [], remove_store=True)
    for host in _HOSTS:
        expected = find_with_docker(document, [], host)
        assert not expected or find_with_docker(restored, [], host) == expected


@given(_DOCUMENTS)
def test_import_and_export_lose_no_login_and_nothing_else(document: Document) -> None:
    remaining, stored_logins = run_import(document)
    restored = export.add_logins(remaining, export.plan_moves(remaining, stored_logins), [], remove_store=True)
    for server, auth in docker_document.entries(document).items():
        restored_auth = docker_document.entries(restored)[server]
        assert _read_logins(restored_auth) == _read_logins(auth) or not _read_logins(auth)
        assert docker_document.without_login(restored_auth) == docker_document.without_login(auth)
    other_keys = [
        {**version, "auths": None, "credHelpers": version.get("credHelpers")} for version in (document, restored)
    ]
    assert other_keys[0] == other_keys[1]


def _read_logins(auth: Document) -> list[tuple[str, str]]:
    try:
        return parse_logins(auth)
    except ValueError:
        return [("unreadable", str(auth))]
