"""Entries: what is served, and what is a miss."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credhelper import entry, evidence
from credhelper.entry import CacheEntry, Instant, Lifetime

HOST = "123456789012.dkr.ecr.us-east-1.amazonaws.com"
ENVIRON = {"HOME": "/home/someone", "AWS_PROFILE": "one"}
VARIABLES = evidence.selecting_variables(ENVIRON)
BOUGHT = Instant(1_800_000_000, b"boot-1", 5_000)
HALF = 6 * 3600
ANSWER = (0, b'{"ServerURL": "x", "Username": "AWS", "Secret": "s"}\n')


def life(fresh: float = HALF, whole: float = 2 * HALF) -> Lifetime:
    return Lifetime(BOUGHT, 300, fresh, fresh, whole)


def form(host: str = HOST, selecting: bytes = VARIABLES, facts: tuple[bytes, ...] = ()) -> bytes:
    return entry.serialize(host, selecting, CacheEntry(life(), facts, *ANSWER))


def bought(of: Lifetime | None = None) -> bytes:
    return entry.serialize(HOST, VARIABLES, CacheEntry(of or life(), (), *ANSWER))


def answer(data: bytes, wall: float, uptime: float = 0, boot: bytes = b"boot-2") -> tuple[int, bytes] | None:
    held = entry.parse(data, HOST, VARIABLES, ENVIRON)
    if held is None or not held.lifetime.is_fresh(Instant(BOUGHT.wall + wall, boot, uptime)):
        return None
    return held.status, held.body


def test_a_fresh_entry_answers_with_its_very_bytes() -> None:
    assert answer(bought(), 0) == ANSWER


def test_an_entry_is_fresh_to_the_last_second_of_its_half_life() -> None:
    assert answer(bought(), HALF - 1) == ANSWER
    assert answer(bought(), HALF) is None


def test_an_expired_entry_is_never_served_however_long_it_was_called_fresh() -> None:
    assert answer(bought(life(9 * HALF, HALF)), HALF - 1) == ANSWER
    assert answer(bought(life(9 * HALF, HALF)), HALF) is None


def test_an_entry_of_the_future_is_a_miss() -> None:
    assert answer(bought(), -1) is None


@pytest.mark.parametrize("hours", [-24, 24])
def test_a_wall_clock_that_was_set_back_makes_nothing_of_this_boot_a_miss(hours: int) -> None:
    jumped = answer(bought(), hours * 3600, BOUGHT.uptime + 60, b"boot-1")
    assert jumped == (ANSWER if hours < 0 else None)


def test_an_entry_that_was_written_while_the_clock_was_being_read_is_a_hit() -> None:
    assert answer(bought(), -0.5, BOUGHT.uptime - 0.5, b"boot-1") == ANSWER


def test_a_token_is_alive_after_it_is_fresh_until_it_expires() -> None:
    later = [Instant(BOUGHT.wall + hours * 3600, b"", 0) for hours in (0, 7, 11.99, 12)]
    assert [life().is_fresh(at) for at in later] == [True, False, False, False]
    assert [life().is_valid(at) for at in later] == [True, True, True, False]


@pytest.mark.parametrize("number", [b"nan", b"inf", b"-inf", b"1e400"])
def test_a_clock_that_is_no_moment_is_a_miss(number: bytes) -> None:
    assert answer(bought().replace(b"1800000000.000", number), 0) is None


def test_what_was_told_is_no_look_at_the_machine() -> None:
    held = entry.parse(form(facts=(b"told\tURL\tROLE",)), HOST, VARIABLES, ENVIRON)
    assert held is not None
    assert held.role_identity() == (b"URL", b"ROLE")


def test_within_a_boot_the_clock_that_nobody_sets_counts_too() -> None:
    assert answer(bought(), 10, BOUGHT.uptime + HALF, b"boot-1") is None
    assert answer(bought(), 10, BOUGHT.uptime + HALF, b"boot-2") == ANSWER


def test_another_host_s_entry_under_this_host_s_name_is_a_miss() -> None:
    data = form("public.ecr.aws")
    assert answer(data, 0) is None


def test_an_entry_of_other_variables_is_a_miss() -> None:
    assert entry.parse(bought(), HOST, evidence.selecting_variables({"HOME": "/home/someone"}), ENVIRON) is None


def test_an_entry_of_a_newer_version_is_a_miss() -> None:
    newer = bought().replace(b"entry 2", b"entry 3", 1)
    assert newer != bought()
    assert answer(newer, 0) is None


def test_an_entry_of_version_1_is_a_miss() -> None:
    older = bought().replace(b"entry 2", b"entry 1", 1).replace(b"\n-\n", b"\n", 1)
    assert older != bought()
    assert answer(older, 0) is None


def test_a_fact_of_a_kind_that_this_version_does_not_know_is_a_miss() -> None:
    data = form(facts=(b"moon\t\tfull",))
    assert answer(data, 0) is None


@pytest.mark.parametrize("torn", [ANSWER[1][:-9] + bytes(9), ANSWER[1][:-1], ANSWER[1] + b"x", b""])
def test_an_entry_whose_answer_was_not_written_whole_is_a_miss(torn: bytes) -> None:
    assert answer(bought().replace(ANSWER[1], torn), 0) is None


@given(st.integers(0, 400))
def test_a_torn_entry_is_a_miss(cut: int) -> None:
    whole = bought()
    assert answer(whole[: min(cut, len(whole) - 1)], 0) is None


@given(st.binary() | st.binary().map(lambda tail: entry.MAGIC + HOST.encode() + b"\n-\n" + VARIABLES + b"\n" + tail))
def test_any_bytes_are_an_answer_or_a_miss(data: bytes) -> None:
    assert answer(data, 0) in (None, ANSWER)


@given(st.lists(st.integers(), min_size=7, max_size=7), st.binary(max_size=20))
def test_any_numbers_are_an_answer_or_a_miss(numbers: list[int], text: bytes) -> None:
    fields = [str(number).encode() for number in numbers]
    clock = b" ".join((fields[0], b"b", *fields[1:], evidence.checksum(text).encode()))
    data = b"%s%s\n-\n%s\n%s\n\n%s" % (entry.MAGIC, HOST.encode(), VARIABLES, clock, text)
    assert answer(data, 0) in (None, (numbers[-1], text))


@given(
    st.dictionaries(st.sampled_from(["AWS_PROFILE", "HOME", "BOTO_X"]), st.text(st.characters(exclude_characters="\0")))
)
def test_variables_of_any_text_leave_an_entry_readable(environ: dict[str, str]) -> None:
    selecting, confidential = evidence.read_variables(environ)
    data = entry.serialize(HOST, selecting, CacheEntry(life(), (), *ANSWER), confidential=confidential)
    held = entry.parse(data, HOST, selecting, environ)
    assert held is not None
    assert (held.status, held.body) == ANSWER
    assert entry.body_of(data) == ANSWER[1]


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    path = tmp_path / "entry"
    path.write_bytes(bought())
    path.chmod(0o600)
    return path


def test_a_private_file_of_ours_is_read(kept: Path) -> None:
    assert entry.read_private_file(str(kept)) == bought()


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602, 0o660, 0o666])
def test_a_file_that_others_may_touch_is_not_read(kept: Path, mode: int) -> None:
    kept.chmod(mode)
    assert entry.read_private_file(str(kept)) is None


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_a_file_of_somebody_else_is_not_read(kept: Path) -> None:
    os.chown(kept, 12345, -1)
    assert entry.read_private_file(str(kept)) is None


def test_a_link_is_not_followed(kept: Path) -> None:
    link = kept.with_name("link")
    link.symlink_to(kept)
    assert entry.read_private_file(str(link)) is None


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe", 0o600)
    assert entry.read_private_file(str(tmp_path / "pipe")) is None


def test_a_folder_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir(0o700)
    assert entry.read_private_file(str(tmp_path / "folder")) is None


def test_a_file_that_is_too_large_is_not_read(kept: Path) -> None:
    os.truncate(kept, entry.MAX_SIZE)
    assert entry.read_private_file(str(kept)) is None


@pytest.mark.parametrize("path", ["/nowhere/at/all", "/with/\0/in/it", ""])
def test_no_file_is_a_miss(path: str) -> None:
    assert entry.read_private_file(path) is None


def test_the_clocks_are_read_once_and_are_this_boot_s() -> None:
    now = entry.read_clocks()
    assert now.boot == Path("/proc/sys/kernel/random/boot_id").read_bytes().strip()
    assert now.uptime == pytest.approx(float(Path("/proc/uptime").read_text(encoding="ascii").split()[0]), abs=5)
