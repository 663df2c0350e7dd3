"""No secret is revealed, wherever it comes from: not to the client, not to the user, not to the next process."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.hangs import HANG_TIMEOUT
from tests.support.runner import HOST, run_get, run_helper, write_sign_in

if TYPE_CHECKING:
    from pathlib import Path

    from tests.fake_ec2.services import Loopback


SECRET = "hunter2secret"
# A different secret: those in the environment are removed from every message, which would hide a bug.
KEYS: dict[str, str | None] = {"AWS_ACCESS_KEY_ID": "AKIAONE", "AWS_SECRET_ACCESS_KEY": "another"}


def check_no_secret(home: Path, **changes: str | None) -> str:
    """Return what a `get` prints for the user; a secret in its output or its cache fails the test."""
    result = run_get(**KEYS, **changes)
    cache_content = b"".join(path.read_bytes() for path in (home / ".cache").rglob("*") if path.is_file())
    assert SECRET.encode() not in result.stdout + result.stderr + cache_content
    assert "[internal]" not in result.report
    return result.stderr_text


@pytest.mark.parametrize(
    "url",
    [
        "http://user:{}@127.0.0.1:9",
        "user:{}@127.0.0.1:9",
        "http://user:{}/x@127.0.0.1:9",
        "http://user:{}#x@127.0.0.1:9",
        "http://user:{}?x@127.0.0.1:9",
        "http://12/{}@127.0.0.1:9",
        "http:user:{}@127.0.0.1:9",
        "http://user:{}[@127.0.0.1:9",
        "socks5://user:{}@127.0.0.1:9",
    ],
)
@pytest.mark.parametrize("variable", ["HTTP_PROXY", "AWS_ENDPOINT_URL"])
def test_a_password_in_a_url_is_not_shown(home: Path, variable: str, url: str) -> None:
    variables = {"AWS_ENDPOINT_URL": "http://127.0.0.1:9", variable: url.format(SECRET)}
    check_no_secret(home, CREDHELPER_DEBUG="1", **variables)


@pytest.mark.usefixtures("cloud")
def test_the_password_of_a_proxy_is_not_in_any_entry(home: Path) -> None:
    check_no_secret(home, HTTPS_PROXY=f"user:{SECRET}@proxy:3128")
    assert list((home / ".cache").rglob("*.amazonaws.com-*"))


@pytest.mark.parametrize("token", [f"{SECRET}\n", f"{SECRET}\u201d", f"{SECRET}\udc80"])
def test_the_token_of_a_sign_in_is_not_shown(home: Path, token: str) -> None:
    (home / ".aws" / "config").write_text(f"[default]\n{write_sign_in(home, token)}")
    result = run_get()
    assert SECRET not in result.stderr_text + result.stdout.decode()
    assert "[internal]" not in result.report
    assert "[malformed-answer]" not in result.report


@pytest.mark.parametrize("argv", [["get"], ["refresh", HOST]])
def test_the_endpoint_that_hangs_is_reported_without_the_secrets_in_its_url(
    cloud: Loopback, home: Path, argv: list[str]
) -> None:
    cloud.configure(ecr="hang")
    url = cloud.environment()["AWS_ENDPOINT_URL_ECR"]
    secret = url.replace("http://", f"http://user:{SECRET}@") + f"/{SECRET}?{SECRET}"
    changes = {**KEYS, "AWS_ENDPOINT_URL_ECR": secret, "CREDHELPER_TIMEOUT": HANG_TIMEOUT}
    result = run_helper(*argv, stdin=HOST.encode(), **changes)
    cache_content = b"".join(path.read_bytes() for path in (home / ".cache").rglob("*") if path.is_file())
    assert f"requesting a token from {url}" in result.stderr_text + result.stdout.decode()
    assert SECRET.encode() not in result.stdout + result.stderr + cache_content
