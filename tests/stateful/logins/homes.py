"""Homes with logins in them, and what they look like from inside."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from credhelper.logins import index
from credhelper.logins.index import IndexContents
from credhelper.logins.login import Login
from credhelper.logins.server_forms import service_name
from credhelper.logins.store import LoginStore
from credhelper.settings.rules import Settings
from credhelper.system.context import Context
from tests.stateful.logins import backend
from tests.stateful.logins.history import Event
from tests.stateful.logins.reference import EMPTY, State

FILE_KEYRING = "credhelper.logins.backends.file.Keyring"  # the private file
OWN_KEYRING = backend.NAME
_FORMS = ("ghcr.io", "https://ghcr.io", "ghcr.io:443", "GHCR.io", "ghcr.io:5000", "ghcr.io/team")

# The helper waits for the disk at each change, which is not what is tried here.
MEMORY_DIRECTORY = "/dev/shm" if Path("/dev/shm").is_dir() else None


class Home:
    """A home whose logins are kept by a keyring; it is this process's home as well."""

    def __init__(self, directory: Path, keyring: str) -> None:
        self.directory = directory
        self._keyring = keyring
        self.environ = {"HOME": str(directory), "PYTHON_KEYRING_BACKEND": keyring}
        os.environ["HOME"] = str(directory)  # which a keyring looks at

    def execute(self, event: Event) -> Event:
        """Do what `event` does, in this process; give it with what came of it."""
        store = self._open_store()
        if event.verb == "get":
            login = store.find(event.server)
            return event._replace(result=None if login is None else (login.username, login.secret))
        if event.verb == "list":
            return event._replace(result=_map_usernames(store.list_readable()))
        if event.login is None:
            store.erase(event.server)
        else:
            store.store(Login(event.server, *event.login))
        return event

    def store_all(self, state: State) -> None:
        """Store logins, one after the other."""
        for form, login in state:
            self.execute(Event("store", form, login))

    def observe(self, time: float) -> list[Event]:
        """List the logins, and get some, one after the other and after a moment."""
        events = [Event("list"), *(Event("get", form) for form in _FORMS)]
        return [
            self.execute(event)._replace(started_at=time + offset, ended_at=time + offset)
            for offset, event in enumerate(events, 1)
        ]

    def is_consistent(self) -> bool:
        """Whether the index names each item that the keyring has: what it does not name is never found again."""
        data = self.directory / ".local" / "share" / "credhelper"
        if self._keyring == FILE_KEYRING:
            items = json.loads((data / "logins").read_text()) if (data / "logins").exists() else ()
        else:
            items = [path.name.partition(" ")[0] for path in self.directory.glob("items/credhelper-*")]
        login_index = index.read(str(data)) or IndexContents()
        return {service_name(form) for form in login_index.list_forms()}.issuperset(items)

    @contextmanager
    def copy(self) -> Iterator[Home]:
        """Give a home that is like this one."""
        with tempfile.TemporaryDirectory(dir=MEMORY_DIRECTORY) as directory:
            yield Home(Path(shutil.copytree(self.directory, f"{directory}/home")), self._keyring)

    def _open_store(self) -> LoginStore:
        return LoginStore(Context(self.environ, Settings()))


def _map_usernames(logins: Iterable[Login | str]) -> dict[str, str]:
    login_list = list(logins)
    return {login.server: login.username for login in login_list if isinstance(login, Login)}


@contextmanager
def create_home(keyring: str, state: State = EMPTY) -> Iterator[Home]:
    """Give a new home, with logins in it."""
    with tempfile.TemporaryDirectory(dir=MEMORY_DIRECTORY) as directory:
        new_home = Home(Path(directory), keyring)
        new_home.store_all(state)
        yield new_home
