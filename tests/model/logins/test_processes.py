"""Any sequence that processes make, one after the other and at once, and of which some are killed at any moment."""

from __future__ import annotations

from typing import NamedTuple

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import rule

from tests.model.logins.helpers import Nursery, all_ended
from tests.model.logins.history import Event
from tests.model.logins.machine import LIST, Dictionary, erases, gets, stores
from tests.model.logins.places import OWN

_SHORT = 0.02  # seconds for a helper to come to rest, before the next one is started


class Plan(NamedTuple):
    """What a process does, before which of its calls it stops, if it does, and whether it is killed then."""

    event: Event
    stop: int | None
    is_killed: bool


events = stores | stores | erases | gets | st.just(LIST)
plans = st.builds(Plan, events, st.none() | st.integers(0, 50), st.booleans())


class ByProcesses(Dictionary):
    """Whole helpers, each a process of its own."""

    nursery: Nursery

    def teardown(self) -> None:
        self.nursery.clear()
        super().teardown()

    def do(self, event: Event) -> Event:
        return self.nursery.start(self.home.environ, event).ended()

    @rule(plans=st.lists(plans, min_size=2, max_size=4))
    def together(self, plans: list[Plan]) -> None:
        helpers = []
        for plan in plans:
            helper = self.nursery.start(self.home.environ, plan.event, plan.stop)
            helper.has_come_to_rest(_SHORT)
            helpers.append(helper)
        for plan, helper in zip(plans, helpers):
            if plan.is_killed:
                helper.kill()
        self.see(*all_ended(helpers))


class ByProcessesInAKeyring(ByProcesses):
    keyring = OWN


@pytest.fixture(autouse=True)
def processes(nursery: Nursery) -> None:
    ByProcesses.nursery = nursery


ByProcesses.TestCase.settings = settings(max_examples=20, stateful_step_count=10, report_multiple_bugs=False)
ByProcessesInAKeyring.TestCase.settings = ByProcesses.TestCase.settings
TestByProcesses = ByProcesses.TestCase
TestByProcessesInAKeyring = ByProcessesInAKeyring.TestCase
