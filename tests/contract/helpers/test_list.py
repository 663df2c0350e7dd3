"""`list`: the forms in which logins were stored, each with its user. Docker gets every one of them."""

from __future__ import annotations

from tests.contract.helpers.helper import ANOTHER, OTHER_SERVER, SERVER, SOMEBODY, Helper

FORMS = [
    "https://index.docker.io/v1/",
    "ghcr.io",
    "http://registry.example.com:5000",
    "GitLab.example.com:443/v2/",
    "[2001:db8::1]:5000",
]


def test_nothing_is_listed_where_nothing_is_stored(helper: Helper) -> None:
    done = helper.run("list", stdin=b"unused")
    assert (done.status, done.stdout.strip()) == (0, b"{}")


def test_each_login_is_listed_in_the_form_in_which_it_was_stored(helper: Helper) -> None:
    for form in FORMS:
        helper.store(form)
    assert helper.listed() == dict.fromkeys(FORMS, SOMEBODY.username)


def test_each_listed_form_can_be_got(helper: Helper) -> None:
    """One that fails costs Docker all of them (docker/cli, native_store.go)."""
    for form in FORMS:
        helper.store(form)
    assert {helper.login(form) for form in helper.listed()} == {SOMEBODY}


def test_a_list_is_one_line(helper: Helper) -> None:
    helper.store(SERVER)
    helper.store(OTHER_SERVER, ANOTHER)
    answer = helper.run("list", stdin=b"unused").stdout
    assert answer.endswith(b"\n")
    assert answer.count(b"\n") == 1


def test_any_user_name_is_listed_as_it_is(helper: Helper) -> None:
    user = '"管理者"\n\\\U0001f433'
    helper.store(login=SOMEBODY._replace(username=user))
    assert helper.listed() == {SERVER: user}


def test_a_second_user_is_listed_instead_of_the_first(helper: Helper) -> None:
    """Whichever of their names is the first by the alphabet."""
    for first, second in ((SOMEBODY, ANOTHER), (ANOTHER, SOMEBODY)):
        helper.store(login=first)
        helper.store(login=second)
        assert helper.listed() == {SERVER: second.username}


def test_a_list_does_not_wait_for_its_input(helper: Helper, endless: int) -> None:
    """docker-py lets it inherit a terminal."""
    helper.store()
    done = helper.run("list", stdin=endless)
    assert done.status == 0
    assert SERVER in done.stdout.decode()
