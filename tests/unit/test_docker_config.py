"""Docker's config.json: where it is, what it says, edits that keep the rest of it, and replacing it."""

from __future__ import annotations

import json
import os
import pwd
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credhelper.commands import export, import_
from credhelper.docker import auths
from credhelper.docker.auths import DOCKER_HUB, TOKEN_USERNAME, helper_for, lookup_key, parse_logins
from credhelper.docker.config import load, locate
from credhelper.docker.draft import staged_replace
from credhelper.errors import HelperError
from credhelper.logins import Login
from credhelper.logins.server import equivalence_key
from credhelper.settings import Settings
from tests.contract.docker_files import SECRET, entry

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
def test_docker_asks_for_the_host_but_for_its_own_registry(server: str, host: str) -> None:
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
def test_the_helper_of_a_host_is_asked_before_that_of_all(document: Document, name: str) -> None:
    assert helper_for(document, "ghcr.io") == name


@pytest.mark.parametrize(
    ("held", "pairs"),
    [
        ({}, []),
        ({"auth": "", "identitytoken": None}, []),
        (entry("a", "b:c"), [("a", "b:c")]),
        ({"auth": "YTpi\nYw==\r\n"}, [("a", "bc")]),
        ({"username": "a", "password": "b"}, [("a", "b")]),
        ({**entry("a", "b"), "username": "a", "password": "b"}, [("a", "b")]),
        ({**entry("a", "b"), "username": "c"}, [("a", "b"), ("c", "")]),
        ({**entry("a", ""), "identitytoken": "b"}, [(TOKEN_USERNAME, "b")]),
        ({**entry("a", "c"), "identitytoken": "b"}, [("a", "c"), (TOKEN_USERNAME, "b")]),
    ],
    ids=str,
)
def test_an_entry_holds_what_docker_reads_from_it(held: Document, pairs: list[tuple[str, str]]) -> None:
    assert parse_logins(held) == pairs


def test_the_last_helper_takes_the_table_with_it() -> None:
    assert auths.without_helper({"credHelpers": {"ghcr.io": "ecr"}, "a": 1}, ["ghcr.io"]) == {"a": 1}


def test_where_no_helper_goes_nothing_is_changed() -> None:
    document: Document = {"credHelpers": {}, "a": 1}
    assert auths.without_helper(document, ["ghcr.io"]) == document


def test_what_is_named_may_be_the_file_or_its_folder(tmp_path: Path) -> None:
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
def test_the_file_is_where_docker_has_it(environ: dict[str, str], path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    user = pwd.struct_passwd(("", "", 0, 0, "", "/home/by-the-machine", ""))
    monkeypatch.setattr(pwd, "getpwuid", lambda _: user)
    assert locate(environ) == path


def test_whom_the_machine_does_not_know_has_no_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pwd, "getpwuid", {}.__getitem__)
    with pytest.raises(HelperError, match="no home") as caught:
        locate({})
    assert caught.value.id == "docker-config-unreadable"


def test_a_config_does_not_show_what_it_holds(tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    path.write_text(json.dumps({"auths": {"ghcr.io": {"identitytoken": SECRET}}}))
    assert SECRET not in repr(load(str(path)))


@pytest.mark.parametrize("now", [b"{}", None], ids=["another text", "gone"])
def test_what_somebody_else_changed_meanwhile_stays_as_it_is(tmp_path: Path, now: bytes | None) -> None:
    path = tmp_path / "config.json"
    path.write_text('{"a": 1}')
    config = load(str(path))
    with staged_replace(config, {}) as put:
        path.unlink() if now is None else path.write_bytes(now)
        with pytest.raises(HelperError) as caught:
            put()
    assert caught.value.id == "docker-config-changed"
    assert (path.read_bytes() if path.exists() else None) == now
    assert os.listdir(tmp_path) == ([] if now is None else ["config.json"])  # noqa: PTH208


def test_a_file_that_somebody_else_made_meanwhile_stays(tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    with staged_replace(load(str(path)), {"b": 1}) as put:
        path.write_text("{}")
        with pytest.raises(HelperError):
            put()
    assert path.read_text() == "{}"


def test_of_two_drafts_the_later_one_is_put(tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    path.write_text("{}")
    config = load(str(path))
    with staged_replace(config, {"a": 1}) as put, staged_replace(config, {"b": 1}) as put_later:
        with pytest.raises(HelperError) as caught:
            put()
        put_later()
    assert caught.value.id == "docker-config-changed"
    assert json.loads(path.read_text()) == {"b": 1}


def test_a_draft_that_is_not_put_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    path.write_text("{}")
    with staged_replace(load(str(path)), {"b": 1}):
        assert len(list(tmp_path.iterdir())) == 2
    assert [each.read_text() for each in tmp_path.iterdir()] == ["{}"]


def test_a_draft_that_would_be_nested_too_deeply_is_none(tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    path.write_text("{}")
    deep: Document = {}
    for _ in range(100_000):
        deep = {"a": deep}
    with pytest.raises(HelperError) as caught, staged_replace(load(str(path)), deep):
        pass
    assert caught.value.id == "docker-config-broken"


_TEXT = st.text(max_size=5) | st.sampled_from(["\u00e9", "\ud800", "\\ud", "\r\n", '": ', "\n  x"])
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | _TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXT, inner, max_size=3),
    max_leaves=8,
)
_MANNERS: list[dict[str, Any]] = [
    {"indent": "\t"},
    {"indent": 2},
    {"indent": "    ", "ensure_ascii": False},
    {"separators": (",", ":")},
    {},
]


@given(
    rest=st.dictionaries(
        _TEXT.filter(lambda key: key not in ("auths", "credHelpers", "credsStore")), _JSON, max_size=4
    ),
    manner=st.sampled_from(_MANNERS),
    end=st.sampled_from(["", "\n", "\r\n"]),
)
def test_what_is_not_edited_keeps_its_bytes_but_for_its_escapes(
    tmp_path_factory: pytest.TempPathFactory, rest: Document, manner: Document, end: str
) -> None:
    path = tmp_path_factory.mktemp("docker") / "config.json"
    document = {"first": "it has one: a colon", **rest}
    text = json.dumps(document, **manner).replace("\n", "\r\n" if end == "\r\n" else "\n") + end
    try:
        path.write_bytes(text.encode())
    except UnicodeEncodeError:  # half of a pair that is no escape is no JSON
        return
    config = load(str(path))
    with staged_replace(config, config.document) as put:
        put()
    written = path.read_bytes()
    assert json.loads(written) == document
    assert list(json.loads(written)) == list(document)
    if manner.get("ensure_ascii", True) or "\\ud" not in text.lower():
        assert written.decode() == text


def finds(document: Document, stored: list[Login], host: str) -> list[tuple[str, str]]:
    """Give what Docker finds for `host` (docker/cli: cli/config/credentials), with us as `stored` has it: one login,
    or each that it might take where it takes any.
    """
    entries = auths.entries(document)
    name = helper_for(document, host)
    if name:
        exact = [login for login in stored if login.server == host]
        alike = [login for login in reversed(stored) if equivalence_key(login.server) == equivalence_key(host)]
        return [(login.username, login.secret) for login in [*exact, *alike][:1]] if name == "ecr" else []
    if host in entries:
        return _read(entries[host])
    return sorted(
        {pair for server in entries if lookup_key(server) == host != DOCKER_HUB for pair in _read(entries[server])}
    )


def _read(held: Document) -> list[tuple[str, str]]:
    try:
        return parse_logins(held)[-1:]
    except ValueError:
        return []


def finds_by_podman(document: Document, stored: list[Login], path: str) -> list[tuple[str, str]]:
    """Give what podman finds for `path` (containers/image, pkg/docker/config: findAuthentication), in the same way."""
    host = path.partition("/")[0]
    helpers = document.get("credHelpers") or {}
    if host in helpers:
        return finds({"credHelpers": {host: helpers[host] or "none"}}, stored, host)
    entries = auths.entries(document)
    exact = [key for key in ("/".join(path.split("/")[:length]) for length in (3, 2, 1)) if key in entries]
    if exact:
        return _read(entries[exact[0]])
    return sorted(
        {pair for server in entries if _by_podman(server) == _by_podman(host) for pair in _read(entries[server])}
    )


def _by_podman(server: str) -> str:
    if server.startswith(DOCKER_HUB) and server != DOCKER_HUB:
        return ""  # a token that a browser left, which it might take by chance
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
        *({}, {"email": "x"}, {"registrytoken": "r"}, {"auth": "!"}, entry("", "x")),
        *(entry("a", "1"), entry("a", "1", email="x"), entry("b", "2"), entry("c", ""), {"identitytoken": "t"}),
        *({"auth": entry("b", "3")["auth"], "identitytoken": "t"}, {"username": "a", "password": "1"}),
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


def imported(document: Document) -> tuple[Document, list[Login]]:
    """Give the document that import leaves, and what it has stored."""
    moves = import_.plan_moves(document, Settings())
    moving = [move.login for move in import_.exclude_partial_hosts(moves, [], document) if move.login]
    return import_.remove_logins(document, moving), moving


@given(_DOCUMENTS)
def test_what_docker_finds_it_finds_after_import(document: Document) -> None:
    left, stored = imported(document)
    for host in _HOSTS:
        before = finds(document, [], host)
        assert not before or finds(left, stored, host) == before


@given(_DOCUMENTS)
def test_what_podman_finds_it_finds_after_import(document: Document) -> None:
    left, stored = imported(document)
    for path in _PATHS:
        before = finds_by_podman(document, [], path)
        assert not before or set(finds_by_podman(left, stored, path)) <= set(before)
        assert not before or finds_by_podman(left, stored, path)


@given(_DOCUMENTS)
def test_what_docker_finds_it_finds_after_import_and_export(document: Document) -> None:
    left, stored = imported(document)
    back = export.add_logins(left, export.plan_moves(left, stored), [], remove_store=True)
    for host in _HOSTS:
        before = finds(document, [], host)
        assert not before or finds(back, [], host) == before


@given(_DOCUMENTS)
def test_import_and_export_lose_no_login_and_nothing_else(document: Document) -> None:
    left, stored = imported(document)
    back = export.add_logins(left, export.plan_moves(left, stored), [], remove_store=True)
    for server, held in auths.entries(document).items():
        now = auths.entries(back)[server]
        assert _logins(now) == _logins(held) or not _logins(held)
        assert auths.without_login(now) == auths.without_login(held)
    rest = [{**each, "auths": None, "credHelpers": each.get("credHelpers")} for each in (document, back)]
    assert rest[0] == rest[1]


def _logins(held: Document) -> list[tuple[str, str]]:
    try:
        return parse_logins(held)
    except ValueError:
        return [("unreadable", str(held))]
