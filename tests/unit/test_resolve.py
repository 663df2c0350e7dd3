"""The policy of a miss, with an exchange and a clock of the test's own."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from credhelper import evidence, resolve
from credhelper.entry import Moment
from credhelper.errors import NOT_FOUND, HelperError
from credhelper.record import Origin, Token
from credhelper.registry import Registry
from credhelper.resolve import Answer, Errand
from credhelper.watch import Watch
from tests.clocks import Still

PRIVATE = Registry("123456789012", "us-east-1")
OTHER = Registry("210987654321", "us-east-1")
PUBLIC = Registry("", "us-east-1")
NOW = 1_800_000_000.0
HALF = 6 * 3600
KEYS = Origin()
OUTAGES = ("unreachable", "throttled", "aws-failed")
DENIALS = ("policy-missing", "credentials-invalid", "no-credentials")


class Exchange:
    """Gives the tokens "1", "2", ... or raises; counts."""

    def __init__(self, failure: str = "", expires: float = NOW + 2 * HALF, origin: Origin = KEYS) -> None:
        self.failure = failure
        self.expires = expires
        self.origin = origin
        self.calls = 0

    def __call__(self, registry: Registry, watch: Watch) -> Token:
        self.calls += 1
        if self.failure:
            raise HelperError(self.failure, "it failed", "mend it", outage=self.failure in OUTAGES)
        return Token("AWS", str(self.calls), self.expires, self.origin)


def errand(exchange: Exchange, later: float = 0, registry: Registry = PRIVATE, **environ: str) -> Errand:
    clock = Still(Moment(NOW + later, evidence.boot(), 1000 + later))
    return Errand(registry, {"HOME": os.environ["HOME"], **environ}, clock=clock, exchange=exchange)


def ask(exchange: Exchange, later: float = 0, registry: Registry = PRIVATE, **environ: str) -> Answer:
    return errand(exchange, later, registry, **environ).get()


def get(exchange: Exchange, later: float = 0, registry: Registry = PRIVATE, **environ: str) -> str:
    """Give the secret that is answered, or the line."""
    answer = ask(exchange, later, registry, **environ).text
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
    exchange = Exchange(origin=Origin(session_seconds=900))
    assert [get(exchange, later) for later in (0, 899, 900)] == ["1", "1", "2"]


def test_a_token_that_a_program_answered_for_is_kept_five_minutes() -> None:
    exchange = Exchange(origin=Origin(ran_program=True, leash_seconds=300))
    assert [get(exchange, later) for later in (0, 299, 300)] == ["1", "1", "2"]


def test_a_program_is_found_on_the_path_so_another_path_is_a_miss() -> None:
    exchange = Exchange(origin=Origin(ran_program=True, leash_seconds=300))
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


@pytest.mark.parametrize("failure", ["no-credentials", "policy-missing", "credentials-invalid"])
def test_a_public_pull_without_a_token_is_anonymous_for_an_hour(failure: str) -> None:
    exchange = Exchange(failure)
    assert {get(exchange, later, PUBLIC) for later in (0, 1, 3599)} == {NOT_FOUND}
    assert exchange.calls == 1
    get(exchange, 3600, PUBLIC)
    assert exchange.calls == 2


@pytest.mark.parametrize("failure", ["unreachable", "throttled", "aws-failed"])
def test_a_public_pull_in_an_outage_is_anonymous_for_a_minute(failure: str) -> None:
    exchange = Exchange(failure)
    assert {get(exchange, later, PUBLIC) for later in (0, 1, 59)} == {NOT_FOUND}
    assert exchange.calls == 1
    get(exchange, 60, PUBLIC)
    assert exchange.calls == 2


def test_a_public_pull_says_once_why_it_is_anonymous() -> None:
    assert "it failed" in ask(Exchange("no-credentials"), registry=PUBLIC).notes[0]
    assert ask(Exchange("no-credentials"), registry=PUBLIC).notes == ()


@pytest.mark.parametrize("registry", [OTHER, PRIVATE._replace(dualstack=True)])
def test_a_token_serves_every_registry_of_its_scope(registry: Registry) -> None:
    exchange = Exchange()
    assert [get(exchange), get(exchange, 60, registry)] == ["1", "1"]
    assert json.loads(ask(exchange, 60, registry).text)["ServerURL"] == registry.host


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
    errand(exchange, 60, OTHER)._newer_than(Moment(NOW + 60, b"", 0))  # noqa: SLF001
    assert get(exchange, 120, third) == "2"


def test_the_machine_s_own_credentials_end_with_its_boot() -> None:
    exchange = Exchange(origin=Origin(machine_bound=True))
    assert [get(exchange), get(exchange)] == ["1", "1"]
    (path,) = files("[0-9]*")
    path.write_bytes(path.read_bytes().replace(evidence.boot(), b"another-boot"))
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
        def __call__(self, registry: Registry, watch: Watch) -> Token:
            (home / ".aws").mkdir(exist_ok=True)
            (home / ".aws" / "config").write_text(f"# {self.calls}")
            return super().__call__(registry, watch)

    exchange = Edited()
    assert [get(exchange), get(exchange)] == ["1", "2"]


def test_what_is_at_hand_is_what_would_be_a_hit() -> None:
    environ = {"HOME": os.environ["HOME"]}
    now = Moment(NOW, evidence.boot(), 1000)
    get(Exchange())
    get(Exchange("no-credentials"), registry=PUBLIC)
    get(Exchange(), registry=PRIVATE._replace(region="eu-west-1"), AWS_PROFILE="another")
    assert resolve.at_hand(environ, now) == {PRIVATE.host: "AWS"}
    assert resolve.at_hand(environ, Moment(NOW + HALF, evidence.boot(), 1000 + HALF)) == {}


@pytest.mark.parametrize("off", ["1", "true", "false"])
def test_a_cache_that_is_turned_off_keeps_nothing_and_says_nothing(off: str) -> None:
    exchange = Exchange()
    assert [get(exchange, AWS_ECR_DISABLE_CACHE=off), get(exchange, AWS_ECR_DISABLE_CACHE=off)] == ["1", "2"]


def test_a_folder_that_is_relative_is_none_and_that_is_said() -> None:
    assert "AWS_ECR_CACHE_DIR" in ask(Exchange(), AWS_ECR_CACHE_DIR="cache").notes[0]
