"""A machine in any sequence of gets, clocks, roles, failures and damage, beside a model of what may be served.

The model's tokens are in a TLRUCache, on a clock that nobody can set: the oracle of what is fresh, and of what has
expired. What is served is never expired, never another identity's; while a fresh token is there, nobody asks AWS; and
whatever fails, a get ends with an answer or with a failure of AWS's.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Callable, NamedTuple, TypeVar

import pytest
from cachetools import TLRUCache
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from credhelper import behind
from credhelper.aws.metadata import Seen
from credhelper.clock import Clock
from credhelper.entry import Moment
from credhelper.errors import HelperError
from credhelper.record import Origin, Token
from credhelper.registry import Registry
from credhelper.resolve import Errand
from credhelper.watch import Watch

T = TypeVar("T")

HOUR = 3600
FRESH, WHOLE = 6 * HOUR, 12 * HOUR
PROFILES, ROLES = ("one", "two"), ("app", "batch")
REGISTRIES = tuple(Registry(account * 12, region) for account in "12" for region in ("us-east-1", "eu-west-1"))
OUTAGES, DENIALS = ("unreachable", "throttled"), ("policy-missing", "credentials-invalid")


class Sold(NamedTuple):
    """A token as the model knows it; `at` by the clock that nobody can set, in the manieth boot."""

    profile: str
    role: str
    region: str
    at: float
    boot: int


class Machine(Clock):
    """Clocks, of which the wall's can be set, and the truth."""

    def __init__(self) -> None:
        self.truth = 1_000_000.0
        self.wrong = 0.0  # how far the wall's clock is off
        self.booted = self.truth - 1000
        self.boots = 1

    def now(self) -> Moment:
        wall = 1_800_000_000 + self.truth + self.wrong
        return Moment(wall, b"boot-%d" % self.boots, self.truth - self.booted)

    def sleep(self, seconds: float) -> None:
        self.truth += seconds

    def chance(self) -> float:
        return 0.5


def done(what: Callable[[], T]) -> tuple[T | None, str]:
    """Give what was done, or the id of why not."""
    try:
        return what(), ""
    except HelperError as error:
        return None, error.id


class Helper(RuleBasedStateMachine):
    """The helper on a machine, and the model."""

    def __init__(self) -> None:
        super().__init__()
        self._home = tempfile.TemporaryDirectory()
        self.machine = Machine()
        self.role = "app"
        self.failure = ""
        self.sold: dict[str, Sold] = {}
        self.exchanges = 0
        self.disturbed: set[tuple[str, str]] = set()  # where a get may ask although a fresh token was sold
        self.fresh: TLRUCache[tuple[str, str], str] = TLRUCache(
            99, lambda _, __, now: now + FRESH, lambda: self.machine.truth
        )

    def teardown(self) -> None:
        self._home.cleanup()

    def errand(self, registry: Registry, profile: str) -> Errand:
        def exchange(registry: Registry, watch: Watch) -> Token:
            watch.told = f"arn {self.role}"
            self.exchanges += 1
            if self.failure:
                raise HelperError(self.failure, "it failed", "mend it", outage=self.failure in OUTAGES)
            return self.sell(registry, profile)

        environ = {"HOME": self._home.name, "AWS_PROFILE": profile}
        return Errand(registry, environ, clock=self.machine, exchange=exchange)

    def sell(self, registry: Registry, profile: str) -> Token:
        password = str(len(self.sold))
        self.sold[password] = Sold(profile, self.role, registry.region, self.machine.truth, self.machine.boots)
        self.fresh[profile, registry.region] = password
        self.disturbed.discard((profile, registry.region))
        origin = Origin(unattended=True, told=("http://metadata", f"arn {self.role}"))
        return Token("AWS", password, self.machine.now().wall + WHOLE, origin)

    @rule(registry=st.sampled_from(REGISTRIES), profile=st.sampled_from(PROFILES))
    def get(self, registry: Registry, profile: str) -> None:
        key = (profile, registry.region)
        before = self.exchanges
        must_hit = key in self.fresh and key not in self.disturbed
        answer, failure = done(self.errand(registry, profile).get)
        if answer is None:
            # An outage may be that of an attempt a moment ago.
            assert failure == self.failure or failure in OUTAGES
            assert not must_hit
            return
        login = json.loads(answer.text)
        assert login["ServerURL"] == registry.host
        self.check(self.sold[login["Secret"]], registry, profile)
        if self.exchanges > before:
            assert not must_hit
            assert self.failure not in DENIALS
            assert self.sold[login["Secret"]].role == self.role

    def disturb(self) -> None:
        self.disturbed.update((profile, registry.region) for profile in PROFILES for registry in REGISTRIES)

    def check(self, sold: Sold, registry: Registry, profile: str) -> None:
        assert (sold.profile, sold.region) == (profile, registry.region)
        assert self.machine.truth - sold.at < WHOLE

    @rule(registry=st.sampled_from(REGISTRIES), profile=st.sampled_from(PROFILES))
    def look_behind(self, registry: Registry, profile: str) -> None:
        """What a hit leaves behind it; the get after that has the machine's own role."""
        errand = self.errand(registry, profile)
        _, failure = done(lambda: errand.look_after(lambda _: Seen(f"arn {self.role}")))
        assert failure in ("", self.failure)
        at_hand = self.errand(registry, profile).at_hand()
        if at_hand is not None:
            assert self.sold[json.loads(at_hand.text)["Secret"]].role == self.role
        else:
            self.disturb()  # another role's was dropped

    @rule(registry=st.sampled_from(REGISTRIES), profile=st.sampled_from(PROFILES))
    def refresh(self, registry: Registry, profile: str) -> None:
        before = self.exchanges
        _, failure = done(self.errand(registry, profile).refresh)
        assert failure == self.failure
        assert self.exchanges == before + 1

    @rule(seconds=st.sampled_from([1, 301, 5 * HOUR, 7 * HOUR, 13 * HOUR]))
    def wait(self, seconds: int) -> None:
        self.machine.truth += seconds

    @rule(hours=st.sampled_from([-13, -7, 7, 13]))
    def set_the_clock(self, hours: int) -> None:
        """Of a token of another boot, only this clock can tell the age: there it is not set back."""
        if hours < 0 and any(
            sold.boot != self.machine.boots and self.machine.truth - sold.at < WHOLE for sold in self.sold.values()
        ):
            return
        self.machine.wrong += hours * HOUR
        self.disturb()

    @rule()
    def boot_again_with_the_right_time(self) -> None:
        self.machine.wrong = 0
        self.machine.boots += 1
        self.machine.booted = self.machine.truth - 30
        self.disturb()

    @rule(role=st.sampled_from(ROLES))
    def attach(self, role: str) -> None:
        self.role = role

    @rule(failure=st.sampled_from(["", "", *OUTAGES, *DENIALS]))
    def aws_becomes(self, failure: str) -> None:
        self.failure = failure

    @rule(which=st.integers(0, 99), keep=st.integers(0, 600))
    def truncate(self, which: int, keep: int) -> None:
        """A file of the cache is cut off, as after a power cut."""
        if self.files():
            path = self.files()[which % len(self.files())]
            path.write_bytes(path.read_bytes()[:keep])
            self.disturb()

    @rule()
    def leave_what_a_killed_process_leaves(self) -> None:
        for path in self.files()[:1]:
            for name in (".tmp-1-2", ".lock-0a-0"):
                path.with_name(name).write_bytes(path.read_bytes()[:100])

    @invariant()
    def everything_is_private(self) -> None:
        assert all(path.stat().st_mode & 0o077 == 0 or path.name.startswith(".") for path in self.files())

    def files(self) -> list[Path]:
        return sorted(path for path in Path(self._home.name).rglob("*") if path.is_file())


@pytest.fixture(autouse=True)
def nothing_is_left_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    """The rule `look_behind` does it."""
    monkeypatch.setattr(behind, "leave", lambda *_: None)


Helper.TestCase.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
TestHelper = Helper.TestCase
