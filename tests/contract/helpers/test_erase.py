"""`erase`, which `docker logout` runs."""

from __future__ import annotations

import pytest

from tests.contract.helpers.helper import LOGIN, OTHER_LOGIN, OTHER_SERVER, SERVER, Helper
from tests.support.runner import NO_SERVER


def test_an_erased_login_is_not_found(helper: Helper) -> None:
    helper.store()
    helper.erase()
    assert helper.is_missing()


def test_an_erased_login_is_not_listed(helper: Helper) -> None:
    helper.store()
    helper.erase()
    assert helper.list_logins() == {}


def test_an_erase_leaves_the_logins_of_other_servers(helper: Helper) -> None:
    helper.store(SERVER)
    helper.store(OTHER_SERVER, OTHER_LOGIN)
    helper.erase(SERVER)
    assert helper.find_login(OTHER_SERVER) == OTHER_LOGIN


def test_an_erase_after_the_logins_of_two_users_leaves_neither(helper: Helper) -> None:
    helper.store()
    helper.store(login=OTHER_LOGIN)
    helper.erase()
    assert helper.list_logins() == {}
    assert helper.is_missing()


def test_an_erased_login_can_be_stored_again(helper: Helper) -> None:
    helper.store()
    helper.erase()
    helper.store(login=OTHER_LOGIN)
    assert helper.find_login() == OTHER_LOGIN


def test_erasing_nothing_is_a_success(helper: Helper) -> None:
    """Debian 12's Podman and skopeo crash on any other answer."""
    helper.erase()


def test_erasing_twice_is_a_success(helper: Helper) -> None:
    helper.store()
    helper.erase()
    helper.erase()


def test_a_trailing_newline_from_echo_is_not_part_of_the_server(helper: Helper) -> None:
    helper.store()
    assert helper.run("erase", stdin=f"{SERVER}\n".encode()).status == 0
    assert helper.list_logins() == {}


def test_docker_logout_erases_the_login_in_every_form(helper: Helper) -> None:
    """Docker sends these four forms in this order (docker/cli, cli/command/registry/logout.go)."""
    for form in (SERVER, f"http://{SERVER}", f"https://{SERVER}"):
        helper.store(form)
    for form in (SERVER, SERVER, f"http://{SERVER}", f"https://{SERVER}"):
        helper.run("erase", stdin=form.encode())
    assert helper.list_logins() == {}
    assert helper.is_missing()


@pytest.mark.parametrize("stdin", [b"", b"\n", b" \t\r\n"], ids=["nothing", "a newline", "blanks"])
def test_an_erase_without_a_server_is_a_protocol_error(helper: Helper, stdin: bytes) -> None:
    helper.store(login=LOGIN)
    result = helper.run("erase", stdin=stdin)
    assert (result.status, result.stdout) == (1, NO_SERVER)
    assert helper.list_logins() == {SERVER: LOGIN.username}
