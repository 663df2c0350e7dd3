"""A `get` returns what was stored."""

from __future__ import annotations

import json

import pytest

from tests.contract.helpers.helper import LOGIN, OTHER_LOGIN, OTHER_SERVER, SECRET, SERVER, Helper, Login, encode_login
from tests.support.runner import NO_SERVER, NO_USERNAME


def test_a_get_returns_what_was_stored(helper: Helper) -> None:
    helper.store()
    assert helper.find_login() == LOGIN


def test_an_answer_is_one_line_with_the_three_fields_of_the_protocol(helper: Helper) -> None:
    helper.store()
    answer = helper.get().stdout
    assert answer.count(b"\n") == 1
    assert answer.endswith(b"\n")
    assert json.loads(answer) == {"ServerURL": SERVER, "Username": LOGIN.username, "Secret": LOGIN.secret}


def test_a_success_prints_nothing_for_the_user(helper: Helper) -> None:
    """A client passes standard error on to the terminal."""
    helper.store()
    results = [helper.get(), helper.run("list"), helper.run("erase", stdin=SERVER.encode())]
    assert [(result.status, result.stderr_text) for result in results] == [(0, "")] * 3


def test_a_trailing_newline_from_echo_is_not_part_of_the_server(helper: Helper) -> None:
    helper.store()
    assert helper.find_login(f"{SERVER}\n") == LOGIN


def test_a_server_that_was_never_stored_is_not_found(helper: Helper) -> None:
    assert helper.is_missing()


def test_the_login_of_another_server_is_not_returned(helper: Helper) -> None:
    helper.store(OTHER_SERVER)
    assert helper.is_missing(SERVER)


def test_each_server_has_a_login_of_its_own(helper: Helper) -> None:
    helper.store(SERVER, LOGIN)
    helper.store(OTHER_SERVER, OTHER_LOGIN)
    assert (helper.find_login(SERVER), helper.find_login(OTHER_SERVER)) == (LOGIN, OTHER_LOGIN)


def test_a_newer_secret_of_the_same_user_replaces_the_first(helper: Helper) -> None:
    helper.store()
    helper.store(login=LOGIN._replace(secret="newer"))
    assert helper.find_login() == LOGIN._replace(secret="newer")


def test_the_login_of_a_second_user_replaces_the_first(helper: Helper) -> None:
    """The alphabetical order of the user names makes no difference."""
    for first, second in ((LOGIN, OTHER_LOGIN), (OTHER_LOGIN, LOGIN)):
        helper.store(login=first)
        helper.store(login=second)
        assert helper.find_login() == second


def test_a_login_that_is_stored_twice_is_one_login(helper: Helper) -> None:
    helper.store()
    helper.store()
    assert helper.list_logins() == {SERVER: LOGIN.username}


def test_a_login_without_a_secret_field_has_a_blank_secret(helper: Helper) -> None:
    assert helper.send(json.dumps({"ServerURL": SERVER, "Username": "somebody"}).encode()).status == 0
    assert helper.find_login() == Login("somebody", "")


def test_an_unknown_field_is_ignored(helper: Helper) -> None:
    """A newer client may send fields that the helper does not know."""
    fields = {"Extra": {"a": [1]}, "ServerURL": SERVER, "Username": "somebody", "Secret": SECRET}
    assert helper.send(json.dumps(fields).encode()).status == 0
    assert helper.find_login() == LOGIN


@pytest.mark.parametrize("stdin", [b"", b"\n", b" \t\r\n"], ids=["nothing", "a newline", "blanks"])
def test_a_get_without_a_server_is_a_protocol_error(helper: Helper, stdin: bytes) -> None:
    result = helper.run("get", stdin=stdin)
    assert (result.status, result.stdout) == (1, NO_SERVER)


@pytest.mark.parametrize("fields", [{"ServerURL": ""}, {}], ids=["blank", "absent"])
def test_a_store_without_a_server_is_a_protocol_error(helper: Helper, fields: dict[str, str]) -> None:
    result = helper.send(json.dumps({**fields, "Username": "somebody", "Secret": SECRET}).encode())
    assert (result.status, result.stdout) == (1, NO_SERVER)


@pytest.mark.parametrize("fields", [{"Username": ""}, {}], ids=["blank", "absent"])
def test_a_store_without_a_user_name_is_a_protocol_error(helper: Helper, fields: dict[str, str]) -> None:
    result = helper.send(json.dumps({**fields, "ServerURL": SERVER, "Secret": SECRET}).encode())
    assert (result.status, result.stdout) == (1, NO_USERNAME)


def test_a_login_without_server_and_user_name_is_reported_to_lack_the_server(helper: Helper) -> None:
    assert helper.send(b"{}").stdout == NO_SERVER


def test_a_login_without_a_user_name_leaves_the_stored_login(helper: Helper) -> None:
    helper.store()
    helper.send(encode_login(SERVER, Login("", "newer")))
    assert helper.find_login() == LOGIN
