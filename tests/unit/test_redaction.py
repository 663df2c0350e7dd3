"""Redaction of foreign text: what is removed from it, and what is kept."""

from __future__ import annotations

import pytest

from credhelper.aws.diagnosis.quoting import netloc
from credhelper.error_catalog.quoting import quote
from credhelper.error_catalog.redaction import redact
from credhelper.fingerprint import strip_userinfo

TOKEN = "IQoJb3JpZ2luX2VjEMz//////////wEaCXVzLWVhc3QtMSJHidden=="
JWT = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJoaWRkZW4ifQ.hidden"


@pytest.mark.parametrize(
    "text",
    [
        f"The security token {TOKEN} included in the request is invalid",
        f"mismatch. the canonical string for this request should have been 'x-amz-security-token:{TOKEN}'",
        "mismatch. The String-to-Sign should have been 'Hidden'",
        f"https://sts.amazonaws.com/?X-Amz-Security-Token={TOKEN.replace('=', '%3D')}&X-Amz-Signature=Hidden",
        f"the ID token {JWT} is not valid",
        "Value 'Hidden' at 'externalId' failed to satisfy constraint: Member must satisfy regular expression pattern",
        "Failed to parse: http://user:hidden/x@proxy:3128",
        "Failed to parse: //user:hid@den#@proxy",
    ],
)
def test_a_secret_is_redacted(text: str) -> None:
    assert "hidden" not in redact(text).lower()


@pytest.mark.parametrize(
    "text",
    [
        "User: arn:aws:sts::123456789012:assumed-role/AWSReservedSSO_Pull_0123456789abcdef/who@example.com is not",
        "Value '10' at 'durationSeconds' failed to satisfy constraint",
        "https://api.ecr.us-east-1.amazonaws.com/",
    ],
)
def test_text_without_a_secret_is_unchanged(text: str) -> None:
    assert redact(text) == text


def test_a_very_long_text_is_redacted_in_time() -> None:
    assert redact("//" * 1_000_000)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://proxy:3128", "http://proxy:3128"),
        ("http://user:secret@proxy:3128", "http://proxy:3128"),
        ("http://user:se/c#r?e@t@proxy:3128", "http://proxy:3128"),
        ("socks5h://user@proxy", "socks5h://proxy"),
        ("user:secret@proxy:3128", "proxy:3128"),
        ("user:sec://ret@proxy:3128", "proxy:3128"),
        ("//user:secret@proxy", "proxy"),
        ("proxy:3128", "proxy:3128"),
    ],
)
def test_a_url_is_shown_without_its_user(url: str, expected: str) -> None:
    assert strip_userinfo(url) == expected
    assert netloc(url) == expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://127.0.0.1/secret?secret#secret", "http://127.0.0.1"),
        ("http://[::1]:80/secret", "http://[::1]:80"),
        ("http://[::1/secret", "http://[::1"),
        ("nowhere/secret", "nowhere"),
    ],
)
def test_a_netloc_is_shown_without_its_path(url: str, expected: str) -> None:
    assert netloc(url) == expected


KEY = "hIddenK7MDENGbPxRfiCYEXAMPLEKEYhidden432"
DOCUMENTS = [
    f'{{"AccessKeyId": "ASIA", "SecretAccessKey": "{KEY}", "Token": "hidden"}}',
    '{"SecretAccessKey" : "hidden", "SessionToken":"hid\\"hidden"}',
    "{'secretAccessKey': 'hidden', 'sessionToken': 'hidden'}",
    '{"accessToken": "hidden", "refreshToken": "hidden", "clientSecret": "hidden"}',
    '{"password": "hidden", "apiKey": "hidden", "Authorization": "Basic hidden"}',
    '{"Token": "hidden',
    '{"Credentials": {"SecretAccessKey": "hidden", "Token": "hidden"}}',
    '{"credentials":{"AccessKeyId":"ASIA","SecretAccessKey":"hidden"}}',
    '{"roleCredentials": {"accessKeyId": "ASIA", "secretAccessKey": "hidden", "sessionToken": "hidden"}}',
    '{"tokens": ["hidden", "hidden"], "a": 1}',
    "credentials={'SecretAccessKey': 'hidden'}",
    '{\n  "Token":\n    "hidden"\n}',
    "<Credentials><SecretAccessKey>hidden</SecretAccessKey><SessionToken>hidden</SessionToken></Credentials>",
    "aws_secret_access_key = hidden\naws_session_token = hidden",
    "AWS_SECRET_ACCESS_KEY=hidden AWS_SESSION_TOKEN='hidden'",
    "SecretAccessKey: hidden, SessionToken: hidden",
    "Authorization: Bearer hidden",
    "Set-Cookie: session=hidden; path=/",
    "http://host/?password=hidden&token=hidden",
    f"the key is {KEY}.",
    f"Token: {JWT}",
]


@pytest.mark.parametrize("text", DOCUMENTS)
def test_a_document_with_credentials_is_quoted_without_them(text: str) -> None:
    assert "hidden" not in quote(text).lower()


@pytest.mark.parametrize("text", DOCUMENTS)
@pytest.mark.parametrize("before", [9_900, 9_950, 9_990, 1_000_000])
def test_no_secret_is_quoted_from_a_very_long_text(text: str, before: int) -> None:
    assert "hidden" not in quote(f"eyJ{'x' * before} {text}").lower()


@pytest.mark.parametrize(
    "text",
    ["<html>" * 200_000, '"token' * 200_000, "a" * 1_000_000, "token=" * 200_000, '\\"' * 500_000, "-token" * 200_000],
)
def test_a_quotation_is_bounded_and_made_in_time(text: str) -> None:
    assert 0 < len(quote(text)) <= 500


@pytest.mark.parametrize("text", ["\x1b[2J", "a\x00b", "a\nb", "a\u202eb", "\udc80", "a\rb"])
def test_a_quotation_is_printable(text: str) -> None:
    assert quote(text).isprintable()


@pytest.mark.parametrize("name", ["AWS_VAULT_FILE_PASSPHRASE", "AWS_CLIENT_SECRET", "AWS_MFA_CODE"])
def test_a_secret_of_the_environment_is_redacted(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "hidden-word")
    assert quote("it said hidden-word") == "it said ***"


@pytest.mark.parametrize(
    "text",
    [
        "The security token included in the request is invalid",
        "Error when retrieving token from sso: Token has expired and refresh failed",
        "The token included in the request is expired: try again",
        "arn:aws:iam::123456789012:role/a-path/that/is/long/enough/for/Forty1",
        "Not authorized to perform sts:AssumeRoleWithWebIdentity",
    ],
)
def test_a_sentence_about_a_secret_is_unchanged(text: str) -> None:
    assert quote(text) == text
