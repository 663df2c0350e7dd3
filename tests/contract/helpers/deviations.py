"""The tests that Debian's helpers fail because they deviate from the contract, with the reasons.

A name without brackets lists all cases of a test; a name with brackets lists one case. A listed test that passes is a
failure too.
"""

from __future__ import annotations

from typing import NamedTuple

VERSION = "0.6.4"  # of golang-docker-credential-helpers; other versions have other deviations

PASS = "docker-credential-pass"
SECRETSERVICE = "docker-credential-secretservice"


class Deviation(NamedTuple):
    helpers: tuple[str, ...]
    reason: str
    tests: tuple[str, ...]


def find_deviation_reason(helper: str, test: str) -> str:
    """Return why a helper fails a test, named with its case in brackets, or an empty string if it must pass."""
    names = (test, test.partition("[")[0])
    reasons = (
        deviation.reason
        for deviation in DEVIATIONS
        if helper in deviation.helpers and not set(names).isdisjoint(deviation.tests)
    )
    return next(reasons, "")


def _name_cases(test: str, *cases: str) -> tuple[str, ...]:
    return tuple(f"{test}[{case}]" for case in cases)


DEVIATIONS = [
    Deviation(
        (PASS, SECRETSERVICE),
        "a server is found by the very string that was stored",
        (
            "test_a_get_understands_each_form_of_a_stored_server",
            "test_an_erase_understands_each_form_of_a_stored_server",
            "test_a_login_stored_in_any_form_is_found_by_the_host_alone",
            "test_a_third_form_finds_the_login_that_was_stored_last",
            "test_a_get_understands_another_form_of_a_login_with_a_port",
        ),
    ),
    Deviation(
        (PASS, SECRETSERVICE),
        "what Go's json.Decoder can read of what was sent is taken as a login, whatever follows it",
        (
            "test_an_invalid_login_changes_nothing",
            *_name_cases(
                "test_an_invalid_login_is_refused_in_one_line",
                "two logins",
                "a word behind it",
                "a raw NUL behind it",
                "invalid UTF-8",
                "its server twice",
                "its user name twice",
                "its secret twice",
            ),
        ),
    ),
    Deviation(
        (PASS, SECRETSERVICE),
        "a line of more than 64 KiB is not read",
        _name_cases("test_a_secret_of_any_length_comes_back", "100,000 characters"),
    ),
    Deviation(
        (PASS, SECRETSERVICE),
        "Go's json puts U+FFFD where half a character was, and that is kept",
        ("test_a_lone_surrogate_comes_back_or_is_refused",),
    ),
    Deviation(
        (PASS, SECRETSERVICE),
        "the first user's login is kept beside the second's, and one of the two is found",
        ("test_the_login_of_a_second_user_replaces_the_first", "test_a_second_user_is_listed_instead_of_the_first"),
    ),
    Deviation(
        (PASS,),
        "a server without a login has a blank user name and a blank secret, and the exit status is 0",
        (
            "test_a_server_that_was_never_stored_is_not_found",
            "test_the_login_of_another_server_is_not_returned",
            "test_an_erased_login_is_not_found",
            "test_an_erase_after_the_logins_of_two_users_leaves_neither",
            "test_a_get_of_another_server_finds_nothing",
            "test_an_invalid_server_is_refused_in_one_line[get]",
            "test_the_password_of_docker_hub_is_not_returned_as_a_token",
            "test_docker_logout_erases_the_login_in_every_form",
        ),
    ),
    Deviation(
        (PASS,),
        "an erase of what is not there fails, in two lines",
        (
            "test_erasing_nothing_is_a_success",
            "test_erasing_twice_is_a_success",
            "test_an_invalid_server_is_refused_in_one_line[erase]",
        ),
    ),
    Deviation(
        (PASS,),
        "a user name is the name of a file, in a folder for its server",
        _name_cases(
            "test_any_value_comes_back_as_user_name_and_as_secret",
            "a path",
            "the root of a tree",
        ),
    ),
    Deviation(
        (PASS,),
        "line ends at the ends of a secret are cut off",
        _name_cases("test_any_value_comes_back_as_user_name_and_as_secret", "line ends at its ends"),
    ),
    Deviation(
        (PASS,),
        "a NUL is kept, in a server and in a secret",
        _name_cases(
            "test_an_invalid_login_is_refused_in_one_line",
            "a NUL in its server",
            "a NUL in its secret",
        ),
    ),
    Deviation(
        (SECRETSERVICE,),
        "a text ends at its first NUL",
        (
            *_name_cases(
                "test_an_invalid_login_is_refused_in_one_line",
                "a NUL in its server",
                "a NUL in its user name",
                "a NUL in its secret",
            ),
            "test_an_invalid_server_is_refused_in_one_line[get]",
            "test_an_erase_of_an_invalid_server_changes_nothing",
        ),
    ),
    Deviation(
        (SECRETSERVICE,),
        "an erase of anything but nothing succeeds",
        ("test_an_invalid_server_is_refused_in_one_line[erase]",),
    ),
    Deviation(
        (SECRETSERVICE,),
        "a locked keyring has no logins, and one of nobody for no server",
        (
            "test_a_login_in_a_locked_keyring_is_not_reported_as_missing",
            "test_a_list_omits_the_logins_in_a_locked_keyring",
        ),
    ),
    Deviation(
        (SECRETSERVICE,),
        "a login with a blank secret is not found",
        (
            "test_a_login_without_a_secret_field_has_a_blank_secret",
            *_name_cases("test_a_secret_of_any_length_comes_back", "nothing"),
        ),
    ),
]
