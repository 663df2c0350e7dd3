"""Every store returns each login unchanged, whatever characters it contains.

A login is stored as one line of ASCII, under one account and a name derived from its server. The stores do not keep
other text unchanged: pass keeps only its first line and takes a "/" for a directory, and no store can represent a lone
surrogate.
"""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from credhelper.errors import HelperError
from credhelper.logins.login import Login
from credhelper.logins.server_forms import normalize_form
from credhelper.logins.store import LoginStore
from credhelper.settings.logins import LoginSettings
from credhelper.settings.rules import Settings
from credhelper.system.context import Context
from tests.keyrings import gnome, pass_store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SERVER = "registry.example.com"
HOSTILE = {
    "an identity token": "<token>",
    "a long one": "t" * 10_240,
    "quotes": "\"'`\\",
    "lines": "one\ntwo\r\nthree\n",
    "spaces": " \t ",
    "what is not ASCII": "пароль-密码-🔑",
    "half a surrogate": "\ud800",
    "a path": "/etc/../x",
    "an option": "--force",
    "what escapes": "\x1b[31m\x7f%s$(id)",
}
KINDS = [
    *("file", "file with a key"),
    *(["secret-service"] if gnome.IS_AVAILABLE or os.environ.get("CI") else []),
    *(["pass"] if pass_store.IS_AVAILABLE or os.environ.get("CI") else []),
]

text = st.text(st.characters(exclude_characters="\0"), max_size=40) | st.sampled_from(list(HOSTILE.values()))
paths = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), max_size=40)


def is_well_formed(server: str) -> bool:
    """Return whether a client may send a server in this form."""
    try:
        return normalize_form(server) == server
    except HelperError:
        return False


servers: st.SearchStrategy[str] = st.builds(
    "{}{}{}".format,
    st.sampled_from(["", "https://", "HTTP://"]),
    st.sampled_from([SERVER, "ghcr.io", "localhost:5000"]),
    st.just("") | st.sampled_from(["/v1/", "/../..", "/" + "x" * 300]) | paths.map("/{}".format),
).filter(is_well_formed)


class Store(NamedTuple):
    """A running store, and the settings and variables that select it."""

    login_settings: LoginSettings
    environ: dict[str, str]

    def create_login_store(self) -> LoginStore:
        """Return the logins as a new process sees them."""
        return LoginStore(Context(self.environ, Settings(logins=self.login_settings)))


@pytest.fixture(scope="module", params=KINDS)
def running_store(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Start each store in turn, for all tests."""
    directory = tmp_path_factory.mktemp("data")
    kind, _, key = request.param.partition(" with a ")
    login_settings = LoginSettings(kind, key_file=_write_key(directory) if key else "")
    with contextlib.ExitStack() as stack:
        environ = {"XDG_DATA_HOME": str(directory)}
        if kind == "secret-service":
            environ.update(stack.enter_context(gnome.start_unlocked()).environment)
        if kind == "pass":
            environ.update(stack.enter_context(pass_store.create_store()).environment)
        yield Store(login_settings, environ)


@pytest.fixture
def store(running_store: Store, monkeypatch: pytest.MonkeyPatch) -> Store:
    """Return the store, and let this process's environment lead to it, since backends read the environment."""
    for name, value in running_store.environ.items():
        monkeypatch.setenv(name, value)
    return running_store


def _write_key(directory: Path) -> str:
    key = directory / "key"
    key.write_text("k" * 32)
    key.chmod(0o600)
    return str(key)


@pytest.mark.parametrize("value", HOSTILE.values(), ids=HOSTILE)
def test_a_user_name_and_a_secret_of_any_characters_come_back(store: Store, value: str) -> None:
    login = Login(SERVER, value, value)
    store.create_login_store().store(login)
    assert store.create_login_store().find(SERVER) == login


def test_a_blank_secret_comes_back(store: Store) -> None:
    login = Login(SERVER, "somebody", "")
    store.create_login_store().store(login)
    assert store.create_login_store().find(SERVER) == login


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])  # one store serves all examples
@given(server=servers, username=text.filter(bool), secret=text)
def test_any_login_comes_back_and_is_listed_until_it_is_erased(
    store: Store, server: str, username: str, secret: str
) -> None:
    login = Login(server, username, secret)
    logins = store.create_login_store()
    logins.store(login)
    assert logins.find(server) == login
    assert login in list(logins.list_readable())
    logins.erase(server)
    assert login not in list(logins.list_readable())
