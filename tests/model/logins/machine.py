"""Logins in any sequence, next to the dictionary: what holds however the helper is run."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from tests.model.logins.history import Event, ways
from tests.model.logins.places import FILE, MEMORY, Home
from tests.model.logins.reference import FORMS, NOTHING, Kept

# Mostly of one server, or no two forms would ever meet.
forms = st.sampled_from(FORMS[:5]) | st.sampled_from(FORMS)
# JSON and the line that a keyring keeps are all of text but the NUL, which no registry takes (RFC 7617).
words = st.text(st.characters(exclude_characters="\0"))
users = st.sampled_from(["<token>", "AWS"]) | words.filter(bool)
secrets = st.sampled_from(["", '"', "one\ntwo\r\n", "t" * 10_000]) | words
stores = st.builds(lambda form, *login: Event("store", form, login), forms, users, secrets)
erases = forms.map(lambda form: Event("erase", form))
gets = forms.map(lambda form: Event("get", form))
LIST = Event("list")


class Dictionary(RuleBasedStateMachine):
    """A home, and each way in which its logins may stand."""

    keyring = FILE

    def __init__(self) -> None:
        super().__init__()
        self._folder = tempfile.TemporaryDirectory(dir=MEMORY)
        self.home = Home(Path(self._folder.name), self.keyring)
        self.ways: set[Kept] = {NOTHING}

    def teardown(self) -> None:
        self._folder.cleanup()

    def do(self, event: Event) -> Event:
        """Do what an event does, and give it with what came of it."""
        return self.home.do(event)

    def see(self, *history: Event) -> None:
        """Expect that what was seen can be explained."""
        then = {way for kept in self.ways for way in ways(kept, history)}
        assert then, f"{history} after {self.ways}"
        self.ways = then

    @rule(event=stores)
    def store(self, event: Event) -> None:
        self.see(self.do(event))

    @rule(event=gets)
    def get(self, event: Event) -> None:
        self.see(self.do(event))

    @rule(event=erases)
    def erase(self, event: Event) -> None:
        self.see(self.do(event))

    @rule()
    def list(self) -> None:
        self.see(self.do(LIST))
