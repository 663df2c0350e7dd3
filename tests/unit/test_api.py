"""The Python API, `credhelper.credentials`: one call for all threads of a program that may run for days."""

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
from credhelper import fingerprint, timeouts
from credhelper.cache.file_stamps import is_stable
from credhelper.clock import Instant
from credhelper.ecr.token import CredentialSource, Token
from credhelper.errors import HelperError
from credhelper.tokens import api
from credhelper.tokens.api import Credentials, TokenClient
from tests.support.clocks import FrozenClock
from tests.support.factories import create_entry, create_error
from tests.support.hangs import HANG_TIMEOUT
from tests.support.runner import HOST, OTHER_HOST, PUBLIC, parse_login, run_get

if TYPE_CHECKING:
    from credhelper.ecr.target import Target
    from credhelper.system.deadline import Progress
    from tests.fake_ec2.services import Loopback

HALF_LIFE = 6 * 3600
THREADS = 20
KEY_SOURCE = CredentialSource()
ROLE = ("http://127.0.0.1:9", "arn:aws:iam::123456789012:instance-profile/app AIPA1 app")
# With a cache on disk, and without one.
WITH_AND_WITHOUT_DISK = pytest.mark.parametrize("has_disk", [True, False], ids=["disk", "no disk"])


@pytest.fixture(autouse=True)
def no_shared_clients(monkeypatch: pytest.MonkeyPatch) -> None:
    """Start without the clients of other tests, which hold tokens in memory."""
    monkeypatch.setattr(api, "_CLIENTS", {})


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(Instant(1_800_000_000.0, fingerprint.read_boot_id(), 1000.0))


class Exchange:
    """An exchange that returns the tokens "1", "2", ... for twelve hours, or raises `failure`, and counts its calls."""

    def __init__(self, clock: FrozenClock, source: CredentialSource = KEY_SOURCE) -> None:
        self.calls = 0
        self.failure = ""
        self._clock = clock
        self._source = source

    def __call__(self, _: Target, __: Progress) -> Token:
        self.calls += 1
        if self.failure:
            raise create_error(self.failure) from RuntimeError("a secret that a program has printed")
        return Token("AWS", str(self.calls), self._clock.now().wall + 2 * HALF_LIFE, self._source)


def configure_disk(monkeypatch: pytest.MonkeyPatch, has_disk: bool) -> None:
    if not has_disk:
        monkeypatch.setenv("AWS_ECR_DISABLE_CACHE", "1")


def get_concurrently(hosts: list[str], client: TokenClient) -> list[Credentials | HelperError]:
    """Request credentials for each host in its own thread, all at once; return the result or the error of each."""
    barrier = threading.Barrier(len(hosts))

    def get_credentials(host: str) -> Credentials | HelperError:
        barrier.wait()
        try:
            return client.credentials(host)
        except HelperError as error:
            return error

    with ThreadPoolExecutor(len(hosts)) as pool:
        return list(pool.map(get_credentials, hosts))


def get_error(client: TokenClient, server: str = HOST) -> HelperError:
    with pytest.raises(HelperError) as excinfo:
        client.credentials(server)
    return excinfo.value


def test_importing_the_package_loads_nothing_else() -> None:
    script = "import sys; before = set(sys.modules); import credhelper; print(*sorted(set(sys.modules) - before))"
    result = subprocess.run([sys.executable, "-I", "-c", script], capture_output=True, text=True, check=True)
    assert result.stdout.split() == ["credhelper"]


def test_the_package_lists_the_error_that_it_has_not_loaded_yet() -> None:
    script = "import credhelper; print('HelperError' in dir(credhelper), credhelper.HelperError.__module__)"
    result = subprocess.run([sys.executable, "-I", "-c", script], capture_output=True, text=True, check=True)
    assert result.stdout.split() == ["True", "credhelper.errors"]


def test_the_package_has_no_other_attribute() -> None:
    with pytest.raises(AttributeError, match="module 'credhelper' has no attribute 'credential'"):
        getattr(credhelper, "credential")  # noqa: B009  (mypy knows that there is none)


def test_the_function_credentials_calls_aws_as_a_get_does(cloud: Loopback) -> None:
    credentials = credhelper.credentials(HOST)
    token = cloud.tokens.find(credentials.secret, "ecr", "us-east-1")
    assert credentials.username == "AWS"
    assert token is not None
    assert credentials.expires == pytest.approx(token.expires_at, abs=1)
    assert cloud.count_calls()["ecr"] == 1


def test_a_get_and_a_program_share_a_token(cloud: Loopback) -> None:
    credentials = credhelper.credentials(HOST)
    assert parse_login(run_get())["Secret"] == credentials.secret
    assert cloud.count_calls()["ecr"] == 1


def test_a_token_that_a_get_cached_serves_a_program() -> None:
    create_entry()
    assert credhelper.credentials(HOST).secret == "seeded"


@pytest.mark.parametrize("server", [HOST, HOST.upper(), f"https://{HOST}/v2/", f"{HOST}:443", f"{HOST}/team/app:1"])
def test_a_registry_can_be_named_in_any_form_that_a_client_sends(clock: FrozenClock, server: str) -> None:
    assert TokenClient(clock, Exchange(clock)).credentials(server).secret == "1"


def test_the_secret_is_not_shown() -> None:
    credentials = Credentials("AWS", "the secret", 0.0)
    assert "the secret" not in f"{credentials!r} {credentials} {[credentials]}"


def test_credentials_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        Credentials("AWS", "the secret", 0.0).secret = "another"  # type: ignore[misc]


def test_the_expiry_is_available_in_seconds_of_utc_and_as_a_datetime() -> None:
    credentials = Credentials("AWS", "the secret", 1_800_000_000.0)
    assert credentials.expires_at == dt.datetime(2027, 1, 15, 8, 0, tzinfo=dt.timezone.utc)
    assert credentials.expires_at.timestamp() == credentials.expires


@WITH_AND_WITHOUT_DISK
def test_many_threads_cost_one_exchange(clock: FrozenClock, monkeypatch: pytest.MonkeyPatch, has_disk: bool) -> None:
    configure_disk(monkeypatch, has_disk)
    exchange = Exchange(clock)
    results = get_concurrently([HOST] * THREADS, TokenClient(clock, exchange))
    assert exchange.calls == 1
    assert {credentials.secret for credentials in results if isinstance(credentials, Credentials)} == {"1"}


@WITH_AND_WITHOUT_DISK
def test_many_registries_of_one_scope_cost_one_exchange(
    clock: FrozenClock, monkeypatch: pytest.MonkeyPatch, has_disk: bool
) -> None:
    configure_disk(monkeypatch, has_disk)
    exchange = Exchange(clock)
    hosts = [HOST.replace("123456789012", f"{number:012}") for number in range(THREADS)]
    get_concurrently(hosts, TokenClient(clock, exchange))
    assert exchange.calls == 1


def test_a_region_that_hangs_does_not_block_another(clock: FrozenClock) -> None:
    other_region_done = threading.Event()

    class SlowExchange(Exchange):
        def __call__(self, target: Target, progress: Progress) -> Token:
            if target.registry.region == "us-east-1":
                assert other_region_done.wait(timeout=10)
            return super().__call__(target, progress)

    client = TokenClient(clock, SlowExchange(clock))
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(client.credentials, HOST)
        assert client.credentials(HOST.replace("us-east-1", "eu-west-1")).secret == "1"
        other_region_done.set()
        assert first.result().secret == "2"


@WITH_AND_WITHOUT_DISK
def test_a_failure_is_shared_by_the_threads_that_wait_for_it(
    clock: FrozenClock, monkeypatch: pytest.MonkeyPatch, has_disk: bool
) -> None:
    configure_disk(monkeypatch, has_disk)
    waiters = threading.Semaphore(0)

    class CountedFuture(Future):  # type: ignore[type-arg]
        def exception(self, timeout: float | None = None) -> BaseException | None:
            waiters.release()
            return super().exception(timeout)

    class PatientExchange(Exchange):
        def __call__(self, target: Target, progress: Progress) -> Token:
            for _ in range(THREADS - 1):
                assert waiters.acquire(timeout=10)
            return super().__call__(target, progress)

    monkeypatch.setattr(api, "Future", CountedFuture)
    exchange = PatientExchange(clock)
    exchange.failure = "policy-missing"
    client = TokenClient(clock, exchange)
    errors = get_concurrently([HOST] * THREADS, client)
    assert exchange.calls == 1
    assert [error.id for error in errors if isinstance(error, HelperError)] == ["policy-missing"] * THREADS
    assert len(set(map(id, errors))) == THREADS, "threads would write into one traceback"


def test_a_failure_is_not_remembered(clock: FrozenClock) -> None:
    exchange = Exchange(clock)
    client = TokenClient(clock, exchange)
    exchange.failure = "policy-missing"
    assert get_error(client).id == "policy-missing"
    exchange.failure = ""
    assert client.credentials(HOST).secret == "2"


def test_a_failure_is_raised_without_the_traceback_of_its_cause(clock: FrozenClock) -> None:
    exchange = Exchange(clock)
    exchange.failure = "policy-missing"
    error = get_error(TokenClient(clock, exchange))
    assert (str(error), error.fix) == (f"it failed for {HOST}", "fix it")
    assert error.__cause__ is None
    assert error.__context__ is None


@WITH_AND_WITHOUT_DISK
def test_a_token_serves_until_it_is_no_longer_fresh_and_is_then_refreshed(
    clock: FrozenClock, monkeypatch: pytest.MonkeyPatch, has_disk: bool
) -> None:
    configure_disk(monkeypatch, has_disk)
    exchange = Exchange(clock)
    client = TokenClient(clock, exchange)
    secrets = []
    for seconds in (1, HALF_LIFE - 2, 1, HALF_LIFE - 1, 1):
        secrets.append(client.credentials(HOST).secret)
        clock.advance(seconds)
    assert secrets == ["1", "1", "1", "2", "2"]


@WITH_AND_WITHOUT_DISK
def test_a_token_that_is_no_longer_fresh_bridges_an_outage_until_it_expires(
    clock: FrozenClock, monkeypatch: pytest.MonkeyPatch, has_disk: bool
) -> None:
    configure_disk(monkeypatch, has_disk)
    exchange = Exchange(clock)
    client = TokenClient(clock, exchange)
    client.credentials(HOST)
    exchange.failure = "unreachable"
    clock.advance(2 * HALF_LIFE - 1)
    assert client.credentials(HOST).secret == "1"
    clock.advance(1)
    assert get_error(client).id == "unreachable"


@WITH_AND_WITHOUT_DISK
def test_a_denial_is_never_bridged(clock: FrozenClock, monkeypatch: pytest.MonkeyPatch, has_disk: bool) -> None:
    configure_disk(monkeypatch, has_disk)
    exchange = Exchange(clock)
    client = TokenClient(clock, exchange)
    client.credentials(HOST)
    exchange.failure = "policy-missing"
    clock.advance(HALF_LIFE)
    assert get_error(client).id == "policy-missing"


@WITH_AND_WITHOUT_DISK
def test_another_identity_has_its_own_token(
    clock: FrozenClock, monkeypatch: pytest.MonkeyPatch, has_disk: bool
) -> None:
    configure_disk(monkeypatch, has_disk)
    exchange = Exchange(clock)
    client = TokenClient(clock, exchange)
    secrets = []
    for profile in ("blue", "green", "blue"):
        monkeypatch.setenv("AWS_PROFILE", profile)
        secrets.append(client.credentials(HOST).secret)
    assert secrets == ["1", "2", "1"]


@WITH_AND_WITHOUT_DISK
@pytest.mark.parametrize("failure", ["", "unreachable"])
def test_a_change_to_a_file_that_selects_an_identity_invalidates_the_token(
    clock: FrozenClock, monkeypatch: pytest.MonkeyPatch, home: Path, has_disk: bool, failure: str
) -> None:
    configure_disk(monkeypatch, has_disk)
    exchange = Exchange(clock)
    client = TokenClient(clock, exchange)
    client.credentials(HOST)
    (home / ".aws").mkdir()
    (home / ".aws/config").write_text("[default]\n")
    exchange.failure = failure
    if failure:
        assert get_error(client).id == failure
    else:
        assert client.credentials(HOST).secret == "2"


@WITH_AND_WITHOUT_DISK
def test_a_token_whose_dependencies_changed_meanwhile_answers_once(
    clock: FrozenClock, monkeypatch: pytest.MonkeyPatch, home: Path, has_disk: bool
) -> None:
    class EditingExchange(Exchange):
        def __call__(self, target: Target, progress: Progress) -> Token:
            (home / ".aws/config").write_text(f"# {self.calls}\n")
            return super().__call__(target, progress)

    configure_disk(monkeypatch, has_disk)
    (home / ".aws").mkdir()
    client = TokenClient(clock, EditingExchange(clock))
    assert [client.credentials(HOST).secret for _ in range(2)] == ["1", "2"]


def test_a_token_that_is_due_is_refreshed_in_the_background(
    clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_exchange = threading.Event()
    may_exchange.set()

    class SlowExchange(Exchange):
        def __call__(self, target: Target, progress: Progress) -> Token:
            assert may_exchange.wait(timeout=10)
            return super().__call__(target, progress)

    exchange = SlowExchange(clock, CredentialSource(non_interactive=True))
    client = TokenClient(clock, exchange)
    client.credentials(HOST)
    clock.advance(0.75 * HALF_LIFE)
    threads = record_threads(monkeypatch)
    may_exchange.clear()
    assert [client.credentials(HOST).secret for _ in range(THREADS)] == ["1"] * THREADS
    may_exchange.set()
    (thread,) = threads
    thread.join()
    assert exchange.calls == 2
    assert client.credentials(HOST).secret == "2"


def test_a_change_of_the_role_invalidates_the_token_of_the_old_role(
    clock: FrozenClock, monkeypatch: pytest.MonkeyPatch, cloud: Loopback
) -> None:
    exchange = Exchange(clock, CredentialSource(non_interactive=True, role_identity=(cloud.endpoint, ROLE[1])))
    client = TokenClient(clock, exchange)
    client.credentials(HOST)
    clock.advance(301)
    threads = record_threads(monkeypatch)
    exchange.failure = "policy-missing"
    client.credentials(HOST)
    threads[0].join()
    assert get_error(client).id == "policy-missing"


def record_threads(monkeypatch: pytest.MonkeyPatch) -> list[threading.Thread]:
    """Return a list to which each thread that runs behind an answer is appended when it is started."""
    threads: list[threading.Thread] = []

    class RecordedThread(threading.Thread):
        def start(self) -> None:
            if self.name == "credhelper":
                threads.append(self)
            super().start()

    monkeypatch.setattr(threading, "Thread", RecordedThread)
    return threads


def test_a_note_for_the_user_is_logged(
    clock: FrozenClock, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    (home / "file").touch()
    monkeypatch.setenv("AWS_ECR_CACHE_DIR", str(home / "file"))
    assert TokenClient(clock, Exchange(clock)).credentials(HOST).secret == "1"
    assert [log_record.levelname for log_record in caplog.records if log_record.name == "credhelper"] == ["WARNING"]
    assert HOST in caplog.text


@pytest.mark.parametrize(
    ("server", "id_"),
    [("ghcr.io", "not-ecr"), ("", "no-server"), ("user@host", "bad-server"), ("\udcff", "bad-server")],
)
def test_a_host_that_is_not_a_registry_of_ecr_is_an_error_and_nothing_is_called(
    clock: FrozenClock, server: str, id_: str
) -> None:
    exchange = Exchange(clock)
    assert get_error(TokenClient(clock, exchange), server).id == id_
    assert exchange.calls == 0


def test_ecr_public_without_credentials_is_an_error_that_suggests_an_anonymous_pull(clock: FrozenClock) -> None:
    exchange = Exchange(clock)
    exchange.failure = "no-credentials"
    client = TokenClient(clock, exchange)
    assert [get_error(client, PUBLIC).id for _ in range(2)] == ["public-anonymous"] * 2
    assert "pull without credentials" in get_error(client, PUBLIC).fix
    assert exchange.calls == 1


def test_ecr_public_with_credentials_has_a_token_of_its_own(clock: FrozenClock) -> None:
    client = TokenClient(clock, Exchange(clock))
    assert [client.credentials(host).secret for host in (HOST, PUBLIC, OTHER_HOST)] == ["1", "2", "1"]


def test_a_process_that_was_forked_while_a_lock_was_held_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    create_entry()
    credhelper.credentials(HOST)
    (client,) = api._CLIENTS.values()  # noqa: SLF001
    monkeypatch.setattr(os, "getpid", lambda: -1)
    results: list[Credentials] = []
    thread = threading.Thread(target=lambda: results.append(credhelper.credentials(HOST)), daemon=True)
    with client._lock:  # noqa: SLF001
        thread.start()
        thread.join(timeout=10)
    assert [credentials.secret for credentials in results] == ["seeded"]


def test_an_alias_in_the_settings_is_treated_as_a_registry(clock: FrozenClock, home: Path) -> None:
    path = home / ".config/credhelper/config.toml"
    path.parent.mkdir(parents=True)
    path.write_text(f'[aliases]\n"images.example.com" = "{HOST}"\n')
    path.chmod(0o600)
    assert TokenClient(clock, Exchange(clock)).credentials("images.example.com").secret == "1"


@pytest.mark.parametrize("variable", ["AWS_PROFILE", "AWS_CONTAINER_AUTHORIZATION_TOKEN"])
def test_a_token_of_an_environment_that_changed_meanwhile_is_not_cached(
    clock: FrozenClock, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    """Another thread may select another identity just before botocore reads the environment."""
    exchange = Exchange(clock)

    def change_environment(target: Target, progress: Progress) -> Token:
        monkeypatch.setenv(variable, "another")
        return exchange(target, progress)

    monkeypatch.setenv(variable, "mine")
    client = TokenClient(clock, change_environment)
    assert client.credentials(HOST).secret == "1"
    monkeypatch.setenv(variable, "mine")
    assert client.credentials(HOST).secret == "2"
    assert TokenClient(clock, exchange).credentials(HOST).secret == "3"


def test_ctrl_c_in_the_thread_that_makes_the_exchange_does_not_end_the_waiting_threads(clock: FrozenClock) -> None:
    exchange_started, others_waiting = threading.Event(), threading.Event()
    exchange = Exchange(clock)

    def interrupt_first(target: Target, progress: Progress) -> Token:
        if not exchange_started.is_set():
            exchange_started.set()
            others_waiting.wait(30)
            raise KeyboardInterrupt
        return exchange(target, progress)

    client = TokenClient(clock, interrupt_first)
    with ThreadPoolExecutor() as pool:
        first = pool.submit(client.credentials, HOST)
        exchange_started.wait(30)
        others = [pool.submit(client.credentials, HOST) for _ in range(3)]
        while not all(future.running() for future in others):
            pass
        others_waiting.set()
        assert isinstance(first.exception(), KeyboardInterrupt)
        assert [future.result().secret for future in others] == ["1", "1", "1"]


@pytest.mark.parametrize("is_stale", [False, True])
def test_a_credential_process_that_hangs_is_killed_and_no_other_child_is(
    home: Path, monkeypatch: pytest.MonkeyPatch, is_stale: bool
) -> None:
    pid_file = home / "pid"
    (home / ".aws").mkdir()
    program = f"sh -c 'echo $$ > {pid_file}; sleep 60 & wait'"
    config = home / ".aws" / "config"
    config.write_text(f"[default]\ncredential_process = {program}\n")
    monkeypatch.setenv("CREDHELPER_TIMEOUT", HANG_TIMEOUT)
    monkeypatch.setattr(timeouts, "STALE_REFRESH_TIMEOUT", float(HANG_TIMEOUT))
    with subprocess.Popen(["sleep", "60"]) as other:
        if is_stale:
            while not is_stable(str(config), time.time(), time.time()):
                pass
            create_entry(hours_ago=7)
            assert TokenClient().credentials(HOST).secret == "seeded"
        else:
            assert get_error(TokenClient()).id == "timed-out"
        process, deadline = Path(f"/proc/{pid_file.read_text().strip()}"), time.monotonic() + 20
        while process.exists() and time.monotonic() < deadline:
            pass
        assert not process.exists()
        assert other.poll() is None
        other.kill()
