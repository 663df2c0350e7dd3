"""Storing and finding logins for registries other than ECR, in a keyring.

Only the modules in logins/backends import the keyring library. Which logins exist is known without it (index.py).
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
    """The logins that the environment and the settings of `context` select. Every method may raise HelperError."""

    def __init__(self, context: Context) -> None:
        self._progress = context.progress
        # seconds for a keyring that is used only to delete an outdated login
        self._optional_keyring_timeout = timeouts.optional_keyring_timeout(context.environ)
        self.index = LoginIndex(context.environ)
        self._keyrings = Keyrings(context, self.index)

    def find(self, server: str) -> Login | None:
        """Return the login for `server`, or None if there is none.

        The login of exactly this form wins, else the last one stored for another form of the same server.
        """
        form = normalize_form(server)
        match, previous_dependencies, dependencies = None, None, self.index.observe_dependencies()
        # A login may move to another keyring during the search and be found in neither: then search again.
        while match is None and previous_dependencies != dependencies:
            previous_dependencies, match = dependencies, self._find(form)
            dependencies = self.index.observe_dependencies()
        return match[1] if match else None

    def store(self, new_login: Login) -> Sequence[str]:
        """Store a login in place of any earlier one of its form; return notes for the user.

        The index lists a new location before the keyring has the login; the order of known locations changes only
        afterwards. If the process is killed in between, either the earlier login or the new one answers.
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
        """Erase the login that `find` returns, if there is one."""
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
        """Yield each login that can be read now, and notes on those that cannot.

        If a listed login cannot be obtained, Docker loses all the logins that it asked for.
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
        """Return whether the index lists every login that is stored.

        Without an index, return whether no keyring that would be searched can contain a login.
        """
        contents = self.index.load_or_none()
        if contents is not None:
            return contents.is_complete and not self.index.belongs_to_other_user()
        return self._keyrings.is_known_empty()

    def describe_location(self) -> str:
        """Return the clause that names the place where `store` would put a login."""
        return self._keyrings.describe(self._keyrings.select()[0])

    def _find(self, form: str) -> tuple[Location, Login] | None:
        return self._find_first(self._candidate_locations(form))

    def _candidate_locations(self, form: str) -> Iterator[Location]:
        """Yield where a login for `form` may be, the likeliest location first: the exact form wins, in any keyring."""
        contents = self.index.load_or_none()
        indexed_locations = contents.find_locations(form) if contents else []
        yield from (location for location in indexed_locations if location.form == form)
        fallback_locations = [] if contents and contents.is_complete else list(self._fallback_locations(form, contents))
        yield from (location for location in fallback_locations if location.form == form)
        yield from (location for location in (*indexed_locations, *fallback_locations) if location.form != form)

    def _find_location(self, form: str) -> Location | None:
        """Return the location of the login for `form`, or None.

        An unreadable login has a location too, so that it can be erased: `pass` needs no passphrase for that.
        """
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
        """Yield where a login for `form` may be that the index does not list, since an earlier index was removed."""
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
        """Return the keyring of a location that is about to be changed.

        Raises HelperError if the keyring is unusable; no login has been changed then.
        """
        keyring = self._keyrings.open(location.keyring)
        self._start_step("reading", location)
        keyring.require_usable(service_name(location.form))
        return keyring

    def _roll_back(self, editor: IndexEditor, location: Location, keyring: KeyringLoginStore) -> None:
        """Remove the location of a login from the index if the login was certainly not stored."""
        with contextlib.suppress(HelperError, OSError):
            if editor.contents and keyring.get(service_name(location.form)) is None:
                editor.write(editor.contents.without_locations(location))

    def _delete_stale_copies(self, editor: IndexEditor, location: Location) -> Iterator[str]:
        """Delete the logins that the form has in other keyrings; yield a note for each that cannot be deleted.

        That is not an error, since the new login is already stored.
        """
        for other_location in (editor.contents or IndexContents()).locations:
            if other_location.form == location.form and other_location != location:
                failure = self._try_delete(other_location)
                if failure:
                    yield f"an earlier login for {other_location.form} may remain in a keyring, unused: {failure}"
                else:
                    editor.write((editor.contents or IndexContents()).without_locations(other_location))

    def _try_delete(self, location: Location) -> str:
        """Delete an outdated login, with a short timeout; return the reason if that failed, else ""."""
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
