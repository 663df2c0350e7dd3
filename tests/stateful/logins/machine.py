"""Logins in any sequence, next to the dictionary: what holds however the helper is run."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from tests.stateful.logins.history import Event, possible_states
from tests.stateful.logins.homes import FILE_KEYRING, MEMORY_DIRECTORY, Home
from tests.stateful.logins.reference import EMPTY, FORMS, State

# Mostly of one server, or no two forms would ever meet.
forms = st.sampled_from(FORMS[:5]) | st.sampled_from(FORMS)
# JSON and the line that a keyring keeps are all of text but the NUL, which no registry takes (RFC 7617).
texts = st.text(st.characters(exclude_characters="\0"))
users = st.sampled_from(["<token>", "AWS"]) | texts.filter(bool)
secrets = st.sampled_from(["", '"', "one\ntwo\r\n", "t" * 10_000]) | texts
stores = st.builds(lambda form, *login: Event("store", form, login), forms, users, secrets)
erases = forms.map(lambda form: Event("erase", form))
gets = forms.map(lambda form: Event("get", form))
LIST = Event("list")


class LoginMachine(RuleBasedStateMachine):
    """A home, and each way in which its logins may stand."""

    keyring = FILE_KEYRING

    def __init__(self) -> None:
        super().__init__()
        self._directory = tempfile.TemporaryDirectory(dir=MEMORY_DIRECTORY)
        self.home = Home(Path(self._directory.name), self.keyring)
        self.states: set[State] = {EMPTY}

    def teardown(self) -> None:
        self._directory.cleanup()

    def execute(self, event: Event) -> Event:
        """Do what an event does, and give it with what came of it."""
        return self.home.execute(event)

    def check_history(self, *history: Event) -> None:
        """Expect that what was seen can be explained."""
        states = {next_state for state in self.states for next_state in possible_states(state, history)}
        assert states, f"{history} after {self.states}"
        self.states = states

    @rule(event=stores)
    def store(self, event: Event) -> None:
        self.check_history(self.execute(event))

    @rule(event=gets)
    def get(self, event: Event) -> None:
        self.check_history(self.execute(event))

    @rule(event=erases)
    def erase(self, event: Event) -> None:
        self.check_history(self.execute(event))

    @rule()
    def list(self) -> None:
        self.check_history(self.execute(LIST))
