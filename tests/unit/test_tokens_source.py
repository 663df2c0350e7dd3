"""The policy of a miss, with an exchange and a clock that the test controls."""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path
from typing import Callable

import pytest

from credhelper import background, fingerprint
from credhelper.aws.imds import RoleInfo
from credhelper.cache.token_cache import TokenCache
from credhelper.clock import Instant
from credhelper.ecr.registry import Registry
from credhelper.ecr.target import Target, without_settings
from credhelper.ecr.token import CredentialSource, Token
from credhelper.entry import CacheEntry
from credhelper.errors import NOT_FOUND, HelperError
from credhelper.settings.rules import Settings
from credhelper.system.context import Context, Result
from credhelper.system.deadline import Progress
from credhelper.tokens.source import TokenSource
from tests.support.clocks import FrozenClock
from tests.support.factories import create_error

PRIVATE = Registry("123456789012", "us-east-1")
OTHER = Registry("210987654321", "us-east-1")
PUBLIC = Registry("", "us-east-1")
NOW = 1_800_000_000.0
HALF_LIFE = 6 * 3600
KEY_SOURCE = CredentialSource()
OUTAGES = ("unreachable", "throttled", "service-failed")
DENIALS = ("policy-missing", "credentials-invalid", "no-role")


@pytest.fixture(autouse=True)
def background_refreshes(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return a list of the hosts for which a background refresh would have been spawned."""
    hosts: list[str] = []

    def record_refresh(host: str, entry: CacheEntry, _: object, now: Instant) -> None:
        if entry.lifetime.is_refresh_due(now):
            hosts.append(host)

    monkeypatch.setattr(background, "spawn_refresh", record_refresh)
    return hosts


class Exchange:
    """An exchange that returns the tokens "1", "2", ..., or raises `failure`, and counts its calls."""

    def __init__(
        self, failure: str = "", expires_at: float = NOW + 2 * HALF_LIFE, source: CredentialSource = KEY_SOURCE
    ) -> None:
        self.failure = failure
        self.expires_at = expires_at
        self.source = source
        self.calls = 0

    def __call__(self, target: Target, progress: Progress) -> Token:
        self.calls += 1
        if self.failure:
            raise create_error(self.failure)
        return Token("AWS", str(self.calls), self.expires_at, self.source)


def make_source(exchange: Exchange, elapsed: float = 0, registry: Registry = PRIVATE, **environ: str) -> TokenSource:
    clock = FrozenClock(Instant(NOW + elapsed, fingerprint.read_boot_id(), 1000 + elapsed))
    context = Context({"HOME": os.environ["HOME"], **environ}, Settings(), clock=clock)
    return TokenSource(without_settings(registry), context, exchange=exchange)


def get_result(exchange: Exchange, elapsed: float = 0, registry: Registry = PRIVATE, **environ: str) -> Result:
    return make_source(exchange, elapsed, registry, **environ).get()


def get_secret(exchange: Exchange, elapsed: float = 0, registry: Registry = PRIVATE, **environ: str) -> str:
    """Return the secret of the answer, or its line if it is not a login."""
    body = get_result(exchange, elapsed, registry, **environ).stdout
    return str(json.loads(body)["Secret"]) if body.startswith(b"{") else body.decode().strip()


def list_files(pattern: str) -> list[Path]:
    return sorted(Path(os.environ["HOME"], ".cache", "credhelper").glob(pattern))


def test_the_answer_is_one_line_with_the_host_in_its_normal_form() -> None:
    status, stdout, notes, _ = get_result(Exchange())
    assert (status, list(notes)) == (0, [])
    assert stdout.endswith(b"\n")
    assert json.loads(stdout) == {"ServerURL": PRIVATE.host, "Username": "AWS", "Secret": "1"}


def test_a_token_is_exchanged_once_in_its_half_life() -> None:
    exchange = Exchange()
    assert [get_secret(exchange, elapsed) for elapsed in (0, 1, HALF_LIFE - 1, HALF_LIFE, HALF_LIFE + 1)] == [
        "1",
        "1",
        "1",
        "2",
        "2",
    ]


def test_a_token_that_is_valid_for_a_year_is_refreshed_like_any_other() -> None:
    exchange = Exchange(expires_at=NOW + 365 * 24 * 3600)
    assert [get_secret(exchange, elapsed) for elapsed in (0, HALF_LIFE - 1, HALF_LIFE)] == ["1", "1", "2"]


def test_a_short_token_is_kept_for_half_its_life() -> None:
    exchange = Exchange(expires_at=NOW + 100)
    assert [get_secret(exchange, elapsed) for elapsed in (0, 49, 50)] == ["1", "1", "2"]


def test_a_token_is_not_fresh_past_the_session_that_it_was_obtained_with() -> None:
    exchange = Exchange(source=CredentialSource(session_ttl=900))
    assert [get_secret(exchange, elapsed) for elapsed in (0, 899, 900)] == ["1", "1", "2"]


def test_a_token_from_a_credential_process_is_kept_for_five_minutes() -> None:
    exchange = Exchange(source=CredentialSource(used_process=True, max_age=300))
    assert [get_secret(exchange, elapsed) for elapsed in (0, 299, 300)] == ["1", "1", "2"]


def test_a_program_is_found_on_the_path_so_another_path_is_a_miss() -> None:
    exchange = Exchange(source=CredentialSource(used_process=True, max_age=300))
    assert [get_secret(exchange, PATH=path) for path in ("/bin", "/bin", "/tmp")] == ["1", "1", "2"]
    other = Exchange()
    assert [get_secret(other, PATH=path, AWS_PROFILE="x") for path in ("/bin", "/tmp")] == ["1", "1"]


def test_a_token_that_is_expired_by_our_clock_is_returned_and_not_cached() -> None:
    exchange = Exchange(expires_at=NOW - 1)
    assert "clock" in get_result(exchange).notes[0]
    assert get_secret(exchange) == "2"


def test_a_failure_is_not_remembered() -> None:
    with pytest.raises(HelperError):
        get_secret(Exchange("policy-missing"))
    assert get_secret(Exchange()) == "1"


@pytest.mark.parametrize("failure", DENIALS)
def test_a_public_pull_without_a_token_is_anonymous_for_an_hour(failure: str) -> None:
    exchange = Exchange(failure)
    assert {get_secret(exchange, elapsed, PUBLIC) for elapsed in (0, 1, 3599)} == {NOT_FOUND}
    assert exchange.calls == 1
    get_secret(exchange, 3600, PUBLIC)
    assert exchange.calls == 2


@pytest.mark.parametrize("failure", OUTAGES)
def test_a_public_pull_in_an_outage_is_anonymous_for_a_minute(failure: str) -> None:
    exchange = Exchange(failure)
    assert {get_secret(exchange, elapsed, PUBLIC) for elapsed in (0, 1, 59)} == {NOT_FOUND}
    assert exchange.calls == 1
    get_secret(exchange, 60, PUBLIC)
    assert exchange.calls == 2


def test_a_public_pull_reports_once_why_it_is_anonymous() -> None:
    assert "it failed" in get_result(Exchange("no-role"), registry=PUBLIC).notes[0]
    assert get_result(Exchange("no-role"), registry=PUBLIC).notes == ()


@pytest.mark.parametrize("registry", [OTHER, PRIVATE._replace(dualstack=True)])
def test_a_token_serves_every_registry_of_its_scope(registry: Registry) -> None:
    exchange = Exchange()
    assert [get_secret(exchange), get_secret(exchange, 60, registry)] == ["1", "1"]
    assert json.loads(get_result(exchange, 60, registry).stdout)["ServerURL"] == registry.host


def test_a_shared_token_keeps_its_age() -> None:
    exchange = Exchange()
    assert [
        get_secret(exchange),
        get_secret(exchange, HALF_LIFE - 60, OTHER),
        get_secret(exchange, HALF_LIFE, OTHER),
    ] == ["1", "1", "2"]


@pytest.mark.parametrize("registry", [PRIVATE._replace(fips=True), PRIVATE._replace(region="us-east-2"), PUBLIC])
def test_a_token_serves_no_other_scope(registry: Registry) -> None:
    exchange = Exchange()
    assert [get_secret(exchange), get_secret(exchange, registry=registry)] == ["1", "2"]


def test_a_token_of_another_identity_is_not_shared() -> None:
    exchange = Exchange()
    assert [get_secret(exchange), get_secret(exchange, registry=OTHER, AWS_PROFILE="another")] == ["1", "2"]


def test_the_newer_of_two_tokens_is_shared() -> None:
    exchange = Exchange()
    third_registry = PRIVATE._replace(account="1" * 12)
    get_secret(exchange)
    make_source(exchange, 60, OTHER)._refresh_newer_than(Instant(NOW + 60, b"", 0))  # noqa: SLF001
    assert get_secret(exchange, 120, third_registry) == "2"


def test_a_machine_bound_token_is_not_used_after_a_reboot() -> None:
    exchange = Exchange(source=CredentialSource(machine_bound=True))
    assert [get_secret(exchange), get_secret(exchange)] == ["1", "1"]
    (path,) = list_files("[0-9]*")
    path.write_bytes(path.read_bytes().replace(fingerprint.read_boot_id(), b"another-boot"))
    assert get_secret(exchange) == "2"


def test_the_token_of_a_container_selects_the_identity_and_is_not_written() -> None:
    exchange = Exchange()
    tokens = ["hidden-one", "hidden-one", "hidden-two"]
    assert [get_secret(exchange, AWS_CONTAINER_AUTHORIZATION_TOKEN=token) for token in tokens] == ["1", "1", "2"]
    content = b"".join(path.read_bytes() for path in list_files("*"))
    assert b"hidden" not in content


def test_a_file_that_a_variable_hides_from_the_dependencies_prevents_caching() -> None:
    exchange = Exchange()
    assert [get_secret(exchange, AWS_CONFIG_FILE="$SOMEWHERE/config") for _ in range(2)] == ["1", "2"]


def test_a_file_that_changes_during_the_exchange_prevents_caching(home: Path) -> None:
    class EditingExchange(Exchange):
        def __call__(self, target: Target, progress: Progress) -> Token:
            (home / ".aws").mkdir(exist_ok=True)
            (home / ".aws" / "config").write_text(f"# {self.calls}")
            return super().__call__(target, progress)

    exchange = EditingExchange()
    assert [get_secret(exchange), get_secret(exchange)] == ["1", "2"]


def test_a_refresh_during_which_a_file_changes_caches_nothing_and_reports_it(home: Path) -> None:
    class EditingExchange(Exchange):
        def __call__(self, target: Target, progress: Progress) -> Token:
            if self.calls:
                (home / ".boto").write_text("")
            return super().__call__(target, progress)

    exchange = EditingExchange()
    get_secret(exchange)
    get_secret(exchange, 1, OTHER)
    original = [path.read_bytes() for path in list_files("[0-9]*")]
    _, notes = make_source(exchange, 2).refresh()
    assert [path.read_bytes() for path in list_files("[0-9]*")] == original
    assert ["not cached" in note for note in notes] == [True]


def test_the_fresh_entries_are_those_that_would_be_a_hit() -> None:
    environ = {"HOME": os.environ["HOME"]}
    now = Instant(NOW, fingerprint.read_boot_id(), 1000)
    get_secret(Exchange())
    get_secret(Exchange("no-role"), registry=PUBLIC)
    get_secret(Exchange(), registry=PRIVATE._replace(region="eu-west-1"), AWS_PROFILE="another")
    cache = TokenCache(Context(environ, Settings()))
    assert cache.list_fresh(now) == {PRIVATE.host: "AWS"}
    assert cache.list_fresh(Instant(NOW + HALF_LIFE, fingerprint.read_boot_id(), 1000 + HALF_LIFE)) == {}


@pytest.mark.parametrize("value", ["1", "true", "false"])
def test_a_cache_that_is_turned_off_keeps_nothing_and_reports_nothing(value: str) -> None:
    exchange = Exchange()
    assert [get_secret(exchange, AWS_ECR_DISABLE_CACHE=value), get_secret(exchange, AWS_ECR_DISABLE_CACHE=value)] == [
        "1",
        "2",
    ]


def test_a_relative_cache_directory_is_reported_and_not_used() -> None:
    assert "AWS_ECR_CACHE_DIR" in get_result(Exchange(), AWS_ECR_CACHE_DIR="cache").notes[0]


ROLE = ("http://metadata", "arn:aws:iam::123456789012:instance-profile/app AIPA1 app")


def make_metadata(role: str = "") -> Callable[[str], RoleInfo]:
    """Return a metadata service that reports this role."""
    return lambda _: RoleInfo(role)


@pytest.mark.parametrize("failure", OUTAGES)
def test_an_outage_is_bridged_by_a_token_that_is_no_longer_fresh(failure: str) -> None:
    assert get_secret(Exchange()) == "1"
    result = get_result(Exchange(failure), HALF_LIFE)
    assert json.loads(result.stdout)["Secret"] == "1"
    assert [("it failed" in note, "6 h 0 min" in note) for note in result.notes] == [(True, True)]


def test_a_failure_names_the_host_that_was_asked_for() -> None:
    for work in (make_source(Exchange("denied")).get, make_source(Exchange("denied")).refresh):
        with pytest.raises(HelperError) as excinfo:
            work()
        assert excinfo.value.host == PRIVATE.host


def test_a_shared_failure_names_the_host_of_each_request() -> None:
    get_secret(Exchange())
    get_secret(Exchange("unreachable"), HALF_LIFE)
    (note,) = get_result(Exchange(), HALF_LIFE + 1, OTHER).notes
    assert f"it failed for {OTHER.host} [unreachable]" in note


@pytest.mark.parametrize("failure", DENIALS)
def test_a_denial_is_never_bridged(failure: str) -> None:
    assert get_secret(Exchange()) == "1"
    with pytest.raises(HelperError) as excinfo:
        get_secret(Exchange(failure), HALF_LIFE)
    assert excinfo.value.id == failure


def test_a_token_that_bridges_an_outage_spawns_a_background_refresh(background_refreshes: list[str]) -> None:
    get_secret(Exchange(source=CredentialSource(non_interactive=True)))
    assert background_refreshes == []
    get_secret(Exchange("unreachable"), HALF_LIFE, OTHER)
    assert background_refreshes == [OTHER.host]


@pytest.mark.parametrize("failure", OUTAGES)
def test_an_expired_token_bridges_nothing(failure: str) -> None:
    assert get_secret(Exchange()) == "1"
    assert get_secret(Exchange(failure), 2 * HALF_LIFE - 1) == "1"
    with pytest.raises(HelperError):
        get_secret(Exchange(failure), 2 * HALF_LIFE)


def test_an_outage_is_bridged_by_the_token_of_another_registry() -> None:
    assert get_secret(Exchange()) == "1"
    assert get_secret(Exchange("unreachable"), HALF_LIFE, OTHER) == "1"


def test_for_a_minute_after_a_failure_a_stale_token_serves_at_once() -> None:
    get_secret(Exchange())
    failing_exchange = Exchange("unreachable")
    assert [get_secret(failing_exchange, HALF_LIFE + elapsed) for elapsed in (0, 1, 59, 60, 61)] == ["1"] * 5
    assert failing_exchange.calls == 2


def test_a_stale_token_serves_every_registry_of_its_scope_at_once_after_a_failure() -> None:
    get_secret(Exchange())
    failing_exchange = Exchange("unreachable")
    assert [get_secret(failing_exchange, HALF_LIFE), get_secret(failing_exchange, HALF_LIFE + 1, OTHER)] == ["1", "1"]
    assert failing_exchange.calls == 1


def test_a_denial_does_not_stop_the_next_exchange() -> None:
    get_secret(Exchange())
    with pytest.raises(HelperError):
        get_secret(Exchange("policy-missing"), HALF_LIFE)
    assert get_secret(Exchange(), HALF_LIFE + 1) == "1"


def test_after_a_throttling_a_new_request_waits_some_seconds_and_calls_aws() -> None:
    with pytest.raises(HelperError):
        get_secret(Exchange("throttled"))
    clock = FrozenClock(Instant(NOW + 1, fingerprint.read_boot_id(), 1001), jitter=0.5)
    exchange = Exchange()
    context = Context({"HOME": os.environ["HOME"]}, Settings(), clock=clock)
    TokenSource(without_settings(PRIVATE), context, exchange=exchange).get()
    assert clock.seconds_slept == 2.5  # 3.5 seconds after the throttling
    assert exchange.calls == 1


def test_after_a_throttling_long_ago_there_is_no_wait() -> None:
    with pytest.raises(HelperError):
        get_secret(Exchange("throttled"))
    clock = FrozenClock(Instant(NOW + 5, fingerprint.read_boot_id(), 1005), jitter=0.99)
    context = Context({"HOME": os.environ["HOME"]}, Settings(), clock=clock)
    TokenSource(without_settings(PRIVATE), context, exchange=Exchange()).get()
    assert clock.seconds_slept == 0


def test_a_token_from_a_credential_process_bridges_no_outage() -> None:
    get_secret(Exchange(source=CredentialSource(used_process=True, max_age=300)))
    with pytest.raises(HelperError):
        get_secret(Exchange("unreachable"), 300)


def test_the_token_of_another_role_bridges_no_outage() -> None:
    class OtherRoleExchange(Exchange):
        def __call__(self, target: Target, progress: Progress) -> Token:
            progress.role_identity = ROLE[1].replace("123456789012", "210987654321")
            return super().__call__(target, progress)

    get_secret(Exchange(source=CredentialSource(role_identity=ROLE)))
    with pytest.raises(HelperError):
        get_secret(OtherRoleExchange("unreachable"), HALF_LIFE)


def test_the_token_of_the_same_role_bridges_an_outage() -> None:
    class SameRoleExchange(Exchange):
        def __call__(self, target: Target, progress: Progress) -> Token:
            progress.role_identity = ROLE[1]
            return super().__call__(target, progress)

    get_secret(Exchange(source=CredentialSource(role_identity=ROLE)))
    assert get_secret(SameRoleExchange("unreachable"), HALF_LIFE) == "1"


def test_a_refresh_that_hangs_is_abandoned_for_a_stale_token() -> None:
    end_of_test = threading.Event()

    class HangingExchange(Exchange):
        def __call__(self, target: Target, progress: Progress) -> Token:
            progress.step("asking AWS for ever")
            end_of_test.wait()
            return super().__call__(target, progress)

    get_secret(Exchange())
    result = get_result(HangingExchange(), HALF_LIFE)
    end_of_test.set()
    assert json.loads(result.stdout)["Secret"] == "1"
    assert "(still asking AWS for ever after 2 seconds) [timed-out]" in result.notes[0]


def test_a_refresh_makes_an_exchange_even_if_the_token_is_fresh() -> None:
    exchange = Exchange()
    get_secret(exchange)
    entry, notes = make_source(exchange, 1).refresh()
    assert (json.loads(entry.body)["Secret"], list(notes)) == ("2", [])
    assert get_secret(exchange, 2) == "2"


def test_a_refresh_replaces_every_entry_of_its_scope_and_no_other() -> None:
    exchange = Exchange()
    other_region = PRIVATE._replace(region="eu-west-1")
    for registry in (PRIVATE, OTHER, other_region):
        get_secret(exchange, 0, registry)
    make_source(exchange, 1).refresh()
    assert [get_secret(exchange, 2, registry) for registry in (PRIVATE, OTHER, other_region)] == ["3", "3", "2"]


def test_a_background_check_after_a_young_hit_does_nothing() -> None:
    exchange = Exchange(source=CredentialSource(non_interactive=True))
    get_secret(exchange)
    make_source(exchange, 0.75 * HALF_LIFE - 1).refresh_if_due(make_metadata())
    assert exchange.calls == 1


def test_a_background_check_after_a_hit_that_is_due_refreshes_the_token_once() -> None:
    exchange = Exchange(source=CredentialSource(non_interactive=True))
    get_secret(exchange)
    get_secret(exchange, 1, OTHER)
    late_source = make_source(exchange, 0.75 * HALF_LIFE, OTHER)  # at the same time, for a registry with the same token
    make_source(exchange, 0.75 * HALF_LIFE).refresh_if_due(make_metadata())
    late_source.refresh_if_due(make_metadata())
    assert exchange.calls == 2
    assert [get_secret(exchange, 0.75 * HALF_LIFE + 1, registry) for registry in (PRIVATE, OTHER)] == ["2", "2"]


def test_a_background_check_without_a_token_does_nothing() -> None:
    exchange = Exchange()
    make_source(exchange).refresh_if_due(make_metadata())
    assert exchange.calls == 0


@pytest.mark.parametrize("role", ["arn:aws:iam::210987654321:instance-profile/app AIPA2 app", "none"])
def test_a_background_check_that_finds_another_role_refreshes_the_token(role: str) -> None:
    exchange = Exchange(source=CredentialSource(non_interactive=True, role_identity=ROLE))
    get_secret(exchange)
    make_source(exchange, 301).refresh_if_due(make_metadata(role))
    assert get_secret(exchange, 302) == "2"


def test_a_background_check_that_finds_another_role_deletes_the_token_even_without_a_new_one() -> None:
    get_secret(Exchange(source=CredentialSource(non_interactive=True, role_identity=ROLE)))
    with pytest.raises(HelperError):
        make_source(Exchange("policy-missing"), 301).refresh_if_due(make_metadata("none"))
    assert get_secret(Exchange(source=CredentialSource(role_identity=ROLE)), 302) == "1"
    assert len(list_files("[0-9]*")) == 1


@pytest.mark.parametrize("role", ["", ROLE[1]])
def test_a_background_check_that_finds_no_other_role_leaves_the_token(role: str) -> None:
    exchange = Exchange(source=CredentialSource(non_interactive=True, role_identity=ROLE))
    get_secret(exchange)
    make_source(exchange, 301).refresh_if_due(make_metadata(role))
    assert exchange.calls == 1


def test_an_expired_entry_is_pruned_at_the_next_exchange() -> None:
    get_secret(Exchange(expires_at=NOW + 100), registry=OTHER)
    get_secret(Exchange(expires_at=NOW + 101 + HALF_LIFE), 101)
    assert [path.name.partition("-")[0] for path in list_files("[0-9]*")] == [PRIVATE.host.partition("-")[0]]


def test_a_lock_that_is_a_directory_costs_the_waiting_and_is_reported() -> None:
    exchange = Exchange("policy-missing")
    with pytest.raises(HelperError):
        get_secret(exchange)
    (failure_file,) = list_files(".failure-*")
    failure_file.with_name(f"{failure_file.name.replace('failure', 'lock')}-0").mkdir()
    result = get_result(Exchange())
    assert result.status == 0
    assert ["the cache cannot be locked" in note for note in result.notes] == [True]
    assert get_secret(Exchange("unreachable")) == "1"
