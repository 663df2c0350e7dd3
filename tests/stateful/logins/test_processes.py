"""Any sequence that processes make, one after the other and at once, and of which some are killed at any moment."""

from __future__ import annotations

from typing import NamedTuple

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import rule

from tests.stateful.logins.helpers import ForkServer, finish_all
from tests.stateful.logins.history import Event
from tests.stateful.logins.homes import OWN_KEYRING
from tests.stateful.logins.machine import LIST, LoginMachine, erases, gets, stores

_WAIT = 0.02  # seconds for a helper to come to rest, before the next one is started


class Plan(NamedTuple):
    """What a process does, before which of its calls it stops, if it does, and whether it is killed then."""

    event: Event
    stop_before: int | None
    is_killed: bool


events = stores | stores | erases | gets | st.just(LIST)
plans = st.builds(Plan, events, st.none() | st.integers(0, 50), st.booleans())


class ProcessMachine(LoginMachine):
    """Whole helpers, each a process of its own."""

    fork_server: ForkServer

    def teardown(self) -> None:
        self.fork_server.kill_all()
        super().teardown()

    def execute(self, event: Event) -> Event:
        return self.fork_server.start(self.home.environ, event).finish()

    @rule(plans=st.lists(plans, min_size=2, max_size=4))
    def run_concurrently(self, plans: list[Plan]) -> None:
        helpers = []
        for plan in plans:
            helper = self.fork_server.start(self.home.environ, plan.event, plan.stop_before)
            helper.wait_until_idle(_WAIT)
            helpers.append(helper)
        for plan, helper in zip(plans, helpers):
            if plan.is_killed:
                helper.kill()
        self.check_history(*finish_all(helpers))


class KeyringProcessMachine(ProcessMachine):
    keyring = OWN_KEYRING


@pytest.fixture(autouse=True)
def assign_fork_server(fork_server: ForkServer) -> None:
    ProcessMachine.fork_server = fork_server


ProcessMachine.TestCase.settings = settings(max_examples=20, stateful_step_count=10, report_multiple_bugs=False)
KeyringProcessMachine.TestCase.settings = ProcessMachine.TestCase.settings
TestProcesses = ProcessMachine.TestCase
TestKeyringProcesses = KeyringProcessMachine.TestCase
