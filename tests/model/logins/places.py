"""Homes with logins in them, and what they look like from inside."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from credhelper.logins import Login, LoginStore, index
from credhelper.logins.index import IndexContents
from credhelper.logins.server import service_name
from credhelper.settings import Settings
from tests.model.logins import backend
from tests.model.logins.history import Event
from tests.model.logins.reference import NOTHING, Kept

FILE, OWN = "credhelper.logins.file.Keyring", backend.NAME  # the private file, and the tests' own keyring
_LOOKED_FOR = ("ghcr.io", "https://ghcr.io", "ghcr.io:443", "GHCR.io", "ghcr.io:5000", "ghcr.io/team")

# The helper waits for the disk at each change, which is not what is tried here.
MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None


class Home:
    """A home whose logins are kept by a keyring; it is this process's home as well."""

    def __init__(self, folder: Path, keyring: str) -> None:
        self.folder = folder
        self._keyring = keyring
        self.environ = {"HOME": str(folder), "PYTHON_KEYRING_BACKEND": keyring}
        os.environ["HOME"] = str(folder)  # which a keyring looks at

    def do(self, event: Event) -> Event:
        """Do what `event` does, in this process; give it with what came of it."""
        logins = self._logins()
        if event.verb == "get":
            login = logins.find(event.server)
            return event._replace(saw=None if login is None else (login.username, login.secret))
        if event.verb == "list":
            return event._replace(saw=_listed(logins.list_readable()))
        if event.login is None:
            logins.erase(event.server)
        else:
            logins.store(Login(event.server, *event.login))
        return event

    def fill(self, kept: Kept) -> None:
        """Store logins, one after the other."""
        for form, login in kept:
            self.do(Event("store", form, login))

    def seen(self, after: float) -> list[Event]:
        """List the logins, and get some, one after the other and after a moment."""
        asked = [Event("list"), *(Event("get", form) for form in _LOOKED_FOR)]
        return [self.do(event)._replace(began=after + each, ended=after + each) for each, event in enumerate(asked, 1)]

    def is_tidy(self) -> bool:
        """Whether the index names each item that the keyring has: what it does not name is never found again."""
        data = self.folder / ".local" / "share" / "credhelper"
        if self._keyring == FILE:
            items = json.loads((data / "logins").read_text()) if (data / "logins").exists() else ()
        else:
            items = [path.name.partition(" ")[0] for path in self.folder.glob("items/credhelper-*")]
        known = index.read(str(data)) or IndexContents()
        return {service_name(form) for form in known.list_forms()}.issuperset(items)

    @contextmanager
    def copied(self) -> Iterator[Home]:
        """Give a home that is like this one."""
        with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
            yield Home(Path(shutil.copytree(self.folder, f"{folder}/home")), self._keyring)

    def _logins(self) -> LoginStore:
        return LoginStore(self.environ, Settings())


def _listed(readable: Iterable[Login | str]) -> dict[str, str]:
    found = list(readable)
    return {each.server: each.username for each in found if isinstance(each, Login)}


@contextmanager
def home(keyring: str, kept: Kept = NOTHING) -> Iterator[Home]:
    """Give a new home, with logins in it."""
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
        made = Home(Path(folder), keyring)
        made.fill(kept)
        yield made
