"""The forms of a server: the one that was stored wins.

Otherwise scheme, case, :443 and a trailing /, /v1/ or /v2/ make no difference; any other difference makes it another
login.
"""

from __future__ import annotations

import pytest

from tests.contract.helpers.helper import LOGIN, OTHER_LOGIN, SERVER, Helper

FORMS = {
    "https": f"https://{SERVER}",
    "http": f"http://{SERVER}",
    "upper case": SERVER.upper(),
    "port 443": f"{SERVER}:443",
    "a slash": f"{SERVER}/",
    "v1": f"{SERVER}/v1/",
    "v2": f"{SERVER}/v2/",
    "all of it": f"HTTPS://{SERVER.title()}:443/v2/",
}
OTHER_FORMS = (
    f"{SERVER}:5000",
    f"{SERVER}/team",
    f"{SERVER}/v2/team",
    f"mirror.{SERVER}",
    SERVER.partition(".")[2],
    f"{SERVER}.example.org",
    f"x{SERVER}",
)


def test_a_get_understands_each_form_of_a_stored_server(helper: Helper) -> None:
    helper.store()
    assert [helper.find_login(form) for form in FORMS.values()] == [LOGIN] * len(FORMS)


@pytest.mark.parametrize("form", [FORMS["https"], FORMS["port 443"], FORMS["all of it"]])
def test_an_erase_understands_each_form_of_a_stored_server(helper: Helper, form: str) -> None:
    helper.store()
    helper.erase(form)
    assert helper.is_missing()


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_a_login_stored_in_any_form_is_found_by_the_host_alone(helper: Helper, form: str) -> None:
    helper.store(form)
    assert helper.find_login() == LOGIN


def test_each_of_two_stored_forms_has_its_own_login(helper: Helper) -> None:
    helper.store(f"https://{SERVER}")
    helper.store(SERVER, OTHER_LOGIN)
    assert helper.find_login(f"https://{SERVER}") == LOGIN
    assert helper.find_login(SERVER) == OTHER_LOGIN


def test_a_third_form_finds_the_login_that_was_stored_last(helper: Helper) -> None:
    helper.store(f"https://{SERVER}/v2/")
    helper.store(SERVER, OTHER_LOGIN)
    helper.store(f"https://{SERVER}/v2/")
    assert helper.find_login(f"http://{SERVER}") == LOGIN


def test_a_get_of_another_server_finds_nothing(helper: Helper) -> None:
    helper.store()
    assert [other for other in OTHER_FORMS if not helper.is_missing(other)] == []


def test_an_erase_of_another_server_leaves_the_login(helper: Helper) -> None:
    helper.store()
    for other in OTHER_FORMS:
        helper.run("erase", stdin=other.encode())
    assert helper.find_login() == LOGIN


def test_a_server_with_a_port_has_a_login_of_its_own(helper: Helper) -> None:
    helper.store(SERVER, LOGIN)
    helper.store(f"{SERVER}:5000", OTHER_LOGIN)
    assert (helper.find_login(SERVER), helper.find_login(f"{SERVER}:5000")) == (LOGIN, OTHER_LOGIN)


def test_a_get_understands_another_form_of_a_login_with_a_port(helper: Helper) -> None:
    helper.store(f"{SERVER}:5000")
    assert helper.find_login(f"https://{SERVER.upper()}:5000/v2/") == LOGIN
