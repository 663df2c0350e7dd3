"""Logins: what somebody stored for a registry that is not ECR's, kept by keyring.

Nothing else imports keyring. Which logins there are is known without it (index.py).
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from credhelper import timeouts
from credhelper.error_catalog.logins import LOGIN_GARBLED
from credhelper.errors import HelperError
from credhelper.logins import login
from credhelper.logins.backends import choice
from credhelper.logins.backends.keyrings import Keyrings
from credhelper.logins.index import IndexContents, Location
from credhelper.logins.index_store import LoginIndex
from credhelper.logins.login import Login
from credhelper.logins.server_forms import equivalent_forms, normalize_form, service_name
from credhelper.system.deadline import DeadlineExceeded, run_with_timeout

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from credhelper.logins.backends.keyring_store import KeyringLoginStore
    from credhelper.logins.index_store import IndexEditor
    from credhelper.system.context import Context


class LoginStore:
    """The logins that the environment and the settings of `context` give. Every method raises HelperError."""

    def __init__(self, context: Context) -> None:
        self._progress = context.progress
        # seconds for a keyring from which only an old login is to be deleted
        self._optional_keyring_timeout = timeouts.optional_keyring_timeout(context.environ)
        self.index = LoginIndex(context.environ)
        self._keyrings = Keyrings(context, self.index)

    def find(self, server: str) -> Login | None:
        """Give the login for `server`, or None: the one of this very form, else the one of the forms that mean the same
        server that was stored last.
        """
        form = normalize_form(server)
        match, previous_dependencies, dependencies = None, None, self.index.observe_dependencies()
        # It may move to another keyring meanwhile, and be in neither when that is asked: then once more.
        while match is None and previous_dependencies != dependencies:
            previous_dependencies, match = dependencies, self._find(form)
            dependencies = self.index.observe_dependencies()
        return match[1] if match else None

    def store(self, new_login: Login) -> Sequence[str]:
        """Keep a login, in the place of any that its form had; give notes for the person.

        A new form is in the index before its login is in the keyring; the order of what is there already changes
        afterwards. Whoever is killed in between leaves what was there, or what is there now.
        """
        self.index.writable_directory()
        name, notes = self._keyrings.select()
        location = Location(new_login.server, name)
        keyring = self._writable_keyring(location)
        self._progress.step("waiting for another process that is changing the logins")
        with self.index.locked() as editor:
            contents = editor.contents or IndexContents(is_complete=self.has_no_unindexed_logins())
            editor.write(contents if location in contents.locations else contents.with_location(location))
            self._start_step(
                "storing", location, if_interrupted=f"the login of {new_login.server} may or may not have been stored"
            )
            try:
                keyring.set(service_name(new_login.server), new_login.to_json())
            except HelperError:
                self._roll_back(editor, location, keyring)
                raise
            editor.write(contents.with_location(location))
            return [*notes, *self._delete_stale_copies(editor, location)]

    def erase(self, server: str) -> None:
        """Forget the login that `find` gives, if there is one."""
        form = normalize_form(server)
        if self._find_location(form) is None:
            return
        self._progress.step("waiting for another process that is changing the logins")
        with self.index.locked() as editor:
            stored_location = self._find_location(form)
            if stored_location is None:
                return  # another process was quicker
            locations = [
                location
                for location in (editor.contents or IndexContents()).locations
                if location.form == stored_location.form
            ]
            for location in locations or [stored_location]:
                keyring = self._writable_keyring(location)
                self._start_step(
                    "erasing", location, if_interrupted=f"the login of {location.form} may or may not have been erased"
                )
                keyring.delete(service_name(location.form))
            if editor.contents and locations:
                editor.write(editor.contents.without_locations(*locations))

    def list_readable(self) -> Iterator[Login | str]:
        """Give each login that can be read now, and notes for those that cannot: Docker loses all that it asked for
        where one of those that were listed is not had.
        """
        contents = self.index.load_or_none()
        reported_messages: set[str] = set()
        for locations in contents.group_by_form() if contents else ():
            try:
                match = self._find_first(locations)
            except HelperError as error:
                if error.message not in reported_messages:
                    yield f"some logins are not listed: {error} [{error.id}]"
                reported_messages.add(error.message)
            else:
                if match is not None:
                    yield match[1]

    def has_no_unindexed_logins(self) -> bool:
        """Whether no login is stored that the index does not name: it is whole, or there is none, and no keyring that
        might have one.
        """
        contents = self.index.load_or_none()
        if contents is not None:
            return contents.is_complete and not self.index.belongs_to_other_user()
        return self._keyrings.is_known_empty()

    def describe_location(self) -> str:
        """Give the clause that tells where `store` would keep a login."""
        return self._keyrings.describe(self._keyrings.select()[0])

    def _find(self, form: str) -> tuple[Location, Login] | None:
        return self._find_first(self._candidate_locations(form))

    def _candidate_locations(self, form: str) -> Iterator[Location]:
        """Give where a login for `form` may be, the likeliest first: the very form wins, wherever it is."""
        contents = self.index.load_or_none()
        indexed_locations = contents.find_locations(form) if contents else []
        yield from (location for location in indexed_locations if location.form == form)
        fallback_locations = [] if contents and contents.is_complete else list(self._fallback_locations(form, contents))
        yield from (location for location in fallback_locations if location.form == form)
        yield from (location for location in (*indexed_locations, *fallback_locations) if location.form != form)

    def _find_location(self, form: str) -> Location | None:
        """Give the place of the login for `form`. What cannot be read can be erased: `pass` asks for no passphrase."""
        try:
            match = self._find(form)
        except HelperError:
            contents = self.index.load_or_none()
            locations = contents.find_locations(form) if contents else []
            if not locations:
                raise
            return locations[0]
        return match[0] if match else None

    def _find_first(self, locations: Iterable[Location]) -> tuple[Location, Login] | None:
        for location in locations:
            stored_login = self._read(location)
            if stored_login is not None:
                return location, stored_login
        return None

    def _fallback_locations(self, form: str, contents: IndexContents | None) -> Iterator[Location]:
        """Give where a login may be that no index tells of, since somebody has removed that."""
        if not self._keyrings.has_no_file():
            yield from (Location(equivalent_form, choice.FILE) for equivalent_form in equivalent_forms(form))
        for name in dict.fromkeys((self._keyrings.select_default(), contents.keyring if contents else "")):
            if name not in ("", choice.FILE):
                yield from (Location(equivalent_form, name) for equivalent_form in equivalent_forms(form))

    def _read(self, location: Location) -> Login | None:
        keyring = self._keyrings.open(location.keyring)
        self._start_step("reading", location)
        stored_json = keyring.get(service_name(location.form))
        if stored_json is None:
            return None
        stored_login = login.from_json(stored_json, location.form)
        if stored_login is None:
            raise LOGIN_GARBLED.error(keyring=choice.display_name(location.keyring), server=location.form)
        return stored_login

    def _writable_keyring(self, location: Location) -> KeyringLoginStore:
        """Give the keyring of a place that is to be changed, if it can be: what never began is not at stake."""
        keyring = self._keyrings.open(location.keyring)
        self._start_step("reading", location)
        keyring.require_usable(service_name(location.form))
        return keyring

    def _roll_back(self, editor: IndexEditor, location: Location, keyring: KeyringLoginStore) -> None:
        """Name a login no more that was not stored, if that is certain."""
        with contextlib.suppress(HelperError, OSError):
            if editor.contents and keyring.get(service_name(location.form)) is None:
                editor.write(editor.contents.without_locations(location))

    def _delete_stale_copies(self, editor: IndexEditor, location: Location) -> Iterator[str]:
        """Forget what the form had in other keyrings; give notes on what cannot be: the new login is stored by now."""
        for other_location in (editor.contents or IndexContents()).locations:
            if other_location.form == location.form and other_location != location:
                failure = self._try_delete(other_location)
                if failure:
                    yield f"an earlier login for {other_location.form} may remain in a keyring, unused: {failure}"
                else:
                    editor.write((editor.contents or IndexContents()).without_locations(other_location))

    def _try_delete(self, location: Location) -> str:
        """Forget a login that is of no use any more, if it takes no time; give "" or why it did not."""
        self._start_step("erasing", location)
        try:
            run_with_timeout(
                lambda: self._optional_keyring_timeout,
                lambda: self._keyrings.open(location.keyring).delete(service_name(location.form)),
                self._progress,
            )
        except HelperError as error:
            return f"{error} [{error.id}]"
        except DeadlineExceeded:
            return f"{self._progress.describe_hang()} [timed-out]"
        return ""

    def _start_step(self, action: str, location: Location, if_interrupted: str = "") -> None:
        self._progress.step(
            f"{action} the login of {location.form} in {choice.display_name(location.keyring)}", if_interrupted
        )
