"""The policy of a miss, with an exchange and a clock of the test's own."""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path
from typing import Callable

import pytest

from credhelper import behind, evidence
from credhelper.aws.metadata import RoleInfo
from credhelper.cache.record import CredentialSource, Token
from credhelper.cache.shelf import TokenCache
from credhelper.entry import CacheEntry, Instant
from credhelper.errors import NOT_FOUND, HelperError
from credhelper.registry import Registry
from credhelper.resolve import Result, TokenSource
from credhelper.target import Target, without_settings
from credhelper.watch import Progress
from tests.clocks import Still

PRIVATE = Registry("123456789012", "us-east-1")
OTHER = Registry("210987654321", "us-east-1")
PUBLIC = Registry("", "us-east-1")
NOW = 1_800_000_000.0
HALF = 6 * 3600
KEYS = CredentialSource()
OUTAGES = ("unreachable", "throttled", "service-failed")
DENIALS = ("policy-missing", "credentials-invalid", "no-role")


@pytest.fixture(autouse=True)
def left(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The hosts for which a process would have been left behind."""
    hosts: list[str] = []

    def leave(host: str, held: CacheEntry, _: object, now: Instant) -> None:
        if held.lifetime.is_refresh_due(now):
            hosts.append(host)

    monkeypatch.setattr(behind, "spawn_refresh", leave)
    return hosts


class Exchange:
    """Gives the tokens "1", "2", ... or raises; counts."""

    def __init__(self, failure: str = "", expires: float = NOW + 2 * HALF, origin: CredentialSource = KEYS) -> None:
        self.failure = failure
        self.expires = expires
        self.origin = origin
        self.calls = 0

    def __call__(self, target: Target, watch: Progress) -> Token:
        self.calls += 1
        if self.failure:
            raise HelperError(self.failure, "it failed", "mend it")
        return Token("AWS", str(self.calls), self.expires, self.origin)


def errand(exchange: Exchange, later: float = 0, registry: Registry = PRIVATE, **environ: str) -> TokenSource:
    clock = Still(Instant(NOW + later, evidence.read_boot_id(), 1000 + later))
    return TokenSource(
        without_settings(registry), TokenCache({"HOME": os.environ["HOME"], **environ}), clock=clock, exchange=exchange
    )


def ask(exchange: Exchange, later: float = 0, registry: Registry = PRIVATE, **environ: str) -> Result:
    return errand(exchange, later, registry, **environ).get()


def get(exchange: Exchange, later: float = 0, registry: Registry = PRIVATE, **environ: str) -> str:
    """Give the secret that is answered, or the line."""
    answer = ask(exchange, later, registry, **environ).stdout
    return str(json.loads(answer)["Secret"]) if answer.startswith(b"{") else answer.decode().strip()


def files(pattern: str) -> list[Path]:
    return sorted(Path(os.environ["HOME"], ".cache", "credhelper").glob(pattern))


def test_the_answer_is_one_line_with_the_host_in_its_normal_form() -> None:
    status, answer, notes = ask(Exchange())
    assert (status, list(notes)) == (0, [])
    assert answer.endswith(b"\n")
    assert json.loads(answer) == {"ServerURL": PRIVATE.host, "Username": "AWS", "Secret": "1"}


def test_a_token_is_exchanged_once_in_its_half_life() -> None:
    exchange = Exchange()
    assert [get(exchange, later) for later in (0, 1, HALF - 1, HALF, HALF + 1)] == ["1", "1", "1", "2", "2"]


def test_a_token_that_lives_a_year_is_asked_for_again_as_any_other() -> None:
    exchange = Exchange(expires=NOW + 365 * 24 * 3600)
    assert [get(exchange, later) for later in (0, HALF - 1, HALF)] == ["1", "1", "2"]


def test_a_short_token_is_kept_for_half_its_life() -> None:
    exchange = Exchange(expires=NOW + 100)
    assert [get(exchange, later) for later in (0, 49, 50)] == ["1", "1", "2"]


def test_a_token_of_a_session_is_not_kept_past_it() -> None:
    exchange = Exchange(origin=CredentialSource(session_ttl=900))
    assert [get(exchange, later) for later in (0, 899, 900)] == ["1", "1", "2"]


def test_a_token_that_a_program_answered_for_is_kept_five_minutes() -> None:
    exchange = Exchange(origin=CredentialSource(used_process=True, max_age=300))
    assert [get(exchange, later) for later in (0, 299, 300)] == ["1", "1", "2"]


def test_a_program_is_found_on_the_path_so_another_path_is_a_miss() -> None:
    exchange = Exchange(origin=CredentialSource(used_process=True, max_age=300))
    assert [get(exchange, PATH=path) for path in ("/bin", "/bin", "/tmp")] == ["1", "1", "2"]
    other = Exchange()
    assert [get(other, PATH=path, AWS_PROFILE="x") for path in ("/bin", "/tmp")] == ["1", "1"]


def test_a_token_that_is_expired_by_our_clock_is_answered_and_not_kept() -> None:
    exchange = Exchange(expires=NOW - 1)
    assert "clock" in ask(exchange).notes[0]
    assert get(exchange) == "2"


def test_a_failure_is_not_remembered() -> None:
    with pytest.raises(HelperError):
        get(Exchange("policy-missing"))
    assert get(Exchange()) == "1"


@pytest.mark.parametrize("failure", DENIALS)
def test_a_public_pull_without_a_token_is_anonymous_for_an_hour(failure: str) -> None:
    exchange = Exchange(failure)
    assert {get(exchange, later, PUBLIC) for later in (0, 1, 3599)} == {NOT_FOUND}
    assert exchange.calls == 1
    get(exchange, 3600, PUBLIC)
    assert exchange.calls == 2


@pytest.mark.parametrize("failure", OUTAGES)
def test_a_public_pull_in_an_outage_is_anonymous_for_a_minute(failure: str) -> None:
    exchange = Exchange(failure)
    assert {get(exchange, later, PUBLIC) for later in (0, 1, 59)} == {NOT_FOUND}
    assert exchange.calls == 1
    get(exchange, 60, PUBLIC)
    assert exchange.calls == 2


def test_a_public_pull_says_once_why_it_is_anonymous() -> None:
    assert "it failed" in ask(Exchange("no-role"), registry=PUBLIC).notes[0]
    assert ask(Exchange("no-role"), registry=PUBLIC).notes == ()


@pytest.mark.parametrize("registry", [OTHER, PRIVATE._replace(dualstack=True)])
def test_a_token_serves_every_registry_of_its_scope(registry: Registry) -> None:
    exchange = Exchange()
    assert [get(exchange), get(exchange, 60, registry)] == ["1", "1"]
    assert json.loads(ask(exchange, 60, registry).stdout)["ServerURL"] == registry.host


def test_a_lent_token_is_as_old_as_it_was() -> None:
    exchange = Exchange()
    assert [get(exchange), get(exchange, HALF - 60, OTHER), get(exchange, HALF, OTHER)] == ["1", "1", "2"]


@pytest.mark.parametrize("registry", [PRIVATE._replace(fips=True), PRIVATE._replace(region="us-east-2"), PUBLIC])
def test_a_token_serves_no_other_scope(registry: Registry) -> None:
    exchange = Exchange()
    assert [get(exchange), get(exchange, registry=registry)] == ["1", "2"]


def test_a_token_of_another_identity_is_not_lent() -> None:
    exchange = Exchange()
    assert [get(exchange), get(exchange, registry=OTHER, AWS_PROFILE="another")] == ["1", "2"]


def test_of_two_tokens_the_younger_one_is_lent() -> None:
    exchange = Exchange()
    third = PRIVATE._replace(account="1" * 12)
    get(exchange)
    errand(exchange, 60, OTHER)._refresh_newer_than(Instant(NOW + 60, b"", 0))  # noqa: SLF001
    assert get(exchange, 120, third) == "2"


def test_the_machine_s_own_credentials_end_with_its_boot() -> None:
    exchange = Exchange(origin=CredentialSource(machine_bound=True))
    assert [get(exchange), get(exchange)] == ["1", "1"]
    (path,) = files("[0-9]*")
    path.write_bytes(path.read_bytes().replace(evidence.read_boot_id(), b"another-boot"))
    assert get(exchange) == "2"


def test_a_container_s_token_is_the_identity_and_is_not_written() -> None:
    exchange = Exchange()
    tokens = ["hidden-one", "hidden-one", "hidden-two"]
    assert [get(exchange, AWS_CONTAINER_AUTHORIZATION_TOKEN=token) for token in tokens] == ["1", "1", "2"]
    written = b"".join(path.read_bytes() for path in files("*"))
    assert b"hidden" not in written


def test_a_file_that_a_variable_hides_from_the_evidence_keeps_nothing() -> None:
    exchange = Exchange()
    assert [get(exchange, AWS_CONFIG_FILE="$SOMEWHERE/config") for _ in range(2)] == ["1", "2"]


def test_a_file_that_changes_during_the_exchange_keeps_nothing(home: Path) -> None:
    class Edited(Exchange):
        def __call__(self, target: Target, watch: Progress) -> Token:
            (home / ".aws").mkdir(exist_ok=True)
            (home / ".aws" / "config").write_text(f"# {self.calls}")
            return super().__call__(target, watch)

    exchange = Edited()
    assert [get(exchange), get(exchange)] == ["1", "2"]


def test_a_refresh_during_which_a_file_changes_keeps_nothing_and_says_so(home: Path) -> None:
    class Edited(Exchange):
        def __call__(self, target: Target, watch: Progress) -> Token:
            if self.calls:
                (home / ".boto").write_text("")
            return super().__call__(target, watch)

    exchange = Edited()
    get(exchange)
    get(exchange, 1, OTHER)
    before = [path.read_bytes() for path in files("[0-9]*")]
    _, notes = errand(exchange, 2).refresh()
    assert [path.read_bytes() for path in files("[0-9]*")] == before
    assert ["not kept" in note for note in notes] == [True]


def test_what_is_at_hand_is_what_would_be_a_hit() -> None:
    environ = {"HOME": os.environ["HOME"]}
    now = Instant(NOW, evidence.read_boot_id(), 1000)
    get(Exchange())
    get(Exchange("no-role"), registry=PUBLIC)
    get(Exchange(), registry=PRIVATE._replace(region="eu-west-1"), AWS_PROFILE="another")
    assert TokenCache(environ).list_fresh(now) == {PRIVATE.host: "AWS"}
    assert TokenCache(environ).list_fresh(Instant(NOW + HALF, evidence.read_boot_id(), 1000 + HALF)) == {}


@pytest.mark.parametrize("off", ["1", "true", "false"])
def test_a_cache_that_is_turned_off_keeps_nothing_and_says_nothing(off: str) -> None:
    exchange = Exchange()
    assert [get(exchange, AWS_ECR_DISABLE_CACHE=off), get(exchange, AWS_ECR_DISABLE_CACHE=off)] == ["1", "2"]


def test_a_folder_that_is_relative_is_none_and_that_is_said() -> None:
    assert "AWS_ECR_CACHE_DIR" in ask(Exchange(), AWS_ECR_CACHE_DIR="cache").notes[0]


ROLE = ("http://metadata", "arn:aws:iam::123456789012:instance-profile/app AIPA1 app")


def told(role: str = "") -> Callable[[str], RoleInfo]:
    """Give a metadata service that tells this role."""
    return lambda _: RoleInfo(role)


@pytest.mark.parametrize("failure", OUTAGES)
def test_an_outage_is_bridged_by_a_token_that_is_no_longer_fresh(failure: str) -> None:
    assert get(Exchange()) == "1"
    answer = ask(Exchange(failure), HALF)
    assert json.loads(answer.stdout)["Secret"] == "1"
    assert [("it failed" in note, "360 minutes" in note) for note in answer.notes] == [(True, True)]


@pytest.mark.parametrize("failure", DENIALS)
def test_a_denial_is_never_bridged(failure: str) -> None:
    assert get(Exchange()) == "1"
    with pytest.raises(HelperError) as caught:
        get(Exchange(failure), HALF)
    assert caught.value.id == failure


def test_a_token_that_bridges_an_outage_leaves_a_renewal_behind(left: list[str]) -> None:
    get(Exchange(origin=CredentialSource(non_interactive=True)))
    assert left == []
    get(Exchange("unreachable"), HALF, OTHER)
    assert left == [OTHER.host]


@pytest.mark.parametrize("failure", OUTAGES)
def test_an_expired_token_bridges_nothing(failure: str) -> None:
    assert get(Exchange()) == "1"
    assert get(Exchange(failure), 2 * HALF - 1) == "1"
    with pytest.raises(HelperError):
        get(Exchange(failure), 2 * HALF)


def test_an_outage_is_bridged_by_another_registry_s_token() -> None:
    assert get(Exchange()) == "1"
    assert get(Exchange("unreachable"), HALF, OTHER) == "1"


def test_for_a_minute_after_a_failure_a_token_at_hand_serves_at_once() -> None:
    get(Exchange())
    down = Exchange("unreachable")
    assert [get(down, HALF + later) for later in (0, 1, 59, 60, 61)] == ["1"] * 5
    assert down.calls == 2


def test_a_token_at_hand_serves_at_once_for_every_registry_that_it_serves() -> None:
    get(Exchange())
    down = Exchange("unreachable")
    assert [get(down, HALF), get(down, HALF + 1, OTHER)] == ["1", "1"]
    assert down.calls == 1


def test_a_denial_does_not_stop_the_next_one_from_asking() -> None:
    get(Exchange())
    with pytest.raises(HelperError):
        get(Exchange("policy-missing"), HALF)
    assert get(Exchange(), HALF + 1) == "1"


def test_after_a_throttling_a_newcomer_waits_some_seconds_and_asks() -> None:
    with pytest.raises(HelperError):
        get(Exchange("throttled"))
    clock = Still(Instant(NOW + 1, evidence.read_boot_id(), 1001), chance=0.5)
    exchange = Exchange()
    TokenSource(
        without_settings(PRIVATE), TokenCache({"HOME": os.environ["HOME"]}), clock=clock, exchange=exchange
    ).get()
    assert clock.slept == 2.5  # 3.5 after the throttling
    assert exchange.calls == 1


def test_after_a_throttling_long_ago_nobody_waits() -> None:
    with pytest.raises(HelperError):
        get(Exchange("throttled"))
    clock = Still(Instant(NOW + 5, evidence.read_boot_id(), 1005), chance=0.99)
    TokenSource(
        without_settings(PRIVATE), TokenCache({"HOME": os.environ["HOME"]}), clock=clock, exchange=Exchange()
    ).get()
    assert clock.slept == 0


def test_a_token_of_a_program_bridges_no_outage() -> None:
    get(Exchange(origin=CredentialSource(used_process=True, max_age=300)))
    with pytest.raises(HelperError):
        get(Exchange("unreachable"), 300)


def test_another_role_s_token_bridges_no_outage() -> None:
    class Swapped(Exchange):
        def __call__(self, target: Target, watch: Progress) -> Token:
            watch.role_identity = ROLE[1].replace("123456789012", "210987654321")
            return super().__call__(target, watch)

    get(Exchange(origin=CredentialSource(role_identity=ROLE)))
    with pytest.raises(HelperError):
        get(Swapped("unreachable"), HALF)


def test_the_same_role_s_token_does() -> None:
    class Same(Exchange):
        def __call__(self, target: Target, watch: Progress) -> Token:
            watch.role_identity = ROLE[1]
            return super().__call__(target, watch)

    get(Exchange(origin=CredentialSource(role_identity=ROLE)))
    assert get(Same("unreachable"), HALF) == "1"


def test_a_renewal_that_hangs_before_a_token_at_hand_is_given_up() -> None:
    ended = threading.Event()

    class Hanging(Exchange):
        def __call__(self, target: Target, watch: Progress) -> Token:
            watch.step("asking AWS for ever")
            ended.wait()
            return super().__call__(target, watch)

    get(Exchange())
    answer = ask(Hanging(), HALF)
    ended.set()
    assert json.loads(answer.stdout)["Secret"] == "1"
    assert "asking AWS for ever [timed-out]" in answer.notes[0]


def test_a_refresh_exchanges_though_the_token_is_fresh() -> None:
    exchange = Exchange()
    get(exchange)
    held, notes = errand(exchange, 1).refresh()
    assert (json.loads(held.body)["Secret"], list(notes)) == ("2", [])
    assert get(exchange, 2) == "2"


def test_a_refresh_renews_every_entry_of_its_scope_and_no_other() -> None:
    exchange = Exchange()
    elsewhere = PRIVATE._replace(region="eu-west-1")
    for registry in (PRIVATE, OTHER, elsewhere):
        get(exchange, 0, registry)
    errand(exchange, 1).refresh()
    assert [get(exchange, 2, registry) for registry in (PRIVATE, OTHER, elsewhere)] == ["3", "3", "2"]


def test_a_look_behind_a_young_hit_does_nothing() -> None:
    exchange = Exchange(origin=CredentialSource(non_interactive=True))
    get(exchange)
    errand(exchange, 0.75 * HALF - 1).refresh_if_due(told())
    assert exchange.calls == 1


def test_a_look_behind_a_hit_that_is_due_renews_the_token_once() -> None:
    exchange = Exchange(origin=CredentialSource(non_interactive=True))
    get(exchange)
    get(exchange, 1, OTHER)
    late = errand(exchange, 0.75 * HALF, OTHER)  # at the same time, for a registry with the same token
    errand(exchange, 0.75 * HALF).refresh_if_due(told())
    late.refresh_if_due(told())
    assert exchange.calls == 2
    assert [get(exchange, 0.75 * HALF + 1, registry) for registry in (PRIVATE, OTHER)] == ["2", "2"]


def test_a_look_where_there_is_no_token_does_nothing() -> None:
    exchange = Exchange()
    errand(exchange).refresh_if_due(told())
    assert exchange.calls == 0


@pytest.mark.parametrize("role", ["arn:aws:iam::210987654321:instance-profile/app AIPA2 app", "none"])
def test_a_look_that_finds_another_role_renews_the_token(role: str) -> None:
    exchange = Exchange(origin=CredentialSource(non_interactive=True, role_identity=ROLE))
    get(exchange)
    errand(exchange, 301).refresh_if_due(told(role))
    assert get(exchange, 302) == "2"


def test_a_look_that_finds_another_role_drops_the_token_though_there_is_no_new_one() -> None:
    get(Exchange(origin=CredentialSource(non_interactive=True, role_identity=ROLE)))
    with pytest.raises(HelperError):
        errand(Exchange("policy-missing"), 301).refresh_if_due(told("none"))
    assert get(Exchange(origin=CredentialSource(role_identity=ROLE)), 302) == "1"
    assert len(files("[0-9]*")) == 1


@pytest.mark.parametrize("role", ["", ROLE[1]])
def test_a_look_that_is_told_nothing_new_leaves_the_token(role: str) -> None:
    exchange = Exchange(origin=CredentialSource(non_interactive=True, role_identity=ROLE))
    get(exchange)
    errand(exchange, 301).refresh_if_due(told(role))
    assert exchange.calls == 1


def test_what_has_expired_is_swept_at_the_next_purchase() -> None:
    get(Exchange(expires=NOW + 100), registry=OTHER)
    get(Exchange(expires=NOW + 101 + HALF), 101)
    assert [path.name.partition("-")[0] for path in files("[0-9]*")] == [PRIVATE.host.partition("-")[0]]


def test_a_lock_that_is_a_folder_costs_the_waiting_and_one_line() -> None:
    exchange = Exchange("policy-missing")
    with pytest.raises(HelperError):
        get(exchange)
    (left,) = files(".setback-*")
    left.with_name(f"{left.name.replace('setback', 'lock')}-0").mkdir()
    answer = ask(Exchange())
    assert answer.status == 0
    assert ["no lock in the cache" in note for note in answer.notes] == [True]
    assert get(Exchange("unreachable")) == "1"
