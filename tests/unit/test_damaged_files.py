"""Damaged files: one that is cut off at any byte, or damaged otherwise, is a miss or an error, and nothing is lost."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Callable

import pytest

from credhelper import background, entry, fingerprint
from credhelper.cache import files, recent_failure
from credhelper.cache.prune import prune
from credhelper.cache.recent_failure import RecentFailure
from credhelper.cache.token_cache import TokenCache
from credhelper.clock import Instant
from credhelper.ecr.registry import Registry
from credhelper.ecr.target import without_settings
from credhelper.ecr.token import CredentialSource, Token
from credhelper.entry import CacheEntry, Lifetime
from credhelper.errors import HelperError
from credhelper.logins import index
from credhelper.logins.index import IndexContents, Location
from credhelper.logins.login import Login
from credhelper.logins.store import LoginStore
from credhelper.settings.logins import LoginSettings
from credhelper.settings.rules import Settings
from credhelper.system.context import Context
from credhelper.system.lock import Lock
from credhelper.tokens.single_flight import SingleFlight
from credhelper.tokens.source import TokenSource
from tests.support.clocks import FrozenClock

if TYPE_CHECKING:
    from credhelper.ecr.target import Target
    from credhelper.system.deadline import Progress

REGISTRY = Registry("123456789012", "us-east-1")
OTHER = "210987654321.dkr.ecr.us-east-1.amazonaws.com"
NOW = Instant(1_800_000_000.0, fingerprint.read_boot_id(), 1000.0)
LOGINS = [Login("ghcr.io", "somebody", "one"), Login("quay.io", "somebody", "two")]
SOURCE = CredentialSource(
    role_identity=("http://127.0.0.1:9", "arn:aws:iam::123456789012:instance-profile/app AIPA1 app")
)


def list_damages(data: bytes) -> dict[str, bytes]:
    """Return damaged variants of a file's content, by name."""
    cuts = {f"cut at {size}": data[:size] for size in range(len(data))}
    zeros = {f"zeros from {size}": data[:size] + bytes(len(data) - size) for size in range(0, len(data), 7)}
    more = {
        "garbage behind": data + b"\xff\x00garbage\n",
        "a line behind": data + b"ghcr.io\tfile\n",
        "itself behind": data + data,
        "garbage": b"\xff\xfe\x00" * 50,
        "a long number": b"9" * 5000,
        "deep": b"[" * 100_000,
        "a line's end": b"\n",
    }
    if data.startswith(b"credhelper "):
        more["another version"] = data.replace(b" 2\n", b" 3\n", 1)
    return {**cuts, **zeros, **more}


def check_each_damage(path: Path, check: Callable[[str], None]) -> None:
    """Damage the file in each way, call `check` with the name of the damage, and restore the file."""
    data = path.read_bytes()
    for name, bytes_ in list_damages(data).items():
        path.write_bytes(bytes_)
        path.chmod(0o600)
        try:
            check(name)
        except AssertionError:
            raise
        except Exception as error:
            raise AssertionError(f"{name}: {error!r}") from error
    path.write_bytes(data)


def cache_directory() -> Path:
    return Path(os.environ["HOME"], ".cache", "credhelper")


def data_directory() -> Path:
    return Path(os.environ["HOME"], ".local/share/credhelper")


def make_environment(**changes: str) -> dict[str, str]:
    return {"HOME": os.environ["HOME"], "PATH": "/nowhere", **changes}


def make_source(exchange: Callable[[Target, Progress], Token], **changes: str) -> TokenSource:
    context = Context(make_environment(**changes), Settings(), clock=FrozenClock(NOW))
    return TokenSource(without_settings(REGISTRY), context, exchange=exchange)


def return_token(*_: object) -> Token:
    return Token("AWS", "new", NOW.wall + 43200, SOURCE)


def fail(*_: object) -> Token:
    raise HelperError("throttled", "it failed", "try again")


@pytest.mark.parametrize("variables", [{}, {"AWS_CONTAINER_AUTHORIZATION_TOKEN": "one"}], ids=["text", "confidential"])
def test_a_damaged_entry_is_a_miss(variables: dict[str, str]) -> None:
    make_source(return_token, **variables).get()
    [path] = cache_directory().iterdir()
    cache = TokenCache(Context(make_environment(**variables), Settings()))

    def check(damage: str) -> None:
        assert entry.lookup(REGISTRY.host, make_environment(**variables), NOW) is None, damage
        assert cache.read(REGISTRY.host) is None, damage
        assert cache.list_fresh(NOW) == {}, damage
        assert cache.newest(without_settings(REGISTRY), NOW) is None, damage
        assert set(cache.registries()) <= {REGISTRY.host}, damage

    check_each_damage(path, check)
    assert cache.read(REGISTRY.host) is not None


def test_a_damaged_entry_with_a_rotated_token_file_is_a_miss(home: Path) -> None:
    token = home / "token"
    dependencies = [fingerprint.observe(b"file", os.fsencode(token), {}), b"subject\t%s\tdigest" % os.fsencode(token)]
    cache = TokenCache(Context(make_environment(), Settings()))
    cache.store(
        REGISTRY.host,
        CacheEntry(Lifetime(NOW, 1, 1, 40000, 40000), dependencies, 0, b'{"ServerURL": "x", "Secret": "y"}\n'),
    )
    [path] = cache_directory().iterdir()
    data = path.read_bytes()

    def check(damage: str) -> None:
        assert cache.read(REGISTRY.host) is None, damage
        path.write_bytes(
            path.read_bytes() + b"\n\nmore"
        )  # gives a body to an entry that was cut off in its dependencies
        assert cache.read(REGISTRY.host) is None, damage

    check_each_damage(path, check)
    assert path.read_bytes() == data


def test_a_damaged_entry_can_be_erased_without_loss_of_another_entry() -> None:
    cache = TokenCache(Context(make_environment(), Settings()))
    make_source(return_token).get()
    [path] = cache_directory().iterdir()
    cache.store(
        OTHER,
        CacheEntry(Lifetime(NOW, 1, 1, 40000, 40000), [], 0, b'{"ServerURL": "x", "Username": "", "Secret": "z"}\n'),
    )

    def check(damage: str) -> None:
        prune(str(cache_directory()), NOW.wall)
        files.delete_host(str(cache_directory()), REGISTRY.host, lambda _: None)
        assert cache.read(OTHER) is not None, damage

    check_each_damage(path, check)


def test_a_damaged_entry_is_replaced_by_the_next_one() -> None:
    make_source(return_token).get()
    [path] = cache_directory().iterdir()
    whole = path.read_bytes()
    for size in range(0, len(whole), 11):
        path.write_bytes(whole[:size])
        assert make_source(return_token).get().status == 0
        assert [child.name for child in cache_directory().iterdir()] == [path.name]
        assert entry.lookup(REGISTRY.host, make_environment(), NOW) is not None


def test_a_damaged_failure_is_ignored() -> None:
    with pytest.raises(HelperError, match="it failed"):
        make_source(fail).get()
    [path] = cache_directory().iterdir()

    def check(damage: str) -> None:
        assert recent_failure.read(str(path)) is None, damage
        assert make_source(return_token).get().status == 0, damage
        Path(
            cache_directory(), entry.file_name(REGISTRY.host, fingerprint.selecting_variables(make_environment()))
        ).unlink()

    check_each_damage(path, check)


@pytest.mark.parametrize("whole", [b'[1, "b", 2, "-", "h", "i", "m", "f"]', b'[NaN, "b", 1e999, 5, [], {}, null, 7]'])
def test_a_failure_with_huge_numbers_is_read_or_ignored(tmp_path: Path, whole: bytes) -> None:
    path = tmp_path / "file"
    path.write_bytes(whole.replace(b"1", b"1" + b"0" * 400, 1))
    path.chmod(0o600)
    last = recent_failure.read(str(path))
    assert last is None or isinstance(last, RecentFailure)


@pytest.mark.parametrize("confidential", [b"", b"one"])
def test_a_damaged_lock_is_waited_for_or_taken_over(tmp_path: Path, confidential: bytes) -> None:
    holder = SingleFlight(str(tmp_path / ".lock-key"), FrozenClock(), confidential)
    assert holder.acquire(lambda: None, 15) is None

    def check(_: str) -> None:
        waiter = Lock(str(tmp_path / ".lock-key-0"))
        assert not waiter.try_acquire()
        waiter.holder_is_running()
        waiter.holder_note()
        waiter.release()
        flight = SingleFlight(str(tmp_path / ".lock-key"), FrozenClock(), confidential)
        assert flight.acquire(lambda: None, 15) is None
        flight.release()

    check_each_damage(tmp_path / ".lock-key-0", check)


def test_a_damaged_lock_without_a_holder_is_acquired(tmp_path: Path) -> None:
    path = tmp_path / ".lock-key-0"
    for data in list_damages(b"123 note\n").values():
        path.write_bytes(data)
        lock = Lock(str(path), b"note")
        assert lock.try_acquire()
        assert path.read_bytes() == b"%d note\n" % os.getpid()
        lock.release()


def test_the_content_of_a_refresh_marker_is_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fork", lambda: pytest.fail("a process was left for a mark that is there"))
    make_source(return_token).get()
    fresh_entry = entry.lookup(REGISTRY.host, make_environment(), NOW)
    assert fresh_entry is not None
    due_entry = CacheEntry(Lifetime(NOW, 0, 0, 40000, 40000), fresh_entry.dependencies, 0, fresh_entry.body)
    marker = f".refresh-{background._entry_id(due_entry, make_environment())}-{NOW.uptime // 300:.0f}"  # noqa: SLF001
    for data in list_damages(b"").values():
        (cache_directory() / marker).write_bytes(data)
        background.spawn_refresh(REGISTRY.host, due_entry, make_environment(), NOW)


def open_store() -> LoginStore:
    return LoginStore(Context(make_environment(), Settings(logins=LoginSettings("file"))))


def store_logins() -> None:
    for login in LOGINS:
        open_store().store(login)


def test_a_damaged_index_is_reported_and_hides_no_login() -> None:
    store_logins()

    def check(damage: str) -> None:
        for login in LOGINS:
            logins = open_store()
            assert logins.find(login.server) == login, damage
            assert "[logins-unreadable]" in logins.index.notes[0], damage
        logins = open_store()
        assert logins.find("docker.io") is None, damage
        assert list(logins.list_readable()) == [], damage
        assert "[logins-unreadable]" in logins.index.notes[0], damage

    check_each_damage(data_directory() / "index", check)
    assert list(open_store().list_readable()) == LOGINS


@pytest.mark.parametrize("verb", ["store", "erase"])
def test_a_damaged_index_is_not_overwritten(verb: str) -> None:
    store_logins()
    path = data_directory() / "index"

    def check(damage: str) -> None:
        data = path.read_bytes()
        with pytest.raises(HelperError, match="cannot use the index") as excinfo:
            open_store().store(LOGINS[0]) if verb == "store" else open_store().erase("ghcr.io")
        assert (excinfo.value.id, "move it away" in excinfo.value.fix) == ("logins-unreadable", True), damage
        assert path.read_bytes() == data, damage

    check_each_damage(path, check)
    path.unlink()
    open_store().store(LOGINS[0])
    assert [open_store().find(login.server) for login in LOGINS] == LOGINS


def test_an_index_of_version_1_is_read_and_upgraded() -> None:
    store_logins()
    path = data_directory() / "index"
    location_lines = "".join(f"{login.server}\tfile\n" for login in LOGINS)
    path.write_text(f"credhelper logins 1\nfile\nwhole\n{location_lines}")
    assert list(open_store().list_readable()) == LOGINS
    open_store().erase("ghcr.io")
    assert path.read_text().startswith("credhelper logins 2\n")
    assert list(open_store().list_readable()) == LOGINS[1:]


@pytest.mark.parametrize("text", ["credhelper logins 1\nfile\nwho", "credhelper logins 1\nfile\nwhole", ""])
def test_an_index_that_ends_in_its_third_line_is_rejected(tmp_path: Path, text: str) -> None:
    (tmp_path / "index").write_text(text)
    (tmp_path / "index").chmod(0o600)
    with pytest.raises(ValueError, match="incomplete"):
        index.read(str(tmp_path))


def test_an_index_without_its_last_lines_is_rejected(tmp_path: Path) -> None:
    index.write(str(tmp_path), IndexContents((Location("ghcr.io", "file"), Location("quay.io", "pass")), "file"))
    path = tmp_path / "index"
    lines = path.read_bytes().splitlines(keepends=True)
    for count in range(len(lines)):
        path.write_bytes(b"".join(lines[:count]))
        with pytest.raises(ValueError, match="incomplete"):
            index.read(str(tmp_path))


def test_a_damaged_private_file_is_reported_and_is_not_overwritten() -> None:
    store_logins()
    path = data_directory() / "logins"

    def check(damage: str) -> None:
        data = path.read_bytes()
        for work in (lambda: open_store().find("ghcr.io"), lambda: open_store().store(LOGINS[1])):
            with pytest.raises(HelperError, match=r"is damaged|is encrypted") as excinfo:
                work()
            assert excinfo.value.id in ("keyring-failed", "keyring-locked"), damage
            assert "move it away" in excinfo.value.fix or "move the file away" in excinfo.value.fix, damage
        assert path.read_bytes() == data, damage

    check_each_damage(path, check)
    assert open_store().find("ghcr.io") == LOGINS[0]
