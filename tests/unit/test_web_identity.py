"""The subject of a web identity token file: a rotation of the token does not invalidate cached entries."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credhelper import fingerprint
from credhelper.cache import web_identity
from tests.fake_ec2.services.web_identities import mint_token

LATER = time.time() + 7200


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return a token file that was written long before `LATER`."""
    file = tmp_path / "token"
    write_token(file, "system:serviceaccount:default:app", lifetime=3600)
    return file


def write_token(path: Path, subject: str, lifetime: float) -> None:
    path.write_text(mint_token(subject, time.time() + lifetime))


def observe_token(path: Path) -> list[bytes]:
    return [fingerprint.observe(b"file", os.fsencode(path), {}), *web_identity.observe_subjects([str(path)])]


def find_rotated(dependencies: list[bytes], now: float = LATER) -> dict[bytes, bytes]:
    return web_identity.rotated(dependencies, {}, now)


def test_a_token_that_was_rewritten_for_the_same_subject_is_rotated(path: Path) -> None:
    dependencies = observe_token(path)
    write_token(path, "system:serviceaccount:default:app", lifetime=7200)
    assert find_rotated(dependencies) == {dependencies[0]: fingerprint.observe(b"file", os.fsencode(path), {})}


def test_a_token_of_another_subject_is_not_rotated(path: Path) -> None:
    dependencies = observe_token(path)
    write_token(path, "system:serviceaccount:default:other", lifetime=3600)
    assert find_rotated(dependencies) == {}


def test_a_token_that_may_still_change_within_the_tick_is_not_rotated(path: Path) -> None:
    dependencies = observe_token(path)
    write_token(path, "system:serviceaccount:default:app", lifetime=7200)
    assert find_rotated(dependencies, path.stat().st_ctime) == {}


def test_a_missing_token_is_not_rotated(path: Path) -> None:
    dependencies = observe_token(path)
    path.unlink()
    assert find_rotated(dependencies) == {}


def test_a_file_that_is_not_a_token_has_no_subject_and_is_never_rotated(path: Path) -> None:
    path.write_text("one")
    dependencies = observe_token(path)
    assert len(dependencies) == 1
    assert find_rotated(dependencies) == {}


def test_a_pipe_in_place_of_the_token_does_not_block(path: Path) -> None:
    dependencies = observe_token(path)
    path.unlink()
    os.mkfifo(path)
    assert find_rotated(dependencies) == {}


def test_the_subject_cannot_be_read_from_the_dependency(path: Path) -> None:
    assert b"serviceaccount" not in b"".join(observe_token(path))


@given(st.one_of(st.binary(), st.binary().map(lambda part: b"e30." + part + b".e30")))
def test_the_subject_of_any_bytes_is_a_digest_or_empty(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any"
    path.write_bytes(data)
    assert len(web_identity.jwt_subject(str(path))) in (0, 64)
