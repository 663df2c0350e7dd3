"""Parsing of settings files: any bytes are a document, or an error that names the file and the line."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credhelper.errors import HelperError
from credhelper.settings.files import MAX_SIZE
from credhelper.settings.parse import Document, parse

PATH = "/etc/credhelper/config.toml"
RULE = '[[rule]]\nmatch = "123456789012"\n'
ROLE = "arn:aws:iam::123456789012:role/pull"
SECRET = "a-secret-of-somebody"


def parse_text(text: str) -> Document:
    return parse(PATH, text.encode())


def get_error(data: bytes | str) -> HelperError:
    with pytest.raises(HelperError) as excinfo:
        parse(PATH, data.encode() if isinstance(data, str) else data)
    return excinfo.value


def check_refused(data: bytes | str, id_: str, line: int) -> str:
    """Return the message of a refusal; check that it has this id, and names the file and this line."""
    error = get_error(data)
    assert error.id == id_
    assert PATH in str(error)
    assert f"line {line}" in str(error).replace(":", " ").replace(",", " ").replace(")", " ") + " "
    assert "\n" not in str(error)
    assert error.fix
    return str(error)


def test_rules_and_aliases_are_read_as_written() -> None:
    document = parse_text(f'{RULE}profile = "one"\n[aliases]\n"images.example.com" = "public.ecr.aws"\n')
    assert document.rules == [{"match": "123456789012", "profile": "one"}]
    assert document.aliases == {"images.example.com": "public.ecr.aws"}
    assert document.location("rule", 0, "profile") == f"{PATH}, line 3"


@pytest.mark.parametrize("data", ["", "\n", "# nothing yet\n"])
def test_an_empty_file_has_no_settings(data: str) -> None:
    assert parse_text(data)[1:3] == ([], {})


def test_a_file_of_a_windows_editor_is_read_like_any_other() -> None:
    document = parse(PATH, b"\xef\xbb\xbf" + f'{RULE}profile = "one"\n'.replace("\n", "\r\n").encode())
    assert document.rules == [{"match": "123456789012", "profile": "one"}]
    assert document.location("rule", 0, "profile") == f"{PATH}, line 3"


@given(st.binary())
def test_any_bytes_are_a_document_or_an_error(data: bytes) -> None:
    _check_document_or_error(data)


_TOML_TOKENS = [
    "rule",
    "aliases",
    "match",
    "timeout",
    "fips",
    "=",
    "[",
    "]",
    "[[rule]]",
    "\n",
    '"',
    "'",
    "{",
    "}",
    ",",
    ".",
    "#",
]
_VALUES = [
    '"123456789012"',
    "1",
    "-1",
    "1e400",
    "nan",
    "inf",
    "true",
    "1979-05-27",
    "07:32:00",
    "[]",
    "0x",
    "\\",
    "\ud800",
]


@given(st.lists(st.sampled_from(_TOML_TOKENS + _VALUES)).map(" ".join))
def test_any_sequence_of_toml_tokens_is_a_document_or_an_error(text: str) -> None:
    _check_document_or_error(text.encode("utf-8", "surrogatepass"))


def _check_document_or_error(data: bytes) -> None:
    error = None
    try:
        parse(PATH, data)
    except HelperError as raised:
        error = raised
    assert error is None or (error.id.startswith("settings-") and PATH in str(error) and "\n" not in str(error))


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("[[rule]\n", 1),
        ("\n\nwhat is this?\n", 3),
        (RULE + "profile = one\n", 3),
        (RULE + 'profile = "one\n', 3),
        (RULE + 'profile = "one', 3),
        (RULE + "match = '210987654321'\n", 3),
        (RULE + "match = '210987654321'", 3),
        (RULE + "[aliases]\n[aliases]\n", 4),
        (RULE + "duration = 1979-13-41\n", 3),
        (RULE + "profile = '\0'\n", 3),
        (RULE + "duration = " + "9" * 5000, 3),
        (RULE + "[[[[[[[[[[", 3),
        ("\n" + "k" * 600 + " = 1", 2),
        ("\na." + "k." * 20_000 + "k = 1", 2),
    ],
)
def test_text_that_is_not_toml_is_refused_with_its_line(text: str, line: int) -> None:
    check_refused(text, "settings-broken", line)


@pytest.mark.parametrize(("data", "line"), [(b"\xff", 1), (RULE.encode() + b"profile = '\xc3('", 3)])
def test_bytes_that_are_not_text_are_refused_with_their_line(data: bytes, line: int) -> None:
    assert "UTF-8" in check_refused(data, "settings-broken", line)


def test_a_megabyte_is_refused_and_not_read() -> None:
    error = get_error(b"#" * (1 << 20))
    assert error.id == "settings-broken"
    assert f"longer than {MAX_SIZE // 1024} KiB" in str(error)


def test_a_file_of_the_maximum_size_is_read() -> None:
    assert parse_text(RULE + "#" * (MAX_SIZE - len(RULE))).rules


@pytest.mark.parametrize(
    ("text", "line", "key", "suggestion"),
    [
        (RULE + 'profil = "one"', 3, "profil", "did you mean profile?"),
        (RULE + f'rolearn = "{ROLE}"', 3, "rolearn", "did you mean role_arn?"),
        (RULE + "Profile = 'one'", 3, "Profile", "did you mean profile?"),
        (RULE + "dual-stack = true", 3, "dual-stack", "did you mean dualstack?"),
        (RULE + "[rule.profile-of]\nx = 1", 3, "profile-of", "did you mean profile?"),
        (RULE + "zzz = 1", 3, "zzz", "use one of match, profile, role_arn"),
        ("rules = []", 1, "rules", "did you mean rule?"),
        ("\n[alias]", 2, "alias", "did you mean aliases?"),
        ("\nprofile = 'one'", 2, "profile", "use one of rule, delegate, logins, tokens, aliases"),
        (RULE + '"a\\u001b[31m" = 1', 3, "a?[31m", "use one of"),
    ],
)
def test_an_unknown_key_is_named_with_its_line_and_the_nearest_known_key(
    text: str, line: int, key: str, suggestion: str
) -> None:
    message = check_refused(text, "settings-unknown-key", line)
    assert f": unknown key {key} " in message
    assert suggestion in get_error(text).fix


INVALID_VALUES = {
    "match": ["1", "[]", "[1]", "{}", "true"],
    "profile": ["1", "''", "'a]'", "'a\tb'", '"a\\nb"', "['one']", f"'{'x' * 257}'"],
    "role_arn": [
        "1",
        "'pull'",
        "'arn:aws:iam::12345678901:role/pull'",
        "'arn:aws:iam::123456789012:user/pull'",
        "'arn:aws:sts::123456789012:assumed-role/pull/me'",
        f"' {ROLE}'",
        f'"{ROLE}\\n"',
    ],
    "external_id": ["1", "'x'", f"'{'x' * 1225}'", "'a b'", '"ab\\n"'],
    "session_name": ["1", "'x'", f"'{'x' * 65}'", "'a/b'"],
    "source_profile": ["1", "''"],
    "duration": ["'900'", "899", "43201", "900.5", "true", "nan"],
    "region": ["1", "''", "'us-east'", "'US-EAST-1'", "'us-east-1.evil.example'"],
    "endpoint_url": [
        "1",
        "''",
        "'api.ecr.example'",
        "'http://api.ecr.example'",
        "'https://somebody@api.ecr.example'",
        "'https://api.ecr.example/path'",
        "'http://127.0.0.1.example'",
    ],
    "fips": ["1", "'true'", "[]"],
    "dualstack": ["0", "'no'"],
    "ca_bundle": ["1", "false", "''", "' '", "'0'", "'ca.pem'", "'~user/ca.pem'", "'$HOME/ca.pem'", '"/a\\u0000"'],
    "proxy": ["1", "'proxy'", "'proxy:3128'", "'ftp://proxy'", "'http://proxy/path'", "'http://a b'", "false"],
    "timeout": ["'5'", "0.9", "601", "nan", "inf", "-inf", "true", "-1"],
    "connect_timeout": ["'5'", "0.05", "121", "nan"],
    "read_timeout": ["'5'", "0.05", "121", "inf"],
}


@pytest.mark.parametrize(("key", "value"), [(key, value) for key, values in INVALID_VALUES.items() for value in values])
def test_an_invalid_value_is_reported_with_its_line_and_what_it_must_be(key: str, value: str) -> None:
    text = f"[[rule]]\n{key} = {value}\n" if key == "match" else f"{RULE}{key} = {value}\n"
    assert f": {key} must be " in check_refused(text, "settings-bad-value", 2 if key == "match" else 3)


VALID_VALUES: dict[str, list[tuple[str, Any]]] = {
    "match": [("'public.ecr.aws'", "public.ecr.aws"), ("['123456789012']", ["123456789012"])],
    "profile": [("'one'", "one"), ("'\u00fcber all'", "\u00fcber all")],
    "role_arn": [(f"'{ROLE}'", ROLE), (f"'{ROLE.replace('aws', 'aws-us-gov', 1)}'", f"arn:aws-us-gov{ROLE[7:]}")],
    "external_id": [("'42'", "42"), ("'a=b,c.d@e:f/g-h_i+'", "a=b,c.d@e:f/g-h_i+")],
    "session_name": [("'me'", "me")],
    "source_profile": [("'base'", "base")],
    "duration": [("900", 900), ("43200", 43200), ("3600.0", 3600)],
    "region": [("'us-gov-west-1'", "us-gov-west-1"), ("'eusc-de-east-1'", "eusc-de-east-1")],
    "endpoint_url": [
        (f"'{url}'", url) for url in ("https://vpce-1-x.api.ecr.us-east-1.vpce.amazonaws.com", "http://127.0.0.1:8080/")
    ],
    "fips": [("true", True), ("false", False)],
    "dualstack": [("true", True), ("false", False)],
    "ca_bundle": [("'/etc/ca.pem'", "/etc/ca.pem"), ("'~/ca.pem'", "~/ca.pem")],
    "proxy": [
        ("''", ""),
        *((f"'{url}'", url) for url in ("http://proxy.example:3128", "https://somebody:secret@[::1]")),
    ],
    "timeout": [("1", 1), ("600", 600), ("1.5", 1.5)],
    "connect_timeout": [("0.1", 0.1), ("120", 120)],
    "read_timeout": [("0.1", 0.1), ("120", 120)],
}


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [(key, value, expected) for key, values in VALID_VALUES.items() for value, expected in values],
)
def test_a_valid_value_is_accepted(key: str, value: str, expected: object) -> None:
    text = f"[[rule]]\n{key} = {value}\n" if key == "match" else f"{RULE}{key} = {value}\n"
    [rule] = parse_text(text).rules
    assert rule[key] == expected
    assert type(rule[key]) is type(expected)


def test_the_tables_above_have_the_same_keys() -> None:
    assert set(INVALID_VALUES) == set(VALID_VALUES)


@pytest.mark.parametrize(
    ("text", "line"), [("\n[[rule]]\n", 2), (RULE + "[[rule]]\nprofile = 'one'\n", 3), ("rule = [{}]", 1)]
)
def test_a_rule_that_matches_nothing_is_refused_with_its_line(text: str, line: int) -> None:
    assert "has no match" in check_refused(text, "settings-bad-value", line)


@pytest.mark.parametrize("text", ["[rule]\nmatch = '123456789012'", "rule = 1", "rule = '[[rule]]'"])
def test_a_rule_in_one_pair_of_brackets_is_refused(text: str) -> None:
    assert "[[rule]] in two brackets" in check_refused(text, "settings-bad-value", 1)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("[aliases]\n'images.example.com' = 1", 2),
        ("[aliases]\nimages.example.com = '123456789012.dkr.ecr.us-east-1.amazonaws.com'", 2),
        ("[aliases.'images.example.com']\n", 1),
        ("[aliases]\n'{x}' = []", 2),
    ],
)
def test_an_alias_without_quotes_is_refused(text: str, line: int) -> None:
    assert "stands in quotes" in check_refused(text, "settings-bad-value", line)


@pytest.mark.parametrize(
    "text",
    [
        f"external_id = '{SECRET} {SECRET}'",
        f"external_id = '{SECRET}",
        f'external_id = "{SECRET}\\',
        f"external_id = {SECRET}",
        f"external_id = ['{SECRET}']",
        f"external_id = {{ '{SECRET}' = 1 }}",
        f"external_id = 'ab'\nexternal_id = '{SECRET}'",
        f"proxy = 'http://somebody:{SECRET}@proxy/path'",
        f"proxy = 'http://somebody:{SECRET}@'",
        f"proxy = http://somebody:{SECRET}@proxy",
        f"proxy = 'http://somebody:{SECRET}@proxy\n'",
        f"proxi = 'http://somebody:{SECRET}@proxy'",
        f"match = '{SECRET}'",
        f"external_id = '{SECRET}'\nwhat",
    ],
)
def test_a_value_is_never_repeated_since_it_may_be_a_secret(text: str) -> None:
    error = get_error(RULE + text)
    assert SECRET not in str(error) + error.fix


def test_a_key_that_may_be_a_secret_is_not_repeated() -> None:
    secret = "wJalrXUtnFEMI-K7MDENG-bPxRfiCYEXAMPLEKEY"
    assert secret not in check_refused(f"{secret} = 1\n", "settings-unknown-key", 1)
