"""Whose a token file is, and what that spares."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credhelper import evidence
from credhelper.cache import bearer
from tests.instance.services.web_identities import minted

LATER = time.time() + 7200


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A token file that was written a while ago."""
    file = tmp_path / "token"
    write(file, "system:serviceaccount:default:app", life=3600)
    return file


def write(path: Path, subject: str, life: float) -> None:
    path.write_text(minted(subject, time.time() + life))


def known(path: Path) -> list[bytes]:
    return [evidence.observe(b"file", os.fsencode(path), {}), *bearer.observe_subjects([str(path)])]


def rotated(facts: list[bytes], now: float = LATER) -> dict[bytes, bytes]:
    return bearer.rotated(facts, {}, now)


def test_a_token_that_was_written_anew_for_the_same_owner_has_another_stamp_and_is_known(path: Path) -> None:
    facts = known(path)
    write(path, "system:serviceaccount:default:app", life=7200)
    assert rotated(facts) == {facts[0]: evidence.observe(b"file", os.fsencode(path), {})}


def test_a_token_of_another_owner_is_not(path: Path) -> None:
    facts = known(path)
    write(path, "system:serviceaccount:default:other", life=3600)
    assert rotated(facts) == {}


def test_a_token_that_has_just_been_written_may_change_within_the_tick_and_is_not(path: Path) -> None:
    facts = known(path)
    write(path, "system:serviceaccount:default:app", life=7200)
    assert rotated(facts, path.stat().st_ctime) == {}


def test_a_token_that_is_gone_is_not(path: Path) -> None:
    facts = known(path)
    path.unlink()
    assert rotated(facts) == {}


def test_a_file_that_is_no_token_has_no_owner_and_is_never_stamped_again(path: Path) -> None:
    path.write_text("one")
    facts = known(path)
    assert len(facts) == 1
    assert rotated(facts) == {}


def test_a_pipe_that_stands_there_is_nobody_s_and_blocks_nobody(path: Path) -> None:
    facts = known(path)
    path.unlink()
    os.mkfifo(path)
    assert rotated(facts) == {}


def test_nothing_can_be_told_from_the_fact(path: Path) -> None:
    assert b"serviceaccount" not in b"".join(known(path))


@given(st.one_of(st.binary(), st.binary().map(lambda part: b"e30." + part + b".e30")))
def test_any_bytes_are_somebody_s_or_nobody_s(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any"
    path.write_bytes(data)
    assert len(bearer.jwt_subject(str(path))) in (0, 64)
