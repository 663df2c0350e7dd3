"""A machine in any sequence of gets, clocks, roles, failures and damage, beside a model of what may be served.

The model keeps what was sold in TLRUCaches on a clock that nobody can set: the oracle of what is fresh, and of what
has not expired. What is served has not expired, and is never another identity's; while there is a fresh token nobody
asks AWS, and where there is none somebody does; no denial is bridged; and whatever happens, a get ends with an answer
or with AWS's failure.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path
from typing import Callable, NamedTuple, TypeVar

import pytest
from cachetools import TLRUCache
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from credhelper import behind
from credhelper.aws.metadata import RoleInfo
from credhelper.cache.record import CredentialSource, Token
from credhelper.cache.shelf import TokenCache
from credhelper.errors import HelperError
from credhelper.patience import FAILURE_TTL
from credhelper.registry import Registry
from credhelper.resolve import TokenSource
from credhelper.target import Target, without_settings
from credhelper.watch import Progress
from tests.model.machine import Machine, Sold

T = TypeVar("T")

HOUR = 3600
OUTAGES, DENIALS = ("unreachable", "throttled"), ("policy-missing", "clock-skewed")
ONE, TWO = "1" * 12, "2" * 12

registries = st.sampled_from(
    [
        Registry(ONE, "us-east-1"),
        Registry(TWO, "us-east-1"),
        Registry(ONE, "us-east-1", fips=True),
        Registry(ONE, "eu-west-1"),
    ]
)
profiles = st.sampled_from(["one", "two"])


class Meanwhile(NamedTuple):
    """What has come to pass before something is done: seconds go by; the wall's clock is some hours off; AWS fails in
    some way, or sells tokens that live for so long; the machine has a role.
    """

    seconds: int = 0
    hours_off: int = 0
    failure: str = ""
    life: int = 12 * HOUR
    role: str = "app"


# Mostly little, or no token would live for long.
meanwhile = st.builds(
    Meanwhile,
    seconds=st.sampled_from([0, 0, 0, 0, 1, 1, 61, 301, 301, HOUR // 2, 5 * HOUR, 7 * HOUR, 13 * HOUR]),
    hours_off=st.sampled_from([*[0] * 12, 7, 13, -7, -13]),
    failure=st.sampled_from([*[""] * 4, *OUTAGES, *DENIALS]),
    life=st.sampled_from([12 * HOUR, 12 * HOUR, 12 * HOUR, HOUR]),
    role=st.sampled_from(["app", "app", "app", "batch"]),
)
failures = st.builds(
    Meanwhile,
    seconds=st.sampled_from([HOUR * 3 // 4, 7 * HOUR, 11 * HOUR, 13 * HOUR]),
    hours_off=st.sampled_from([0, 0, -13]),
    failure=st.sampled_from(OUTAGES + DENIALS),
    role=st.sampled_from(["app", "app", "app", "batch"]),
)


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
        self.now = Meanwhile()
        self.failed_at = 0.0
        self.exchanges = 0
        self.last = Registry(ONE, "us-east-1"), "one"
        self.alive = self.cache(1)
        self.fresh = self.cache(1 / 2)
        self.sold_in: set[int] = set()  # which boots
        self.disturbed: set[object] = set()  # where a get may ask although a fresh token was sold

    def teardown(self) -> None:
        self._home.cleanup()

    def cache(self, part: float) -> TLRUCache[object, Sold]:
        """Give a cache that keeps what was sold for a part of its life."""
        return TLRUCache(9999, lambda _, sold, __: sold.at + sold.life * part, lambda: self.machine.truth)

    @initialize()
    def get_one(self) -> None:
        self.get_again(Meanwhile())

    @rule(registry=registries, profile=profiles, meanwhile=meanwhile)
    def get(self, registry: Registry, profile: str, meanwhile: Meanwhile) -> None:
        self.last = registry, profile
        self.get_again(meanwhile)

    @rule(meanwhile=failures)
    def get_hours_later_from_an_aws_that_fails(self, meanwhile: Meanwhile) -> None:
        self.get_again(meanwhile)

    @rule(meanwhile=meanwhile)
    def get_again(self, meanwhile: Meanwhile) -> None:
        self.let(meanwhile)
        before, key = self.exchanges, self.key(*self.last)
        must_hit = key in self.fresh and key not in self.disturbed
        answer, failure = done(self.errand(*self.last).get)
        if self.exchanges > before:
            assert not must_hit
        if answer is None:
            assert not must_hit
            assert failure == self.failure() or self.failed_just_now()
            return
        sold = self.served(answer.stdout)
        if self.exchanges > before:
            assert self.failure() not in DENIALS
            assert sold.role == self.now.role
        elif not self.failed_just_now():
            assert self.machine.truth - sold.at < sold.life / 2

    @rule(meanwhile=meanwhile)
    def look_behind(self, meanwhile: Meanwhile) -> None:
        """What a hit leaves behind it; the get after that has the machine's own role."""
        self.let(meanwhile)
        _, failure = done(lambda: self.errand(*self.last).refresh_if_due(lambda _: RoleInfo(f"arn {self.now.role}")))
        assert failure in ("", self.failure())
        at_hand = self.errand(*self.last).cached_token()
        if at_hand is None:
            self.disturbed.add(self.key(*self.last))  # another role's was dropped
        else:
            assert self.served(at_hand.body).role == self.now.role

    @rule(registry=registries, profile=profiles, meanwhile=meanwhile)
    def refresh(self, registry: Registry, profile: str, meanwhile: Meanwhile) -> None:
        self.let(meanwhile)
        before = self.exchanges
        _, failure = done(self.errand(registry, profile).refresh)
        assert failure == self.failure()
        assert self.exchanges == before + 1

    @rule(keeps=st.booleans())
    def boot(self, keeps: bool) -> None:
        """With the files of before, or without."""
        self.machine.boot()
        self.disturb()
        if not keeps:
            shutil.rmtree(Path(self._home.name, ".cache"), ignore_errors=True)
            self.sold_in.clear()

    @rule()
    def leave_what_a_killed_process_leaves(self) -> None:
        for path in self.files()[:1]:
            for name in (".tmp-1-2", ".lock-0a-0"):
                path.with_name(name).write_bytes(path.read_bytes()[:100])

    @rule(
        which=st.integers(0, 99), start=st.integers(0, 600), length=st.sampled_from([1, 100, 9999]), cut=st.booleans()
    )
    def damage(self, which: int, start: int, length: int, cut: bool) -> None:
        """A part of a file was never written to the disk: it is cut off there, or blank."""
        if self.files():
            path = self.files()[which % len(self.files())]
            data = path.read_bytes()
            lost = len(data[start : start + length])
            path.write_bytes(data[:start] + (b"" if cut else b"\0" * lost + data[start + lost :]))
            self.disturb()

    @invariant()
    def everything_is_private(self) -> None:
        assert all(path.stat().st_mode & 0o077 == 0 or path.name.startswith(".") for path in self.files())

    def let(self, meanwhile: Meanwhile) -> None:
        """Let it come to pass."""
        self.now = meanwhile
        self.machine.truth += meanwhile.seconds
        # Of a token of another boot only the wall's clock can tell the age: there nobody sets it back.
        if meanwhile.hours_off >= 0 or self.sold_in <= {self.machine.boots}:
            self.set_clock(meanwhile.hours_off)

    def set_clock(self, hours_off: int) -> None:
        if self.machine.off != hours_off * HOUR:
            self.machine.off = hours_off * HOUR
            self.disturb()

    def errand(self, registry: Registry, profile: str) -> TokenSource:
        def exchange(_: Target, watch: Progress) -> Token:
            self.exchanges += 1
            watch.role_identity = f"arn {self.now.role}"
            if self.failure():
                self.failed_at = self.machine.truth
                raise HelperError(self.failure(), "it failed", "mend it")
            return self.sell(registry, profile)

        environ = {"HOME": self._home.name, "AWS_PROFILE": profile}
        return TokenSource(without_settings(registry), TokenCache(environ), clock=self.machine, exchange=exchange)

    def sell(self, registry: Registry, profile: str) -> Token:
        sold = Sold(profile, self.now.role, registry.scope, self.machine.truth, self.now.life)
        password = f"password {self.exchanges}"
        self.alive[password] = self.fresh[self.key(registry, profile)] = sold
        self.sold_in.add(self.machine.boots)
        self.disturbed.discard(self.key(registry, profile))
        told = CredentialSource(non_interactive=True, role_identity=("http://metadata", f"arn {self.now.role}"))
        return Token("AWS", password, self.machine.utc() + sold.life, told)

    def served(self, text: bytes) -> Sold:
        """Give what was served as the model knows it: not expired, and of whom it was asked for."""
        registry, profile = self.last
        login = json.loads(text)
        assert login["ServerURL"] == registry.host
        assert login["Secret"] in self.alive
        sold: Sold = self.alive[login["Secret"]]
        assert (sold.scope, sold.profile) == (registry.scope, profile)
        return sold

    def failure(self) -> str:
        """Give how AWS fails, which takes no signature of a wrong time."""
        return self.now.failure or ("clock-skewed" if self.machine.off else "")

    def failed_just_now(self) -> bool:
        return self.machine.truth - self.failed_at <= FAILURE_TTL

    def key(self, registry: Registry, profile: str) -> object:
        return registry.scope, profile

    def disturb(self) -> None:
        self.disturbed.update(self.fresh)

    def files(self) -> list[Path]:
        return sorted(path for path in Path(self._home.name).rglob("*") if path.is_file())


@pytest.fixture(autouse=True)
def nothing_is_left_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    """The rule `look_behind` does it."""
    monkeypatch.setattr(behind, "spawn_refresh", lambda *_: None)


Helper.TestCase.settings = settings(max_examples=100, stateful_step_count=50, deadline=None, report_multiple_bugs=False)
TestHelper = Helper.TestCase
