"""`list`: the server of each login as it was stored, with its user. Docker runs `get` for each of them."""

from __future__ import annotations

from tests.contract.helpers.helper import LOGIN, OTHER_LOGIN, OTHER_SERVER, SERVER, Helper

FORMS = [
    "https://index.docker.io/v1/",
    "ghcr.io",
    "http://registry.example.com:5000",
    "GitLab.example.com:443/v2/",
    "[2001:db8::1]:5000",
]


def test_nothing_is_listed_if_nothing_is_stored(helper: Helper) -> None:
    result = helper.run("list", stdin=b"unused")
    assert (result.status, result.stdout.strip()) == (0, b"{}")


def test_each_login_is_listed_in_the_form_in_which_it_was_stored(helper: Helper) -> None:
    for form in FORMS:
        helper.store(form)
    assert helper.list_logins() == dict.fromkeys(FORMS, LOGIN.username)


def test_a_get_of_each_listed_form_succeeds(helper: Helper) -> None:
    """A single failure costs Docker all logins (docker/cli, native_store.go)."""
    for form in FORMS:
        helper.store(form)
    assert {helper.find_login(form) for form in helper.list_logins()} == {LOGIN}


def test_a_list_is_printed_in_one_line(helper: Helper) -> None:
    helper.store(SERVER)
    helper.store(OTHER_SERVER, OTHER_LOGIN)
    answer = helper.run("list", stdin=b"unused").stdout
    assert answer.endswith(b"\n")
    assert answer.count(b"\n") == 1


def test_any_user_name_is_listed_as_it_is(helper: Helper) -> None:
    user = '"管理者"\n\\\U0001f433'
    helper.store(login=LOGIN._replace(username=user))
    assert helper.list_logins() == {SERVER: user}


def test_a_second_user_is_listed_instead_of_the_first(helper: Helper) -> None:
    """The alphabetical order of the user names makes no difference."""
    for first, second in ((LOGIN, OTHER_LOGIN), (OTHER_LOGIN, LOGIN)):
        helper.store(login=first)
        helper.store(login=second)
        assert helper.list_logins() == {SERVER: second.username}


def test_a_list_does_not_wait_for_its_input(helper: Helper, endless_stdin: int) -> None:
    """docker-py lets the helper inherit a terminal."""
    helper.store()
    result = helper.run("list", stdin=endless_stdin)
    assert result.status == 0
    assert SERVER in result.stdout.decode()
