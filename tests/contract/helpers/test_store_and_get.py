"""What was stored is what a `get` answers."""

from __future__ import annotations

import json

import pytest

from tests.contract.helpers.helper import ANOTHER, OTHER_SERVER, SECRET, SERVER, SOMEBODY, Helper, Login, as_sent
from tests.contract.process import NO_SERVER, NO_USERNAME


def test_a_get_gives_back_what_was_stored(helper: Helper) -> None:
    helper.store()
    assert helper.login() == SOMEBODY


def test_an_answer_is_one_line_with_the_three_fields_of_the_protocol(helper: Helper) -> None:
    helper.store()
    answer = helper.get().stdout
    assert answer.count(b"\n") == 1
    assert answer.endswith(b"\n")
    assert json.loads(answer) == {"ServerURL": SERVER, "Username": SOMEBODY.username, "Secret": SOMEBODY.secret}


def test_what_succeeds_says_nothing_to_the_person(helper: Helper) -> None:
    """A client passes standard error on to the terminal."""
    helper.store()
    done = [helper.get(), helper.run("list"), helper.run("erase", stdin=SERVER.encode())]
    assert [(each.status, each.said) for each in done] == [(0, "")] * 3


def test_the_newline_of_a_person_s_echo_is_no_part_of_the_server(helper: Helper) -> None:
    helper.store()
    assert helper.login(f"{SERVER}\n") == SOMEBODY


def test_a_server_that_was_never_stored_is_not_found(helper: Helper) -> None:
    assert helper.misses()


def test_another_server_s_login_does_not_answer(helper: Helper) -> None:
    helper.store(OTHER_SERVER)
    assert helper.misses(SERVER)


def test_each_server_has_a_login_of_its_own(helper: Helper) -> None:
    helper.store(SERVER, SOMEBODY)
    helper.store(OTHER_SERVER, ANOTHER)
    assert (helper.login(SERVER), helper.login(OTHER_SERVER)) == (SOMEBODY, ANOTHER)


def test_a_newer_secret_of_the_same_user_replaces_the_first(helper: Helper) -> None:
    helper.store()
    helper.store(login=SOMEBODY._replace(secret="newer"))
    assert helper.login() == SOMEBODY._replace(secret="newer")


def test_a_second_user_s_login_replaces_the_first(helper: Helper) -> None:
    """Whichever of their names is the first by the alphabet."""
    for first, second in ((SOMEBODY, ANOTHER), (ANOTHER, SOMEBODY)):
        helper.store(login=first)
        helper.store(login=second)
        assert helper.login() == second


def test_a_login_that_is_stored_twice_is_one_login(helper: Helper) -> None:
    helper.store()
    helper.store()
    assert helper.listed() == {SERVER: SOMEBODY.username}


def test_a_login_without_a_field_for_its_secret_has_a_blank_one(helper: Helper) -> None:
    assert helper.send(json.dumps({"ServerURL": SERVER, "Username": "somebody"}).encode()).status == 0
    assert helper.login() == Login("somebody", "")


def test_a_field_that_nobody_knows_is_passed_over(helper: Helper) -> None:
    """A newer client may send more than this one knows."""
    fields = {"Extra": {"a": [1]}, "ServerURL": SERVER, "Username": "somebody", "Secret": SECRET}
    assert helper.send(json.dumps(fields).encode()).status == 0
    assert helper.login() == SOMEBODY


@pytest.mark.parametrize("given", [b"", b"\n", b" \t\r\n"], ids=["nothing", "a newline", "blanks"])
def test_a_get_of_no_server_is_the_protocol_s_own_error(helper: Helper, given: bytes) -> None:
    done = helper.run("get", stdin=given)
    assert (done.status, done.stdout) == (1, NO_SERVER)


@pytest.mark.parametrize("fields", [{"ServerURL": ""}, {}], ids=["blank", "absent"])
def test_a_store_without_a_server_is_the_protocol_s_own_error(helper: Helper, fields: dict[str, str]) -> None:
    done = helper.send(json.dumps({**fields, "Username": "somebody", "Secret": SECRET}).encode())
    assert (done.status, done.stdout) == (1, NO_SERVER)


@pytest.mark.parametrize("fields", [{"Username": ""}, {}], ids=["blank", "absent"])
def test_a_store_without_a_user_name_is_the_protocol_s_own_error(helper: Helper, fields: dict[str, str]) -> None:
    done = helper.send(json.dumps({**fields, "ServerURL": SERVER, "Secret": SECRET}).encode())
    assert (done.status, done.stdout) == (1, NO_USERNAME)


def test_of_a_login_that_lacks_both_the_server_is_missed_first(helper: Helper) -> None:
    assert helper.send(b"{}").stdout == NO_SERVER


def test_a_login_without_a_user_name_leaves_the_one_that_was_there(helper: Helper) -> None:
    helper.store()
    helper.send(as_sent(SERVER, Login("", "newer")))
    assert helper.login() == SOMEBODY
