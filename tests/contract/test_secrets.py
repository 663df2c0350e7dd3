"""No secret is told, whichever way it comes: neither to the client, nor to the person, nor to the next process."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.contract.process import HOST, get, helper, signed_in

if TYPE_CHECKING:
    from pathlib import Path

    from tests.instance.services import Loopback


SECRET = "hunter2secret"
# Another secret: what is in the environment is cut out of every sentence, and would hide a fault.
KEYS: dict[str, str | None] = {"AWS_ACCESS_KEY_ID": "AKIAONE", "AWS_SECRET_ACCESS_KEY": "another"}


def kept_back(home: Path, **changes: str | None) -> str:
    """Give what a `get` says, which holds no secret, as neither does what it leaves."""
    done = get(**KEYS, **changes)
    left = b"".join(path.read_bytes() for path in (home / ".cache").rglob("*") if path.is_file())
    assert SECRET.encode() not in done.stdout + done.stderr + left
    assert "[internal]" not in done.said
    return done.said


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
def test_a_password_in_a_url_is_not_told(home: Path, variable: str, url: str) -> None:
    told = {"AWS_ENDPOINT_URL": "http://127.0.0.1:9", variable: url.format(SECRET)}
    kept_back(home, CREDHELPER_DEBUG="1", **told)


@pytest.mark.usefixtures("cloud")
def test_a_proxy_s_password_is_in_no_entry(home: Path) -> None:
    kept_back(home, HTTPS_PROXY=f"user:{SECRET}@proxy:3128")
    assert list((home / ".cache").rglob("*.amazonaws.com-*"))


@pytest.mark.parametrize("token", [f"{SECRET}\n", f"{SECRET}\u201d", f"{SECRET}\udc80"])
def test_a_sign_in_s_token_is_not_told(home: Path, token: str) -> None:
    (home / ".aws" / "config").write_text(f"[default]\n{signed_in(home, token)}")
    done = get()
    assert SECRET not in done.said + done.stdout.decode()
    assert "[internal]" not in done.said
    assert "[malformed-answer]" not in done.said


@pytest.mark.parametrize("words", [["get"], ["refresh", HOST]])
def test_the_endpoint_that_hangs_is_told_without_what_is_secret_in_its_url(
    cloud: Loopback, home: Path, words: list[str]
) -> None:
    cloud.tell(ecr="hang")
    url = cloud.environment()["AWS_ENDPOINT_URL_ECR"]
    secret = url.replace("http://", f"http://user:{SECRET}@") + f"/{SECRET}?{SECRET}"
    done = helper(*words, stdin=HOST.encode(), AWS_ENDPOINT_URL_ECR=secret, CREDHELPER_TIMEOUT="1.5", **KEYS)
    left = b"".join(path.read_bytes() for path in (home / ".cache").rglob("*") if path.is_file())
    assert f"asking {url} for a token" in done.said + done.stdout.decode()
    assert SECRET.encode() not in done.stdout + done.stderr + left
