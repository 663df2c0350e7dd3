"""Logins: what somebody stored for a registry that is not ECR's, kept by keyring.

Nothing else imports keyring. Which logins there are is known without it (index.py).
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from credhelper import patience
from credhelper.errors import HelperError
from credhelper.logins import keyrings, login
from credhelper.logins.index import Index, Place
from credhelper.logins.ledger import Ledger
from credhelper.logins.login import Login
from credhelper.logins.ring import Ring
from credhelper.logins.server import form_of, forms_like, service_of
from credhelper.watch import DeadlineExceeded, Progress, run_with_timeout

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from credhelper.logins.ledger import Page
    from credhelper.logins.vault import Vault
    from credhelper.settings import Settings

__all__ = ["Login", "Logins"]


class Logins:
    """The logins of whoever has the environment `environ`, where `settings` hold. Everything raises HelperError."""

    def __init__(self, environ: Mapping[str, str], settings: Settings, watch: Progress | None = None) -> None:
        self._watch = watch or Progress()
        self._aside = patience.optional_keyring_timeout(
            environ
        )  # seconds for a keyring from which only an old login is to be taken
        self.ledger = Ledger(environ)
        self._ring = Ring(environ, settings, self.ledger, self._watch)

    def find(self, server: str) -> Login | None:
        """Give the login for `server`, or None: the one of this very form, else the one of the forms that mean the same
        server that was stored last.
        """
        form = form_of(server)
        held, seen, now = None, None, self.ledger.facts()
        try:
            # It may move to another keyring meanwhile, and be in neither when that is asked: then once more.
            while held is None and seen != now:
                seen, held = now, self._held(form)
                now = self.ledger.facts()
        except HelperError as error:
            raise HelperError(error.id, f"no login for {form} can be had: {error.message}", error.fix) from None
        return held[1] if held else None

    def store(self, given: Login) -> Sequence[str]:
        """Keep a login, in the place of any that its form had; give notes for the person.

        A new form is in the index before its login is in the keyring; the order of what is there already changes
        afterwards. Whoever is killed in between leaves what was there, or what is there now.
        """
        self.ledger.to_change()
        name, notes = self._ring.chosen()
        place = Place(given.server, name)
        vault = self._ready(place)
        self._watch.step("waiting for another process that changes the logins")
        with self.ledger.turn() as page:
            known = page.known or Index(is_whole=self.is_surely_none())
            page.write(known if place in known.places else known.adding(place))
            self._doing("storing", place, at_stake=f"the login of {given.server} may have been stored all the same")
            try:
                vault.put(service_of(given.server), given.blob)
            except HelperError:
                self._take_back(page, place, vault)
                raise
            page.write(known.adding(place))
            return [*notes, *self._forget_elsewhere(page, place)]

    def erase(self, server: str) -> None:
        """Forget the login that `find` gives, if there is one."""
        form = form_of(server)
        if self._to_erase(form) is None:
            return
        self._watch.step("waiting for another process that changes the logins")
        with self.ledger.turn() as page:
            held = self._to_erase(form)
            if held is None:
                return  # another process was quicker
            places = [place for place in (page.known or Index()).places if place.form == held.form]
            for place in places or [held]:
                vault = self._ready(place)
                self._doing("erasing", place, at_stake=f"the login of {place.form} may have been erased or not")
                vault.drop(service_of(place.form))
            if page.known and places:
                page.write(page.known.without(*places))

    def readable(self) -> Iterator[Login | str]:
        """Give each login that can be read now, and notes for those that cannot: Docker loses all that it asked for
        where one of those that were listed is not had.
        """
        known = self.ledger.seen()
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

    def is_surely_none(self) -> bool:
        """Whether no login is stored that the index does not name: it is whole, or there is none, and no keyring that
        might have one.
        """
        known = self.ledger.seen()
        if known is not None:
            return known.is_whole and not self.ledger.is_anothers()
        return self._ring.is_surely_empty()

    def place(self) -> str:
        """Give the clause that tells where `store` would keep a login."""
        return self._ring.where(self._ring.chosen()[0])

    def _held(self, form: str) -> tuple[Place, Login] | None:
        return self._first_of(self._places(form))

    def _places(self, form: str) -> Iterator[Place]:
        """Give where a login for `form` may be, the likeliest first: the very form wins, wherever it is."""
        known = self.ledger.seen()
        named = known.of(form) if known else []
        yield from (place for place in named if place.form == form)
        guessed = [] if known and known.is_whole else list(self._guesses(form, known))
        yield from (place for place in guessed if place.form == form)
        yield from (place for place in (*named, *guessed) if place.form != form)

    def _to_erase(self, form: str) -> Place | None:
        """Give the place of the login for `form`. What cannot be read can be erased: `pass` asks for no passphrase."""
        try:
            held = self._held(form)
        except HelperError:
            known = self.ledger.seen()
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
        if not self._ring.lacks_file():
            yield from (Place(each, keyrings.FILE) for each in forms_like(form))
        for name in dict.fromkeys((self._ring.preferred(), known.keyring if known else "")):
            if name not in ("", keyrings.FILE):
                yield from (Place(each, name) for each in forms_like(form))

    def _read(self, place: Place) -> Login | None:
        vault = self._ring.vault(place.keyring)
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

    def _ready(self, place: Place) -> Vault:
        """Give the keyring of a place that is to be changed, if it can be: what never began is not at stake."""
        vault = self._ring.vault(place.keyring)
        self._doing("asking for", place)
        vault.check(service_of(place.form))
        return vault

    def _take_back(self, page: Page, place: Place, vault: Vault) -> None:
        """Name a login no more that was not stored, if that is certain."""
        with contextlib.suppress(HelperError, OSError):
            if page.known and vault.get(service_of(place.form)) is None:
                page.write(page.known.without(place))

    def _forget_elsewhere(self, page: Page, place: Place) -> Iterator[str]:
        """Forget what the form had in other keyrings; give notes on what cannot be: the new login is stored by now."""
        for other in (page.known or Index()).places:
            if other.form == place.form and other != place:
                failure = self._forget_aside(other)
                if failure:
                    yield f"an earlier login of {other.form} is not used, and may be there: {failure}"
                else:
                    page.write((page.known or Index()).without(other))

    def _forget_aside(self, place: Place) -> str:
        """Forget a login that is of no use any more, if it takes no time; give "" or why it did not."""
        self._doing("erasing", place)
        try:
            run_with_timeout(
                lambda: self._aside, lambda: self._ring.vault(place.keyring).drop(service_of(place.form)), self._watch
            )
        except HelperError as error:
            return f"{error.message} [{error.id}]"
        except DeadlineExceeded:
            return f"{self._watch.describe_hang()} [timed-out]"
        return ""

    def _doing(self, what: str, place: Place, at_stake: str = "") -> None:
        self._watch.step(f"{what} the login of {place.form} in {keyrings.called(place.keyring)}", at_stake)
