"""What is cut out of others' words, and what stays."""

from __future__ import annotations

import pytest

from credhelper.aws.failures.secrets import cut_out
from credhelper.aws.failures.words import place
from credhelper.evidence import without_user

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
def test_a_secret_is_cut_out(text: str) -> None:
    assert "hidden" not in cut_out(text).lower()


@pytest.mark.parametrize(
    "text",
    [
        "User: arn:aws:sts::123456789012:assumed-role/AWSReservedSSO_Pull_0123456789abcdef/who@example.com is not",
        "Value '10' at 'durationSeconds' failed to satisfy constraint",
        "https://api.ecr.us-east-1.amazonaws.com/",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert cut_out(text) == text


def test_a_text_without_end_is_cut_in_time() -> None:
    assert cut_out("//" * 1_000_000)


@pytest.mark.parametrize(
    ("url", "shown"),
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
def test_a_url_is_told_without_its_user(url: str, shown: str) -> None:
    assert without_user(url) == shown
    assert place(url) == shown


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("http://127.0.0.1/secret?secret#secret", "http://127.0.0.1"),
        ("http://[::1]:80/secret", "http://[::1]:80"),
        ("http://[::1/secret", "http://[::1"),
        ("nowhere/secret", "nowhere"),
    ],
)
def test_a_place_is_told_without_its_path(url: str, shown: str) -> None:
    assert place(url) == shown
