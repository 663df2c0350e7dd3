"""User names and secrets of any characters and length come back as they were sent."""

from __future__ import annotations

import json

import pytest

from tests.contract.helpers.helper import LOGIN, SERVER, Helper, Login

VALUES = {
    "quotes": "a\"b'c`\"'`",
    "backslashes": "\\a\\n\\u0041\\",
    "lines": "first\nsecond\r\nthird",
    "line ends at its ends": "\nwithin\r\n\n",
    "blanks at its ends": "  a\tb \t",
    "a space": " ",
    "control characters": "\x01\x1b[31m\x7f",
    "what HTML and JavaScript escape": "<a href='b'>&amp;\u2028\u2029",
    "letters that are not ASCII": "\ufeffžluťoučký kůň, e\u0301 \u00e9, 管理者, \U0001f433",
    "what a shell expands": "$HOME `id` %s%00 *",
    "a path": "../../x",
    "the root of a tree": "/",
    "an option": "--force",
    "colons": ":a::b:",
    "a login": json.dumps({"ServerURL": SERVER, "Username": "eve", "Secret": "s"}),
}
SECRETS = {
    "nothing": "",
    "10,000 characters": "0123456789" * 1_000,
    "100,000 characters": "0123456789" * 10_000,
    "10,000 letters that are not ASCII": "ů" * 10_000,
}


@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES)
def test_any_value_comes_back_as_user_name_and_as_secret(helper: Helper, value: str) -> None:
    helper.store(login=Login(value, value))
    assert helper.find_login() == Login(value, value)


@pytest.mark.parametrize("secret", SECRETS.values(), ids=SECRETS)
def test_a_secret_of_any_length_comes_back(helper: Helper, secret: str) -> None:
    helper.store(login=LOGIN._replace(secret=secret))
    assert helper.find_login() == LOGIN._replace(secret=secret)


def test_an_identity_token_comes_back_with_the_name_that_marks_it(helper: Helper) -> None:
    """Docker stores a registry's OAuth token under this user name."""
    token = Login("<token>", "eyJhbGciOiJSUzI1NiJ9." * 100)
    helper.store(login=token)
    assert helper.find_login() == token


@pytest.mark.parametrize("field", ["Username", "Secret"])
def test_a_lone_surrogate_comes_back_or_is_refused(helper: Helper, field: str) -> None:
    """JSON can escape a lone surrogate; stored as another character, it would be a wrong password."""
    fields = {"ServerURL": SERVER, "Username": "somebody", "Secret": "s", field: "a\ud800b"}
    if helper.send(json.dumps(fields).encode()).status == 0:
        is_equal = helper.find_login() == Login(fields["Username"], fields["Secret"])
        assert is_equal  # a bare bool: a report with a lone surrogate cannot pass from one process to another
    else:
        assert helper.is_missing()
