"""`credhelper.credentials`: a program's own, for all of its threads and for days."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import FrozenInstanceError
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import credhelper
from credhelper import api, evidence
from credhelper.api import Credentials, TokenClient
from credhelper.cache.record import CredentialSource, Token
from credhelper.cache.ticks import is_stable
from credhelper.entry import Instant
from credhelper.errors import HelperError
from tests.clocks import Still
from tests.contract.process import HOST, OTHER, PUBLIC, get, login
from tests.contract.seeds import seed

if TYPE_CHECKING:
    from credhelper.target import Target
    from credhelper.watch import Progress
    from tests.instance.services import Loopback

HALF = 6 * 3600
THREADS = 20
KEYS = CredentialSource()
ROLE = ("http://127.0.0.1:9", "arn:aws:iam::123456789012:instance-profile/app AIPA1 app")
# With a cache on the disk, and where there is none.
DISKS = pytest.mark.parametrize("disk", [True, False], ids=["disk", "no disk"])


@pytest.fixture(autouse=True)
def own_tokens(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test has another's tokens in memory."""
    monkeypatch.setattr(api, "_CLIENTS", {})


@pytest.fixture
def clock() -> Still:
    return Still(Instant(1_800_000_000.0, evidence.read_boot_id(), 1000.0))


class Exchange:
    """Gives the tokens "1", "2", ... for twelve hours, or raises; counts."""

    def __init__(self, clock: Still, origin: CredentialSource = KEYS) -> None:
        self.calls = 0
        self.failure = ""
        self._clock = clock
        self._origin = origin

    def __call__(self, _: Target, __: Progress) -> Token:
        self.calls += 1
        if self.failure:
            raise _failure(self.failure) from RuntimeError("a secret that a program has printed")
        return Token("AWS", str(self.calls), self._clock.now().wall + 2 * HALF, self._origin)


def _failure(id_: str) -> HelperError:
    return HelperError(id_, "it failed", "mend it")


def without_disk(monkeypatch: pytest.MonkeyPatch, disk: bool) -> None:
    if not disk:
        monkeypatch.setenv("AWS_ECR_DISABLE_CACHE", "1")


def together(hosts: list[str], tokens: TokenClient) -> list[Credentials | HelperError]:
    """Give what each of many threads is given, which all ask at once."""
    line = threading.Barrier(len(hosts))

    def ask(host: str) -> Credentials | HelperError:
        line.wait()
        try:
            return tokens.credentials(host)
        except HelperError as error:
            return error

    with ThreadPoolExecutor(len(hosts)) as pool:
        return list(pool.map(ask, hosts))


def refusal(tokens: TokenClient, server: str = HOST) -> HelperError:
    with pytest.raises(HelperError) as raised:
        tokens.credentials(server)
    return raised.value


def test_importing_the_package_loads_nothing_but_its_errors() -> None:
    script = "import sys; before = set(sys.modules); import credhelper; print(*sorted(set(sys.modules) - before))"
    done = subprocess.run([sys.executable, "-I", "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["credhelper", "credhelper.errors"]


def test_the_package_s_own_call_asks_aws_as_a_get_does(cloud: Loopback) -> None:
    given = credhelper.credentials(HOST)
    token = cloud.tokens.find(given.secret, "ecr", "us-east-1")
    assert given.username == "AWS"
    assert token is not None
    assert given.expires == pytest.approx(token.expires, abs=1)
    assert cloud.calls()["ecr"] == 1


def test_a_get_and_a_program_share_a_token(cloud: Loopback) -> None:
    given = credhelper.credentials(HOST)
    assert login(get())["Secret"] == given.secret
    assert cloud.calls()["ecr"] == 1


def test_a_token_that_a_get_has_left_serves_a_program() -> None:
    seed()
    assert credhelper.credentials(HOST).secret == "seeded"


@pytest.mark.parametrize("server", [HOST, HOST.upper(), f"https://{HOST}/v2/", f"{HOST}:443", f"{HOST}/team/app:1"])
def test_a_registry_is_named_as_any_client_names_it(clock: Still, server: str) -> None:
    assert TokenClient(clock, Exchange(clock)).credentials(server).secret == "1"


def test_the_secret_is_not_shown() -> None:
    given = Credentials("AWS", "the secret", 0.0)
    assert "the secret" not in f"{given!r} {given} {[given]}"


def test_credentials_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        Credentials("AWS", "the secret", 0.0).secret = "another"  # type: ignore[misc]


def test_the_expiry_is_in_seconds_of_utc_and_as_a_datetime() -> None:
    given = Credentials("AWS", "the secret", 1_800_000_000.0)
    assert given.expires_at == dt.datetime(2027, 1, 15, 8, 0, tzinfo=dt.timezone.utc)
    assert given.expires_at.timestamp() == given.expires


@DISKS
def test_many_threads_cost_one_exchange(clock: Still, monkeypatch: pytest.MonkeyPatch, disk: bool) -> None:
    without_disk(monkeypatch, disk)
    exchange = Exchange(clock)
    given = together([HOST] * THREADS, TokenClient(clock, exchange))
    assert exchange.calls == 1
    assert {each.secret for each in given if isinstance(each, Credentials)} == {"1"}


@DISKS
def test_many_registries_of_one_scope_cost_one_exchange(
    clock: Still, monkeypatch: pytest.MonkeyPatch, disk: bool
) -> None:
    without_disk(monkeypatch, disk)
    exchange = Exchange(clock)
    hosts = [HOST.replace("123456789012", f"{number:012}") for number in range(THREADS)]
    together(hosts, TokenClient(clock, exchange))
    assert exchange.calls == 1


def test_a_region_that_hangs_keeps_nobody_from_another(clock: Still) -> None:
    elsewhere = threading.Event()

    class Slow(Exchange):
        def __call__(self, target: Target, watch: Progress) -> Token:
            if target.registry.region == "us-east-1":
                assert elsewhere.wait(timeout=10)
            return super().__call__(target, watch)

    tokens = TokenClient(clock, Slow(clock))
    with ThreadPoolExecutor(1) as pool:
        hanging = pool.submit(tokens.credentials, HOST)
        assert tokens.credentials(HOST.replace("us-east-1", "eu-west-1")).secret == "1"
        elsewhere.set()
        assert hanging.result().secret == "2"


@DISKS
def test_a_failure_is_shared_by_the_threads_that_wait_for_it(
    clock: Still, monkeypatch: pytest.MonkeyPatch, disk: bool
) -> None:
    without_disk(monkeypatch, disk)
    waiting = threading.Semaphore(0)

    class Counted(Future):  # type: ignore[type-arg]
        def exception(self, timeout: float | None = None) -> BaseException | None:
            waiting.release()
            return super().exception(timeout)

    class Patient(Exchange):
        def __call__(self, target: Target, watch: Progress) -> Token:
            for _ in range(THREADS - 1):
                assert waiting.acquire(timeout=10)
            return super().__call__(target, watch)

    monkeypatch.setattr(api, "Future", Counted)
    exchange = Patient(clock)
    exchange.failure = "policy-missing"
    tokens = TokenClient(clock, exchange)
    errors = together([HOST] * THREADS, tokens)
    assert exchange.calls == 1
    assert [each.id for each in errors if isinstance(each, HelperError)] == ["policy-missing"] * THREADS
    assert len(set(map(id, errors))) == THREADS, "threads would write into one traceback"


def test_a_failure_is_not_remembered(clock: Still) -> None:
    exchange = Exchange(clock)
    tokens = TokenClient(clock, exchange)
    exchange.failure = "policy-missing"
    assert refusal(tokens).id == "policy-missing"
    exchange.failure = ""
    assert tokens.credentials(HOST).secret == "2"


def test_a_failure_is_told_without_what_a_traceback_would_show_of_its_cause(clock: Still) -> None:
    exchange = Exchange(clock)
    exchange.failure = "policy-missing"
    error = refusal(TokenClient(clock, exchange))
    assert (error.message, error.fix) == ("it failed", "mend it")
    assert error.__cause__ is None
    assert error.__context__ is None


@DISKS
def test_a_token_serves_until_it_is_no_longer_fresh_and_is_then_renewed(
    clock: Still, monkeypatch: pytest.MonkeyPatch, disk: bool
) -> None:
    without_disk(monkeypatch, disk)
    exchange = Exchange(clock)
    tokens = TokenClient(clock, exchange)
    secrets = []
    for seconds in (1, HALF - 2, 1, HALF - 1, 1):
        secrets.append(tokens.credentials(HOST).secret)
        clock.move(seconds)
    assert secrets == ["1", "1", "1", "2", "2"]


@DISKS
def test_a_token_that_is_no_longer_fresh_bridges_an_outage_until_it_expires(
    clock: Still, monkeypatch: pytest.MonkeyPatch, disk: bool
) -> None:
    without_disk(monkeypatch, disk)
    exchange = Exchange(clock)
    tokens = TokenClient(clock, exchange)
    tokens.credentials(HOST)
    exchange.failure = "unreachable"
    clock.move(2 * HALF - 1)
    assert tokens.credentials(HOST).secret == "1"
    clock.move(1)
    assert refusal(tokens).id == "unreachable"


@DISKS
def test_a_denial_is_bridged_by_nothing(clock: Still, monkeypatch: pytest.MonkeyPatch, disk: bool) -> None:
    without_disk(monkeypatch, disk)
    exchange = Exchange(clock)
    tokens = TokenClient(clock, exchange)
    tokens.credentials(HOST)
    exchange.failure = "policy-missing"
    clock.move(HALF)
    assert refusal(tokens).id == "policy-missing"


@DISKS
def test_another_identity_has_its_own_token(clock: Still, monkeypatch: pytest.MonkeyPatch, disk: bool) -> None:
    without_disk(monkeypatch, disk)
    exchange = Exchange(clock)
    tokens = TokenClient(clock, exchange)
    secrets = []
    for profile in ("blue", "green", "blue"):
        monkeypatch.setenv("AWS_PROFILE", profile)
        secrets.append(tokens.credentials(HOST).secret)
    assert secrets == ["1", "2", "1"]


@DISKS
@pytest.mark.parametrize("failure", ["", "unreachable"])
def test_a_file_that_selects_an_identity_and_changes_ends_the_token(
    clock: Still, monkeypatch: pytest.MonkeyPatch, home: Path, disk: bool, failure: str
) -> None:
    without_disk(monkeypatch, disk)
    exchange = Exchange(clock)
    tokens = TokenClient(clock, exchange)
    tokens.credentials(HOST)
    (home / ".aws").mkdir()
    (home / ".aws/config").write_text("[default]\n")
    exchange.failure = failure
    if failure:
        assert refusal(tokens).id == failure
    else:
        assert tokens.credentials(HOST).secret == "2"


@DISKS
def test_a_token_whose_evidence_changed_meanwhile_answers_once(
    clock: Still, monkeypatch: pytest.MonkeyPatch, home: Path, disk: bool
) -> None:
    class Busy(Exchange):
        def __call__(self, target: Target, watch: Progress) -> Token:
            (home / ".aws/config").write_text(f"# {self.calls}\n")
            return super().__call__(target, watch)

    without_disk(monkeypatch, disk)
    (home / ".aws").mkdir()
    tokens = TokenClient(clock, Busy(clock))
    assert [tokens.credentials(HOST).secret for _ in range(2)] == ["1", "2"]


def test_a_token_that_is_due_is_renewed_behind_the_answer(clock: Still, monkeypatch: pytest.MonkeyPatch) -> None:
    answered = threading.Event()
    answered.set()

    class Slow(Exchange):
        def __call__(self, target: Target, watch: Progress) -> Token:
            assert answered.wait(timeout=10)
            return super().__call__(target, watch)

    exchange = Slow(clock, CredentialSource(non_interactive=True))
    tokens = TokenClient(clock, exchange)
    tokens.credentials(HOST)
    clock.move(0.75 * HALF)
    threads = started(monkeypatch)
    answered.clear()
    assert [tokens.credentials(HOST).secret for _ in range(THREADS)] == ["1"] * THREADS
    answered.set()
    (thread,) = threads
    thread.join()
    assert exchange.calls == 2
    assert tokens.credentials(HOST).secret == "2"


def test_a_role_that_is_another_one_now_ends_the_token_of_the_old_one(
    clock: Still, monkeypatch: pytest.MonkeyPatch, cloud: Loopback
) -> None:
    exchange = Exchange(clock, CredentialSource(non_interactive=True, role_identity=(cloud.endpoint, ROLE[1])))
    tokens = TokenClient(clock, exchange)
    tokens.credentials(HOST)
    clock.move(301)
    threads = started(monkeypatch)
    exchange.failure = "policy-missing"
    tokens.credentials(HOST)
    threads[0].join()
    assert refusal(tokens).id == "policy-missing"


def started(monkeypatch: pytest.MonkeyPatch) -> list[threading.Thread]:
    """Give the list of the threads that look behind an answer, as they are started."""
    threads: list[threading.Thread] = []

    class Noted(threading.Thread):
        def start(self) -> None:
            if self.name == "credhelper":
                threads.append(self)
            super().start()

    monkeypatch.setattr(threading, "Thread", Noted)
    return threads


def test_a_note_for_the_person_is_logged(
    clock: Still, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    (home / "file").touch()
    monkeypatch.setenv("AWS_ECR_CACHE_DIR", str(home / "file"))
    assert TokenClient(clock, Exchange(clock)).credentials(HOST).secret == "1"
    assert [record.levelname for record in caplog.records if record.name == "credhelper"] == ["WARNING"]
    assert HOST in caplog.text


@pytest.mark.parametrize(
    ("server", "id_"),
    [("ghcr.io", "not-ecr"), ("", "no-server"), ("user@host", "bad-server"), ("\udcff", "bad-server")],
)
def test_what_is_no_registry_of_ecr_is_an_error_and_nobody_is_asked(clock: Still, server: str, id_: str) -> None:
    exchange = Exchange(clock)
    assert refusal(TokenClient(clock, exchange), server).id == id_
    assert exchange.calls == 0


def test_ecr_public_without_credentials_is_an_error_that_says_to_pull_without(clock: Still) -> None:
    exchange = Exchange(clock)
    exchange.failure = "no-credentials"
    tokens = TokenClient(clock, exchange)
    assert [refusal(tokens, PUBLIC).id for _ in range(2)] == ["public-anonymous"] * 2
    assert "pull without credentials" in refusal(tokens, PUBLIC).fix
    assert exchange.calls == 1


def test_ecr_public_with_credentials_has_a_token_of_its_own(clock: Still) -> None:
    tokens = TokenClient(clock, Exchange(clock))
    assert [tokens.credentials(host).secret for host in (HOST, PUBLIC, OTHER)] == ["1", "2", "1"]


def test_a_process_that_was_forked_while_a_lock_was_held_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    seed()
    credhelper.credentials(HOST)
    (tokens,) = api._CLIENTS.values()  # noqa: SLF001
    monkeypatch.setattr(os, "getpid", lambda: -1)
    given: list[Credentials] = []
    asking = threading.Thread(target=lambda: given.append(credhelper.credentials(HOST)), daemon=True)
    with tokens._lock:  # noqa: SLF001
        asking.start()
        asking.join(timeout=10)
    assert [each.secret for each in given] == ["seeded"]


def test_an_alias_of_the_settings_is_a_registry(clock: Still, home: Path) -> None:
    path = home / ".config/credhelper/config.toml"
    path.parent.mkdir(parents=True)
    path.write_text(f'[aliases]\n"images.example.com" = "{HOST}"\n')
    path.chmod(0o600)
    assert TokenClient(clock, Exchange(clock)).credentials("images.example.com").secret == "1"


@pytest.mark.parametrize("variable", ["AWS_PROFILE", "AWS_CONTAINER_AUTHORIZATION_TOKEN"])
def test_an_environment_that_changed_meanwhile_is_nobody_s(
    clock: Still, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    """Another thread may name another identity just before botocore looks."""
    exchange = Exchange(clock)

    def changing(target: Target, watch: Progress) -> Token:
        monkeypatch.setenv(variable, "another")
        return exchange(target, watch)

    monkeypatch.setenv(variable, "mine")
    tokens = TokenClient(clock, changing)
    assert tokens.credentials(HOST).secret == "1"
    monkeypatch.setenv(variable, "mine")
    assert tokens.credentials(HOST).secret == "2"
    assert TokenClient(clock, exchange).credentials(HOST).secret == "3"


def test_ctrl_c_in_the_thread_that_asks_is_not_for_those_who_wait(clock: Still) -> None:
    asked, waited = threading.Event(), threading.Event()
    exchange = Exchange(clock)

    def interrupted(target: Target, watch: Progress) -> Token:
        if not asked.is_set():
            asked.set()
            waited.wait(30)
            raise KeyboardInterrupt
        return exchange(target, watch)

    tokens = TokenClient(clock, interrupted)
    with ThreadPoolExecutor() as pool:
        first = pool.submit(tokens.credentials, HOST)
        asked.wait(30)
        others = [pool.submit(tokens.credentials, HOST) for _ in range(3)]
        while not all(each.running() for each in others):
            pass
        waited.set()
        assert isinstance(first.exception(), KeyboardInterrupt)
        assert [each.result().secret for each in others] == ["1", "1", "1"]


@pytest.mark.parametrize("is_stale", [False, True])
def test_a_program_that_hangs_ends_and_no_other_child_does(
    home: Path, monkeypatch: pytest.MonkeyPatch, is_stale: bool
) -> None:
    ours = home / "pid"
    (home / ".aws").mkdir()
    program = f"sh -c 'echo $$ > {ours}; sleep 60 & wait'"
    config = home / ".aws" / "config"
    config.write_text(f"[default]\ncredential_process = {program}\n")
    monkeypatch.setenv("CREDHELPER_TIMEOUT", "1.5")
    with subprocess.Popen(["sleep", "60"]) as other:
        if is_stale:
            while not is_stable(str(config), time.time(), time.time()):
                pass
            seed(hours_ago=7)
            assert TokenClient().credentials(HOST).secret == "seeded"
        else:
            assert refusal(TokenClient()).id == "timed-out"
        left, until = Path(f"/proc/{ours.read_text().strip()}"), time.monotonic() + 20
        while left.exists() and time.monotonic() < until:
            pass
        assert not left.exists()
        assert other.poll() is None
        other.kill()
