"""A machine in any sequence of gets, clocks, roles, failures and damage, beside a model of what may be served.

The model keeps the issued tokens in TLRUCaches on a clock that cannot be set, which determine what is fresh and what
has not expired. A token that is served has not expired, and never belongs to another identity. A get calls AWS if and
only if there is no fresh token. A stale token is not served after a denial. Each get ends with an answer or an error.
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

from credhelper import background
from credhelper.aws.imds import RoleInfo
from credhelper.ecr.registry import Registry
from credhelper.ecr.target import Target, without_settings
from credhelper.ecr.token import CredentialSource, Token
from credhelper.errors import HelperError
from credhelper.settings.rules import Settings
from credhelper.system.context import Context
from credhelper.system.deadline import Progress
from credhelper.timeouts import FAILURE_TTL
from credhelper.tokens.source import TokenSource
from tests.stateful.machine import IssuedToken, Machine
from tests.support.factories import create_error

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


class Conditions(NamedTuple):
    """The conditions of a step: the time since the last one, the clock's error, AWS's behavior, and the role."""

    seconds: int = 0
    hours_off: int = 0
    failure: str = ""
    lifetime: int = 12 * HOUR
    role: str = "app"


# Mostly little, or no token would live for long.
conditions = st.builds(
    Conditions,
    seconds=st.sampled_from([0, 0, 0, 0, 1, 1, 61, 301, 301, HOUR // 2, 5 * HOUR, 7 * HOUR, 13 * HOUR]),
    hours_off=st.sampled_from([*[0] * 12, 7, 13, -7, -13]),
    failure=st.sampled_from([*[""] * 4, *OUTAGES, *DENIALS]),
    lifetime=st.sampled_from([12 * HOUR, 12 * HOUR, 12 * HOUR, HOUR]),
    role=st.sampled_from(["app", "app", "app", "batch"]),
)
failing_conditions = st.builds(
    Conditions,
    seconds=st.sampled_from([HOUR * 3 // 4, 7 * HOUR, 11 * HOUR, 13 * HOUR]),
    hours_off=st.sampled_from([0, 0, -13]),
    failure=st.sampled_from(OUTAGES + DENIALS),
    role=st.sampled_from(["app", "app", "app", "batch"]),
)


def attempt(action: Callable[[], T]) -> tuple[T | None, str]:
    """Give what was done, or the id of why not."""
    try:
        return action(), ""
    except HelperError as error:
        return None, error.id


class HelperMachine(RuleBasedStateMachine):
    """The helper on a machine, and the model."""

    def __init__(self) -> None:
        super().__init__()
        self._home = tempfile.TemporaryDirectory()
        self.machine = Machine()
        self.conditions = Conditions()
        self.failed_at = 0.0
        self.exchange_count = 0
        self.last_request = Registry(ONE, "us-east-1"), "one"
        self.valid_tokens = self.make_cache(1)
        self.fresh_tokens = self.make_cache(1 / 2)
        self.issue_boots: set[int] = set()  # which boots
        self.uncertain_keys: set[object] = set()  # where a get may ask although there is a fresh token

    def teardown(self) -> None:
        self._home.cleanup()

    def make_cache(self, fraction: float) -> TLRUCache[object, IssuedToken]:
        """Return a cache that keeps issued tokens for a part of their lifetime."""
        return TLRUCache(
            9999, lambda _, token, __: token.issued_at + token.lifetime * fraction, lambda: self.machine.real_time
        )

    @initialize()
    def get_first(self) -> None:
        self.get_again(Conditions())

    @rule(registry=registries, profile=profiles, conditions=conditions)
    def get(self, registry: Registry, profile: str, conditions: Conditions) -> None:
        self.last_request = registry, profile
        self.get_again(conditions)

    @rule(conditions=failing_conditions)
    def get_during_failure(self, conditions: Conditions) -> None:
        self.get_again(conditions)

    @rule(conditions=conditions)
    def get_again(self, conditions: Conditions) -> None:
        self.apply_conditions(conditions)
        count_before, key = self.exchange_count, self.make_key(*self.last_request)
        must_hit = key in self.fresh_tokens and key not in self.uncertain_keys
        result, failure = attempt(self.make_source(*self.last_request).get)
        if self.exchange_count > count_before:
            assert not must_hit
        if result is None:
            assert not must_hit
            assert failure == self.get_failure_id() or self.has_recent_failure()
            return
        token = self.find_served(result.stdout)
        if self.exchange_count > count_before:
            assert self.get_failure_id() not in DENIALS
            assert token.role == self.conditions.role
        elif not self.has_recent_failure():
            assert self.machine.real_time - token.issued_at < token.lifetime / 2

    @rule(conditions=conditions)
    def check_in_background(self, conditions: Conditions) -> None:
        """Run the background refresh of a hit; the get after that has the role of the machine."""
        self.apply_conditions(conditions)
        _, failure = attempt(
            lambda: self.make_source(*self.last_request).refresh_if_due(
                lambda _: RoleInfo(f"arn {self.conditions.role}")
            )
        )
        assert failure in ("", self.get_failure_id())
        entry = self.make_source(*self.last_request).cached_token()
        if entry is None:
            self.uncertain_keys.add(self.make_key(*self.last_request))  # another role's was dropped
        else:
            assert self.find_served(entry.body).role == self.conditions.role

    @rule(registry=registries, profile=profiles, conditions=conditions)
    def refresh(self, registry: Registry, profile: str, conditions: Conditions) -> None:
        self.apply_conditions(conditions)
        count_before = self.exchange_count
        _, failure = attempt(self.make_source(registry, profile).refresh)
        assert failure == self.get_failure_id()
        assert self.exchange_count == count_before + 1

    @rule(keep_files=st.booleans())
    def boot(self, keep_files: bool) -> None:
        """With the files of before, or without."""
        self.machine.reboot()
        self.mark_all_uncertain()
        if not keep_files:
            shutil.rmtree(Path(self._home.name, ".cache"), ignore_errors=True)
            self.issue_boots.clear()

    @rule()
    def leave_killed_files(self) -> None:
        for path in self.list_files()[:1]:
            for name in (".tmp-1-2", ".lock-0a-0"):
                path.with_name(name).write_bytes(path.read_bytes()[:100])

    @rule(
        index=st.integers(0, 99),
        start=st.integers(0, 600),
        length=st.sampled_from([1, 100, 9999]),
        is_cut=st.booleans(),
    )
    def damage(self, index: int, start: int, length: int, is_cut: bool) -> None:
        """Damage a file: a part of it was never written to the disk, so it is truncated there, or zero."""
        if self.list_files():
            path = self.list_files()[index % len(self.list_files())]
            data = path.read_bytes()
            lost_size = len(data[start : start + length])
            path.write_bytes(data[:start] + (b"" if is_cut else b"\0" * lost_size + data[start + lost_size :]))
            self.mark_all_uncertain()

    @invariant()
    def check_privacy(self) -> None:
        assert all(path.stat().st_mode & 0o077 == 0 or path.name.startswith(".") for path in self.list_files())

    def apply_conditions(self, conditions: Conditions) -> None:
        """Apply the conditions of a step."""
        self.conditions = conditions
        self.machine.real_time += conditions.seconds
        # Only the wall clock determines the age of a token of another boot, so it is not set back there.
        if conditions.hours_off >= 0 or self.issue_boots <= {self.machine.boot_count}:
            self.set_clock(conditions.hours_off)

    def set_clock(self, hours_off: int) -> None:
        if self.machine.wall_offset != hours_off * HOUR:
            self.machine.wall_offset = hours_off * HOUR
            self.mark_all_uncertain()

    def make_source(self, registry: Registry, profile: str) -> TokenSource:
        def exchange(_: Target, progress: Progress) -> Token:
            self.exchange_count += 1
            progress.role_identity = f"arn {self.conditions.role}"
            if self.get_failure_id():
                self.failed_at = self.machine.real_time
                raise create_error(self.get_failure_id())
            return self.issue_token(registry, profile)

        environ = {"HOME": self._home.name, "AWS_PROFILE": profile}
        context = Context(environ, Settings(), clock=self.machine)
        return TokenSource(without_settings(registry), context, exchange=exchange)

    def issue_token(self, registry: Registry, profile: str) -> Token:
        token = IssuedToken(
            profile, self.conditions.role, registry.scope, self.machine.real_time, self.conditions.lifetime
        )
        password = f"password {self.exchange_count}"
        self.valid_tokens[password] = self.fresh_tokens[self.make_key(registry, profile)] = token
        self.issue_boots.add(self.machine.boot_count)
        self.uncertain_keys.discard(self.make_key(registry, profile))
        source = CredentialSource(
            non_interactive=True, role_identity=("http://metadata", f"arn {self.conditions.role}")
        )
        return Token("AWS", password, self.machine.get_utc() + token.lifetime, source)

    def find_served(self, text: bytes) -> IssuedToken:
        """Give what was served as the model knows it: not expired, and of whom it was asked for."""
        registry, profile = self.last_request
        login = json.loads(text)
        assert login["ServerURL"] == registry.host
        assert login["Secret"] in self.valid_tokens
        token: IssuedToken = self.valid_tokens[login["Secret"]]
        assert (token.scope, token.profile) == (registry.scope, profile)
        return token

    def get_failure_id(self) -> str:
        """Give how AWS fails, which takes no signature of a wrong time."""
        return self.conditions.failure or ("clock-skewed" if self.machine.wall_offset else "")

    def has_recent_failure(self) -> bool:
        return self.machine.real_time - self.failed_at <= FAILURE_TTL

    def make_key(self, registry: Registry, profile: str) -> object:
        return registry.scope, profile

    def mark_all_uncertain(self) -> None:
        self.uncertain_keys.update(self.fresh_tokens)

    def list_files(self) -> list[Path]:
        return sorted(path for path in Path(self._home.name).rglob("*") if path.is_file())


@pytest.fixture(autouse=True)
def no_background_refresh(monkeypatch: pytest.MonkeyPatch) -> None:
    """Start no process: the rule `check_in_background` runs the refresh."""
    monkeypatch.setattr(background, "spawn_refresh", lambda *_: None)


HelperMachine.TestCase.settings = settings(
    max_examples=100, stateful_step_count=50, deadline=None, report_multiple_bugs=False
)
TestHelperMachine = HelperMachine.TestCase
