"""Logins: what somebody stored for a registry that is not ECR's, kept by keyring.

Nothing else imports keyring. Which logins there are is known without it (index.py).
"""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

from credhelper import evidence, paths
from credhelper.errors import HelperError
from credhelper.host import host_of
from credhelper.logins import index, keyrings, lasting, login
from credhelper.logins.index import Index, Place
from credhelper.logins.login import Login
from credhelper.logins.server import form_of, forms_like, service_of
from credhelper.watch import Watch

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from credhelper.logins.vault import Vault
    from credhelper.settings import Settings

__all__ = ["Login", "Logins"]

# What selects a keyring, beside what selects everything (evidence.py).
_VARIABLES = (
    *("XDG_DATA_HOME", "PYTHON_KEYRING_BACKEND", "DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR"),
    *("PASSWORD_STORE_DIR", "GNUPGHOME"),
)
_PROTECTS = "only you and root can read it, and it is not encrypted (docs/logins.md)"
_WAIT = 600.0  # seconds for another process that changes the index; a run ends before


class Logins:
    """The logins of whoever has the environment `environ`, where `settings` hold. Everything raises HelperError."""

    def __init__(self, environ: Mapping[str, str], settings: Settings, watch: Watch | None = None) -> None:
        self._environ = environ
        self._settings = settings
        self._watch = watch or Watch()
        self._vaults: dict[str, Vault] = {}
        self.folder = paths.data_folder(environ)
        self.notes: list[str] = []

    def find(self, server: str) -> Login | None:
        """Give the login for `server`, or None: the one of this very form, else the one of the forms that mean the same
        server that was stored last.
        """
        form = form_of(server)
        try:
            held = self._held(form)
        except HelperError as error:
            raise HelperError(error.id, f"no login for {form} can be had: {error.message}", error.fix) from None
        return held[1] if held else None

    def store(self, given: Login) -> Sequence[str]:
        """Keep a login, in the place of any that its form had; give notes for the person."""
        name, notes = self._chosen()
        place = Place(given.server, name)
        vault = self._ready(place)
        with self._turn() as folder:
            known = self._known() or self._first(folder)
            if place not in known.places:
                known = known.adding(place)
                index.write(folder, known)
            self._doing("storing", place, at_stake=f"the login of {given.server} may have been stored all the same")
            try:
                vault.put(service_of(given.server), given.blob)
            except HelperError:
                self._take_back(folder, known, place)
                raise
            known = known.adding(place)
            index.write(folder, known)
            return [*notes, *self._forget_elsewhere(folder, known, place)]

    def erase(self, server: str) -> None:
        """Forget the login that `find` gives, if there is one."""
        form = form_of(server)
        if self._form_to_erase(form) is None:
            return
        with self._turn() as folder:
            held, known = self._form_to_erase(form), self._known()
            if held is None:
                return  # another process was quicker
            places = [place for place in known.places if place.form == held.form] if known else []
            for place in places or [held]:
                vault = self._ready(place)
                self._doing("erasing", place, at_stake=f"the login of {place.form} may have been erased or not")
                vault.drop(service_of(place.form))
            if known and places:
                index.write(folder, known.without(*places))

    def readable(self) -> Iterator[Login | str]:
        """Give each login that can be read now, and notes for those that cannot: Docker loses all that it asked for
        where one of those that were listed is not had.
        """
        known = self._seen()
        told: set[str] = set()
        for places in known.by_form() if known else ():
            try:
                held = self._first_of(places)
            except HelperError as error:
                if error.message not in told:
                    yield f"logins are left out: {error.message} [{error.id}]"
                told.add(error.message)
            else:
                if held is not None:
                    yield held[1]

    def place(self) -> str:
        """Give the clause that tells where `store` would keep a login."""
        return self._where(self._chosen()[0])

    def may_hold_one(self) -> bool:
        """Whether a login was ever stored from this home. Where none was, a keyring that cannot be asked is no news."""
        return self.folder is not None and os.path.isdir(self.folder) and not self._is_anothers()

    def hosts(self) -> set[str]:
        """Give each host that may have a login."""
        known = self._seen()
        return {host_of(form.encode("ascii")) for form in (known.forms() if known else ())}

    def seen(self) -> Sequence[bytes]:
        """Give the facts (evidence.py) on which it depends that there is no login for a server."""
        path = os.fsencode(f"{self.folder}/{index.NAME}")
        variables = [evidence.fact(b"variable", name.encode("ascii"), self._environ) for name in _VARIABLES]
        return [evidence.fact(b"file", path, self._environ), *variables]

    def vault(self) -> Vault:
        """Give the keyring for what is no login. Our file is none, but where somebody says so."""
        name, _ = self._chosen()
        if name == keyrings.FILE and not keyrings.said(self._settings, self._environ)[0]:
            raise HelperError(
                "keyring-missing", "this machine has no keyring", 'start one, or say keyring = "file" in [logins]'
            )
        return self._vault(name)

    def _held(self, form: str) -> tuple[Place, Login] | None:
        known = self._seen()
        places = known.of(form) if known else []
        if known is None or not known.is_whole:
            places = [*places, *self._guesses(form, known)]
        return self._first_of(places)

    def _form_to_erase(self, form: str) -> Place | None:
        """Give the place of the login for `form`. What cannot be read can be erased: `pass` asks for no passphrase."""
        try:
            held = self._held(form)
        except HelperError:
            known = self._seen()
            places = known.of(form) if known else []
            if not places:
                raise
            return places[0]
        return held[0] if held else None

    def _first_of(self, places: Iterable[Place]) -> tuple[Place, Login] | None:
        for place in places:
            held = self._read(place)
            if held is not None:
                return place, held
        return None

    def _guesses(self, form: str, known: Index | None) -> Iterator[Place]:
        """Give where a login may be that no index tells of, since somebody has removed that."""
        name = keyrings.said(self._settings, self._environ)[0] or (known.keyring if known else "")
        name = name or keyrings.best(self._environ)
        if name != keyrings.FILE or os.path.lexists(f"{self.folder}/{keyrings.FILE_NAME}"):
            for each in forms_like(form):
                yield Place(each, name)

    def _read(self, place: Place) -> Login | None:
        vault = self._vault(place.keyring)
        self._doing("reading", place)
        blob = vault.get(service_of(place.form))
        if blob is None:
            return None
        held = login.of_blob(blob, place.form)
        if held is None:
            raise HelperError(
                "keyring-failed",
                f"what {keyrings.called(place.keyring)} has for {place.form} is no login",
                f"log in again: docker login {place.form}",
            )
        return held

    def _chosen(self) -> tuple[str, Sequence[str]]:
        """Give the keyring for a new login: what is said, else what the first login chose, else the best; and notes."""
        name, _ = keyrings.said(self._settings, self._environ)
        if name:
            return name, ()
        known = self._seen()
        name = (known.keyring if known else "") or keyrings.best(self._environ)
        return name, [f"the login is kept in {self._where(name)}: {_PROTECTS}"] if name == keyrings.FILE else ()

    def _vault(self, name: str) -> Vault:
        if name not in self._vaults:
            # keyring costs five starts of an interpreter: who has no login does without.
            from credhelper.logins.vault import open_vault  # noqa: PLC0415

            self._watch.doing(f"opening {keyrings.called(name)}")
            self._vaults[name] = open_vault(name, self._settings, self._environ)
        return self._vaults[name]

    def _ready(self, place: Place) -> Vault:
        """Give the keyring of a place that is to be changed, if it can be: what never began is not at stake."""
        vault = self._vault(place.keyring)
        self._doing("asking for", place)
        vault.check(service_of(place.form))
        return vault

    def _where(self, name: str) -> str:
        path = f" {self.folder}/{keyrings.FILE_NAME}" if name == keyrings.FILE else ""
        return f"{keyrings.called(name)}{path}"

    def _seen(self) -> Index | None:
        """Give the index, or None: what cannot be read may be asked for all the same, and the person is told."""
        if self._is_anothers():
            self.notes = [f"the logins in {self.folder} are another user's, and not used"]
            return Index()
        try:
            return self._known()
        except HelperError as error:
            self.notes = [f"{error.message} [{error.id}]"]
            return None

    def _is_anothers(self) -> bool:
        """Root, with a user's HOME (sudo), has no logins there: they are the user's."""
        try:
            return self.folder is not None and os.stat(self.folder).st_uid != os.geteuid()
        except OSError:
            return False

    def _known(self) -> Index | None:
        if self.folder is None:
            return None
        try:
            return index.read(self.folder)
        except ValueError as error:
            path = f"{self.folder}/{index.NAME}"
            raise HelperError(
                "logins-unreadable",
                f"the list of logins {path} is not used: {error}",
                f"look at whose it is: ls -l {path}\nor move it away: each login is then asked for in the keyring",
            ) from None

    def _first(self, folder: str) -> Index:
        """Give an index without places. It is not whole where there may have been one before it."""
        return Index(is_whole=os.listdir(folder) == [lasting.lock_name(index.NAME)])

    @contextlib.contextmanager
    def _turn(self) -> Iterator[str]:
        """Be the only one who changes logins; gives the folder, which is made."""
        folder = self.folder
        if folder is None:
            raise _unkept("neither XDG_DATA_HOME nor HOME gives a folder that begins with /", "set HOME")
        try:
            lasting.make_folder(folder)
            self._watch.doing("waiting for another process that changes the logins")
            with lasting.turn(f"{folder}/{index.NAME}", _WAIT):
                yield folder
        except OSError as error:
            why = error.strerror or type(error).__name__
            where = "" if why.startswith("/") else f"{folder}: "
            raise _unkept(f"{where}{why}", f"look at it: ls -ld {folder}\nwith sudo: use sudo -H") from error

    def _take_back(self, folder: str, known: Index, place: Place) -> None:
        """Name a login no more that was not stored, if that is certain."""
        with contextlib.suppress(HelperError, OSError):
            if self._vault(place.keyring).get(service_of(place.form)) is None:
                index.write(folder, known.without(place))

    def _forget_elsewhere(self, folder: str, known: Index, place: Place) -> Iterator[str]:
        """Forget what the form had in other keyrings; give notes on what cannot be."""
        for other in known.places:
            if other.form == place.form and other != place:
                try:
                    self._doing("erasing", other)
                    self._vault(other.keyring).drop(service_of(other.form))
                except HelperError as error:
                    yield f"an earlier login of {other.form} is not used, and still there: {error.message}"
                else:
                    known = known.without(other)
                    index.write(folder, known)

    def _doing(self, what: str, place: Place, at_stake: str = "") -> None:
        self._watch.doing(f"{what} the login of {place.form} in {keyrings.called(place.keyring)}", at_stake)


def _unkept(why: str, fix: str) -> HelperError:
    return HelperError("login-unkept", f"the logins cannot be changed: {why}", fix)
