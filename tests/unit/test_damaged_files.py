"""Each file that we write, cut off at each byte or damaged in another way, is a miss or an error; nothing is lost."""

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
from tests.clocks import FrozenClock

if TYPE_CHECKING:
    from credhelper.ecr.target import Target
    from credhelper.system.deadline import Progress

REGISTRY = Registry("123456789012", "us-east-1")
OTHER = "210987654321.dkr.ecr.us-east-1.amazonaws.com"
NOW = Instant(1_800_000_000.0, fingerprint.read_boot_id(), 1000.0)
LOGINS = [Login("ghcr.io", "somebody", "one"), Login("quay.io", "somebody", "two")]
ORIGIN = CredentialSource(
    role_identity=("http://127.0.0.1:9", "arn:aws:iam::123456789012:instance-profile/app AIPA1 app")
)


def damaged(data: bytes) -> dict[str, bytes]:
    """Give all that may become of a file's bytes, each with a name."""
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


def each_damage(path: Path, look: Callable[[str], None]) -> None:
    """Look at the file after each damage, and put it back."""
    data = path.read_bytes()
    for name, bytes_ in damaged(data).items():
        path.write_bytes(bytes_)
        path.chmod(0o600)
        try:
            look(name)
        except AssertionError:
            raise
        except Exception as error:
            raise AssertionError(f"{name}: {error!r}") from error
    path.write_bytes(data)


def folder() -> Path:
    return Path(os.environ["HOME"], ".cache", "credhelper")


def data_folder() -> Path:
    return Path(os.environ["HOME"], ".local/share/credhelper")


def environment(**changes: str) -> dict[str, str]:
    return {"HOME": os.environ["HOME"], "PATH": "/nowhere", **changes}


def fetch(exchange: Callable[[Target, Progress], Token], **changes: str) -> TokenSource:
    context = Context(environment(**changes), Settings(), clock=FrozenClock(NOW))
    return TokenSource(without_settings(REGISTRY), context, exchange=exchange)


def sold(*_: object) -> Token:
    return Token("AWS", "new", NOW.wall + 43200, ORIGIN)


def denied(*_: object) -> Token:
    raise HelperError("throttled", "it failed", "try again")


@pytest.mark.parametrize("variables", [{}, {"AWS_CONTAINER_AUTHORIZATION_TOKEN": "one"}], ids=["text", "confidential"])
def test_a_damaged_entry_is_a_miss(variables: dict[str, str]) -> None:
    fetch(sold, **variables).get()
    [path] = folder().iterdir()
    shelf = TokenCache(Context(environment(**variables), Settings()))

    def look(damage: str) -> None:
        assert entry.lookup(REGISTRY.host, environment(**variables), NOW) is None, damage
        assert shelf.read(REGISTRY.host) is None, damage
        assert shelf.list_fresh(NOW) == {}, damage
        assert shelf.newest(without_settings(REGISTRY), NOW) is None, damage
        assert set(shelf.registries()) <= {REGISTRY.host}, damage

    each_damage(path, look)
    assert shelf.read(REGISTRY.host) is not None


def test_a_damaged_entry_with_the_token_of_a_file_is_a_miss(home: Path) -> None:
    token = home / "token"
    facts = [fingerprint.observe(b"file", os.fsencode(token), {}), b"bearer\t%s\tdigest" % os.fsencode(token)]
    shelf = TokenCache(Context(environment(), Settings()))
    shelf.store(
        REGISTRY.host, CacheEntry(Lifetime(NOW, 1, 1, 40000, 40000), facts, 0, b'{"ServerURL": "x", "Secret": "y"}\n')
    )
    [path] = folder().iterdir()
    data = path.read_bytes()

    def look(damage: str) -> None:
        assert shelf.read(REGISTRY.host) is None, damage
        path.write_bytes(path.read_bytes() + b"\n\nmore")  # what was cut off in the facts has an answer again
        assert shelf.read(REGISTRY.host) is None, damage

    each_damage(path, look)
    assert path.read_bytes() == data


def test_a_damaged_entry_can_be_erased_and_costs_no_other_entry() -> None:
    shelf = TokenCache(Context(environment(), Settings()))
    fetch(sold).get()
    [path] = folder().iterdir()
    shelf.store(
        OTHER,
        CacheEntry(Lifetime(NOW, 1, 1, 40000, 40000), [], 0, b'{"ServerURL": "x", "Username": "", "Secret": "z"}\n'),
    )

    def look(damage: str) -> None:
        prune(str(folder()), NOW.wall)
        files.delete_host(str(folder()), REGISTRY.host, lambda _: None)
        assert shelf.read(OTHER) is not None, damage

    each_damage(path, look)


def test_a_damaged_entry_is_replaced_by_the_next_one() -> None:
    fetch(sold).get()
    [path] = folder().iterdir()
    whole = path.read_bytes()
    for size in range(0, len(whole), 11):
        path.write_bytes(whole[:size])
        assert fetch(sold).get().status == 0
        assert [each.name for each in folder().iterdir()] == [path.name]
        assert entry.lookup(REGISTRY.host, environment(), NOW) is not None


def test_a_damaged_failure_is_none() -> None:
    with pytest.raises(HelperError, match="it failed"):
        fetch(denied).get()
    [path] = folder().iterdir()

    def look(damage: str) -> None:
        assert recent_failure.read(str(path)) is None, damage
        assert fetch(sold).get().status == 0, damage
        Path(folder(), entry.file_name(REGISTRY.host, fingerprint.selecting_variables(environment()))).unlink()

    each_damage(path, look)


@pytest.mark.parametrize("whole", [b'[1, "b", 2, "-", "h", "i", "m", "f"]', b'[NaN, "b", 1e999, 5, [], {}, null, 7]'])
def test_a_failure_with_other_numbers_is_one_or_none(tmp_path: Path, whole: bytes) -> None:
    path = tmp_path / "file"
    path.write_bytes(whole.replace(b"1", b"1" + b"0" * 400, 1))
    path.chmod(0o600)
    last = recent_failure.read(str(path))
    assert last is None or isinstance(last, RecentFailure)


@pytest.mark.parametrize("confidential", [b"", b"one"])
def test_a_damaged_lock_is_waited_for_or_gone_beside(tmp_path: Path, confidential: bytes) -> None:
    holder = SingleFlight(str(tmp_path / ".lock-key"), FrozenClock(), confidential)
    assert holder.acquire(lambda: None, 15) is None

    def look(_: str) -> None:
        waiter = Lock(str(tmp_path / ".lock-key-0"))
        assert not waiter.try_acquire()
        waiter.holder_is_running()
        waiter.holder_note()
        waiter.release()
        turn = SingleFlight(str(tmp_path / ".lock-key"), FrozenClock(), confidential)
        assert turn.acquire(lambda: None, 15) is None
        turn.release()

    each_damage(tmp_path / ".lock-key-0", look)


def test_a_damaged_lock_that_nobody_holds_is_taken(tmp_path: Path) -> None:
    path = tmp_path / ".lock-key-0"
    for data in damaged(b"123 note\n").values():
        path.write_bytes(data)
        lock = Lock(str(path), b"note")
        assert lock.try_acquire()
        assert path.read_bytes() == b"%d note\n" % os.getpid()
        lock.release()


def test_what_is_in_the_mark_of_a_refresh_is_not_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fork", lambda: pytest.fail("a process was left for a mark that is there"))
    fetch(sold).get()
    held = entry.lookup(REGISTRY.host, environment(), NOW)
    assert held is not None
    due = CacheEntry(Lifetime(NOW, 0, 0, 40000, 40000), held.dependencies, 0, held.body)
    mark = f".refresh-{background._entry_id(due, environment())}-{NOW.uptime // 300:.0f}"  # noqa: SLF001
    for data in damaged(b"").values():
        (folder() / mark).write_bytes(data)
        background.spawn_refresh(REGISTRY.host, due, environment(), NOW)


def keyring() -> LoginStore:
    return LoginStore(Context(environment(), Settings(logins=LoginSettings("file"))))


def stored() -> None:
    for login in LOGINS:
        keyring().store(login)


def test_a_damaged_index_is_reported_and_hides_no_login() -> None:
    stored()

    def look(damage: str) -> None:
        for login in LOGINS:
            logins = keyring()
            assert logins.find(login.server) == login, damage
            assert "[logins-unreadable]" in logins.index.notes[0], damage
        logins = keyring()
        assert logins.find("docker.io") is None, damage
        assert list(logins.list_readable()) == [], damage
        assert "[logins-unreadable]" in logins.index.notes[0], damage

    each_damage(data_folder() / "index", look)
    assert list(keyring().list_readable()) == LOGINS


@pytest.mark.parametrize("verb", ["store", "erase"])
def test_a_damaged_index_is_not_written_over(verb: str) -> None:
    stored()
    path = data_folder() / "index"

    def look(damage: str) -> None:
        data = path.read_bytes()
        with pytest.raises(HelperError, match="is not used") as caught:
            keyring().store(LOGINS[0]) if verb == "store" else keyring().erase("ghcr.io")
        assert (caught.value.id, "move it away" in caught.value.fix) == ("logins-unreadable", True), damage
        assert path.read_bytes() == data, damage

    each_damage(path, look)
    path.unlink()
    keyring().store(LOGINS[0])
    assert [keyring().find(login.server) for login in LOGINS] == LOGINS


def test_an_index_of_version_1_is_read_and_written_anew() -> None:
    stored()
    path = data_folder() / "index"
    places = "".join(f"{login.server}\tfile\n" for login in LOGINS)
    path.write_text(f"credhelper logins 1\nfile\nwhole\n{places}")
    assert list(keyring().list_readable()) == LOGINS
    keyring().erase("ghcr.io")
    assert path.read_text().startswith("credhelper logins 2\n")
    assert list(keyring().list_readable()) == LOGINS[1:]


@pytest.mark.parametrize("text", ["credhelper logins 1\nfile\nwho", "credhelper logins 1\nfile\nwhole", ""])
def test_an_index_that_ends_in_its_third_line_is_a_sentence(tmp_path: Path, text: str) -> None:
    (tmp_path / "index").write_text(text)
    (tmp_path / "index").chmod(0o600)
    with pytest.raises(ValueError, match="torn"):
        index.read(str(tmp_path))


def test_an_index_without_its_last_lines_is_none(tmp_path: Path) -> None:
    index.write(str(tmp_path), IndexContents((Location("ghcr.io", "file"), Location("quay.io", "pass")), "file"))
    path = tmp_path / "index"
    lines = path.read_bytes().splitlines(keepends=True)
    for count in range(len(lines)):
        path.write_bytes(b"".join(lines[:count]))
        with pytest.raises(ValueError, match="torn"):
            index.read(str(tmp_path))


def test_a_damaged_private_file_is_reported_and_is_not_written_over() -> None:
    stored()
    path = data_folder() / "logins"

    def look(damage: str) -> None:
        data = path.read_bytes()
        for work in (lambda: keyring().find("ghcr.io"), lambda: keyring().store(LOGINS[1])):
            with pytest.raises(HelperError, match=r"is damaged|is encrypted") as caught:
                work()
            assert caught.value.id in ("keyring-failed", "keyring-locked"), damage
            assert "move it away" in caught.value.fix or "move the file away" in caught.value.fix, damage
        assert path.read_bytes() == data, damage

    each_damage(path, look)
    assert keyring().find("ghcr.io") == LOGINS[0]
