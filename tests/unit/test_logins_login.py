"""Logins: what a client sends, and how a keyring stores it."""

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


def encode_login(**fields: object) -> bytes:
    return json.dumps({"ServerURL": "ghcr.io", "Username": "somebody", "Secret": SECRET, **fields}).encode()


def get_error(stdin: bytes) -> HelperError:
    with pytest.raises(HelperError) as excinfo:
        parse(stdin)
    assert SECRET not in str(excinfo.value) + excinfo.value.fix
    return excinfo.value


def parse_or_get_id(stdin: bytes) -> Any:  # noqa: ANN401  (a login, or the id of a failure)
    try:
        return parse(stdin)
    except HelperError as error:
        return error.id


@given(TEXT.filter(bool), TEXT)
def test_any_login_can_be_restored_from_its_json(username: str, secret: str) -> None:
    login = Login("https://ghcr.io", username, secret)
    assert from_json(login.to_json(), "https://ghcr.io") == login


@given(TEXT, TEXT)
def test_the_json_is_one_line_of_printable_ascii(username: str, secret: str) -> None:
    text = Login("ghcr.io", username, secret).to_json()
    assert text.isascii()
    assert text.isprintable()


@given(TEXT.filter(bool), TEXT)
def test_a_login_is_kept_exactly_as_a_client_sends_it(username: str, secret: str) -> None:
    assert parse(encode_login(Username=username, Secret=secret)) == Login("ghcr.io", username, secret)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_login_or_a_helper_error(stdin: bytes) -> None:
    outcome = parse_or_get_id(stdin)
    assert outcome in ("bad-login", "bad-server", "no-server") or (outcome.server and outcome.username)


@given(st.text(max_size=200))
def test_arbitrary_text_is_not_the_json_of_a_login(text: str) -> None:
    assert from_json(text, "ghcr.io") is None


def test_the_json_of_another_server_is_not_a_login() -> None:
    assert from_json(Login("ghcr.io", "somebody", SECRET).to_json(), "quay.io") is None


def test_a_missing_secret_is_blank() -> None:
    assert parse(b'{"ServerURL": "ghcr.io", "Username": "u"}').secret == ""


@pytest.mark.parametrize(
    "stdin",
    [
        b'{"ServerURL": "ghcr.io", "Username": "u", "Secret": "one", "Secret": "two"}',
        b'{"ServerURL": "ghcr.io", "ServerURL": "ghcr.io", "Username": "u"}',
        *(encode_login(**{name: "a\0b"}) for name in ("ServerURL", "Username", "Secret")),
        *(encode_login(**{name: 1}) for name in ("ServerURL", "Username", "Secret")),
        encode_login(Secret=None),
        b"\0" + encode_login(),
        encode_login().decode().encode("utf-16"),
        encode_login(Secret="x" * MAX_SIZE),
        b"[" * 100_000,
    ],
    ids=lambda stdin: repr(stdin[:60]),
)
def test_input_that_is_not_a_login_is_refused(stdin: bytes) -> None:
    assert get_error(stdin).id == "bad-login"


def test_the_repr_of_a_login_shows_no_secret() -> None:
    assert SECRET not in repr(Login("ghcr.io", "somebody", SECRET))
