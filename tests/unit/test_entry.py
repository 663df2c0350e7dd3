"""Cache entries: which are served, and which are a miss."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credhelper import entry, fingerprint
from credhelper.clock import Instant, read_clocks
from credhelper.entry import CacheEntry, Lifetime
from credhelper.private_file import MAX_SIZE, read_private_file

HOST = "123456789012.dkr.ecr.us-east-1.amazonaws.com"
ENVIRON = {"HOME": "/home/someone", "AWS_PROFILE": "one"}
VARIABLES = fingerprint.selecting_variables(ENVIRON)
ISSUED_AT = Instant(1_800_000_000, b"boot-1", 5_000)
HALF_LIFE = 6 * 3600
ANSWER = (0, b'{"ServerURL": "x", "Username": "AWS", "Secret": "s"}\n')


def make_lifetime(freshness_lifetime: float = HALF_LIFE, expires_in: float = 2 * HALF_LIFE) -> Lifetime:
    return Lifetime(ISSUED_AT, 300, freshness_lifetime, freshness_lifetime, expires_in)


def make_entry(host: str = HOST, variables: bytes = VARIABLES, dependencies: tuple[bytes, ...] = ()) -> bytes:
    return entry.serialize(host, variables, CacheEntry(make_lifetime(), dependencies, *ANSWER))


def make_default_entry(lifetime: Lifetime | None = None) -> bytes:
    return entry.serialize(HOST, VARIABLES, CacheEntry(lifetime or make_lifetime(), (), *ANSWER))


def read_answer(data: bytes, wall: float, uptime: float = 0, boot: bytes = b"boot-2") -> tuple[int, bytes] | None:
    cache_entry = entry.parse(data, HOST, VARIABLES, ENVIRON)
    if cache_entry is None or not cache_entry.lifetime.is_fresh(Instant(ISSUED_AT.wall + wall, boot, uptime)):
        return None
    return cache_entry.status, cache_entry.body


def test_a_fresh_entry_answers_with_its_exact_bytes() -> None:
    assert read_answer(make_default_entry(), 0) == ANSWER


def test_an_entry_is_fresh_to_the_last_second_of_its_half_life() -> None:
    assert read_answer(make_default_entry(), HALF_LIFE - 1) == ANSWER
    assert read_answer(make_default_entry(), HALF_LIFE) is None


def test_an_expired_entry_is_never_served_even_within_its_freshness_lifetime() -> None:
    assert read_answer(make_default_entry(make_lifetime(9 * HALF_LIFE, HALF_LIFE)), HALF_LIFE - 1) == ANSWER
    assert read_answer(make_default_entry(make_lifetime(9 * HALF_LIFE, HALF_LIFE)), HALF_LIFE) is None


def test_an_entry_from_the_future_is_a_miss() -> None:
    assert read_answer(make_default_entry(), -1) is None


@pytest.mark.parametrize("hours", [-24, 24])
def test_a_wall_clock_that_was_set_back_does_not_make_an_entry_of_this_boot_a_miss(hours: int) -> None:
    result = read_answer(make_default_entry(), hours * 3600, ISSUED_AT.uptime + 60, b"boot-1")
    assert result == (ANSWER if hours < 0 else None)


def test_an_entry_that_was_written_while_the_clock_was_being_read_is_a_hit() -> None:
    assert read_answer(make_default_entry(), -0.5, ISSUED_AT.uptime - 0.5, b"boot-1") == ANSWER


def test_a_token_that_is_no_longer_fresh_is_valid_until_it_expires() -> None:
    instants = [Instant(ISSUED_AT.wall + hours * 3600, b"", 0) for hours in (0, 7, 11.99, 12)]
    assert [make_lifetime().is_fresh(instant) for instant in instants] == [True, False, False, False]
    assert [make_lifetime().is_valid(instant) for instant in instants] == [True, True, True, False]


@pytest.mark.parametrize("number", [b"nan", b"inf", b"-inf", b"1e400"])
def test_an_entry_with_an_invalid_clock_is_a_miss(number: bytes) -> None:
    assert read_answer(make_default_entry().replace(b"1800000000.000", number), 0) is None


def test_a_reported_role_is_read_without_observing_the_machine() -> None:
    cache_entry = entry.parse(make_entry(dependencies=(b"reported\tURL\tROLE",)), HOST, VARIABLES, ENVIRON)
    assert cache_entry is not None
    assert cache_entry.role_identity() == (b"URL", b"ROLE")


def test_within_a_boot_the_monotonic_clock_counts_too() -> None:
    assert read_answer(make_default_entry(), 10, ISSUED_AT.uptime + HALF_LIFE, b"boot-1") is None
    assert read_answer(make_default_entry(), 10, ISSUED_AT.uptime + HALF_LIFE, b"boot-2") == ANSWER


def test_the_entry_of_another_host_under_the_name_of_this_host_is_a_miss() -> None:
    data = make_entry("public.ecr.aws")
    assert read_answer(data, 0) is None


def test_an_entry_of_other_variables_is_a_miss() -> None:
    assert (
        entry.parse(make_default_entry(), HOST, fingerprint.selecting_variables({"HOME": "/home/someone"}), ENVIRON)
        is None
    )


def test_an_entry_of_a_newer_version_is_a_miss() -> None:
    newer = make_default_entry().replace(b"entry 2", b"entry 3", 1)
    assert newer != make_default_entry()
    assert read_answer(newer, 0) is None


def test_an_entry_of_version_1_is_a_miss() -> None:
    older = make_default_entry().replace(b"entry 2", b"entry 1", 1).replace(b"\n-\n", b"\n", 1)
    assert older != make_default_entry()
    assert read_answer(older, 0) is None


def test_a_dependency_of_an_unknown_kind_is_a_miss() -> None:
    data = make_entry(dependencies=(b"moon\t\tfull",))
    assert read_answer(data, 0) is None


@pytest.mark.parametrize("damaged_body", [ANSWER[1][:-9] + bytes(9), ANSWER[1][:-1], ANSWER[1] + b"x", b""])
def test_an_entry_with_an_incomplete_answer_is_a_miss(damaged_body: bytes) -> None:
    assert read_answer(make_default_entry().replace(ANSWER[1], damaged_body), 0) is None


@given(st.integers(0, 400))
def test_a_truncated_entry_is_a_miss(length: int) -> None:
    data = make_default_entry()
    assert read_answer(data[: min(length, len(data) - 1)], 0) is None


@given(st.binary() | st.binary().map(lambda tail: entry.MAGIC + HOST.encode() + b"\n-\n" + VARIABLES + b"\n" + tail))
def test_any_bytes_are_an_answer_or_a_miss(data: bytes) -> None:
    assert read_answer(data, 0) in (None, ANSWER)


@given(st.lists(st.integers(), min_size=7, max_size=7), st.binary(max_size=20))
def test_any_numbers_are_an_answer_or_a_miss(numbers: list[int], text: bytes) -> None:
    fields = [str(number).encode() for number in numbers]
    clock = b" ".join((fields[0], b"b", *fields[1:], fingerprint.checksum(text).encode()))
    data = b"%s%s\n-\n%s\n%s\n\n%s" % (entry.MAGIC, HOST.encode(), VARIABLES, clock, text)
    assert read_answer(data, 0) in (None, (numbers[-1], text))


@given(
    st.dictionaries(st.sampled_from(["AWS_PROFILE", "HOME", "BOTO_X"]), st.text(st.characters(exclude_characters="\0")))
)
def test_variables_of_any_text_leave_an_entry_readable(environ: dict[str, str]) -> None:
    variables, confidential = fingerprint.read_variables(environ)
    data = entry.serialize(HOST, variables, CacheEntry(make_lifetime(), (), *ANSWER), confidential=confidential)
    cache_entry = entry.parse(data, HOST, variables, environ)
    assert cache_entry is not None
    assert (cache_entry.status, cache_entry.body) == ANSWER
    assert entry.body_of(data) == ANSWER[1]


@pytest.fixture
def entry_file(tmp_path: Path) -> Path:
    path = tmp_path / "entry"
    path.write_bytes(make_default_entry())
    path.chmod(0o600)
    return path


def test_a_private_file_of_ours_is_read(entry_file: Path) -> None:
    assert read_private_file(str(entry_file)) == make_default_entry()


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602, 0o660, 0o666])
def test_a_file_that_others_may_read_or_write_is_not_read(entry_file: Path, mode: int) -> None:
    entry_file.chmod(mode)
    assert read_private_file(str(entry_file)) is None


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_a_file_of_another_user_is_not_read(entry_file: Path) -> None:
    os.chown(entry_file, 12345, -1)
    assert read_private_file(str(entry_file)) is None


def test_a_link_is_not_followed(entry_file: Path) -> None:
    link = entry_file.with_name("link")
    link.symlink_to(entry_file)
    assert read_private_file(str(link)) is None


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe", 0o600)
    assert read_private_file(str(tmp_path / "pipe")) is None


def test_a_directory_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir(0o700)
    assert read_private_file(str(tmp_path / "folder")) is None


def test_a_file_that_is_too_large_is_not_read(entry_file: Path) -> None:
    os.truncate(entry_file, MAX_SIZE)
    assert read_private_file(str(entry_file)) is None


@pytest.mark.parametrize("path", ["/nowhere/at/all", "/with/\0/in/it", ""])
def test_a_path_without_a_file_is_a_miss(path: str) -> None:
    assert read_private_file(path) is None


def test_the_clocks_are_those_of_this_boot() -> None:
    now = read_clocks()
    assert now.boot == Path("/proc/sys/kernel/random/boot_id").read_bytes().strip()
    assert now.uptime == pytest.approx(float(Path("/proc/uptime").read_text(encoding="ascii").split()[0]), abs=5)
