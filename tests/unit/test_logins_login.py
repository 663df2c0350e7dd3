"""Logins: what a client sends, and what a keyring keeps of it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credhelper.errors import HelperError
from credhelper.logins.login import MAX_SIZE, Login, from_json, parse

TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=()), max_size=50)
SECRET = "a-secret-of-somebody"


def sent(**fields: object) -> bytes:
    return json.dumps({"ServerURL": "ghcr.io", "Username": "somebody", "Secret": SECRET, **fields}).encode()


def fault(given: bytes) -> HelperError:
    with pytest.raises(HelperError) as caught:
        parse(given)
    assert SECRET not in str(caught.value) + caught.value.fix
    return caught.value


def parsed(given: bytes) -> Any:  # noqa: ANN401  (a login, or the id of a failure)
    try:
        return parse(given)
    except HelperError as error:
        return error.id


@given(TEXT.filter(bool), TEXT)
def test_a_keyring_s_blob_gives_back_the_login_whatever_it_holds(username: str, secret: str) -> None:
    login = Login("https://ghcr.io", username, secret)
    assert from_json(login.to_json(), "https://ghcr.io") == login


@given(TEXT, TEXT)
def test_a_blob_is_one_line_of_ascii_that_can_be_printed(username: str, secret: str) -> None:
    blob = Login("ghcr.io", username, secret).to_json()
    assert blob.isascii()
    assert blob.isprintable()


@given(TEXT.filter(bool), TEXT)
def test_what_a_client_sends_is_what_is_kept(username: str, secret: str) -> None:
    assert parse(sent(Username=username, Secret=secret)) == Login("ghcr.io", username, secret)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_login_or_our_error(given: bytes) -> None:
    outcome = parsed(given)
    assert outcome in ("bad-login", "bad-server", "no-server") or (outcome.server and outcome.username)


@given(st.text(max_size=200))
def test_any_blob_is_a_login_or_none(blob: str) -> None:
    assert from_json(blob, "ghcr.io") is None


def test_a_blob_of_another_server_is_none() -> None:
    assert from_json(Login("ghcr.io", "somebody", SECRET).to_json(), "quay.io") is None


def test_a_missing_secret_is_a_blank_one() -> None:
    assert parse(b'{"ServerURL": "ghcr.io", "Username": "u"}').secret == ""


@pytest.mark.parametrize(
    "given",
    [
        b'{"ServerURL": "ghcr.io", "Username": "u", "Secret": "one", "Secret": "two"}',
        b'{"ServerURL": "ghcr.io", "ServerURL": "ghcr.io", "Username": "u"}',
        *(sent(**{name: "a\0b"}) for name in ("ServerURL", "Username", "Secret")),
        *(sent(**{name: 1}) for name in ("ServerURL", "Username", "Secret")),
        sent(Secret=None),
        b"\0" + sent(),
        sent().decode().encode("utf-16"),
        sent(Secret="x" * MAX_SIZE),
        b"[" * 100_000,
    ],
    ids=lambda given: repr(given[:60]),
)
def test_what_is_no_login_is_refused(given: bytes) -> None:
    assert fault(given).id == "bad-login"


def test_a_secret_is_not_shown_by_accident() -> None:
    assert SECRET not in repr(Login("ghcr.io", "somebody", SECRET))
