"""`get-login` with answers that ECR never returns."""

from __future__ import annotations

import os
import shlex
from typing import TYPE_CHECKING

import pytest

from credhelper.aws import exchange
from credhelper.cli import get_login
from credhelper.ecr.token import Token
from tests.support.runner import HOST

if TYPE_CHECKING:
    from credhelper.system.context import Result


def run_get_login(monkeypatch: pytest.MonkeyPatch, token: Token) -> Result:
    """Return the result of `get-login` if AWS returns this token."""
    monkeypatch.setattr(exchange, "exchange", lambda *_: token)
    return get_login.run(["--region", "us-east-1"], os.environ, lambda _: True)


@pytest.mark.parametrize("password", ["a b", "$(ls)", "'", '"', "`ls`", "a;b", "a&b", "\\", "-p", "#"])
def test_a_shell_reads_back_any_password(monkeypatch: pytest.MonkeyPatch, password: str) -> None:
    (line,) = (
        run_get_login(monkeypatch, Token("AWS", password, 0.0, endpoint=f"https://{HOST}")).stdout.decode().splitlines()
    )
    assert shlex.split(line) == ["docker", "login", "-u", "AWS", "-p", password, f"https://{HOST}"]


@pytest.mark.parametrize(
    "endpoint",
    [
        "",
        "https://",
        f"http://{HOST}",
        f"https://{HOST}.example",
        f"https://{HOST}/v2/",
        "https://ghcr.io",
        f"{HOST};ls",
    ],
)
def test_no_token_is_printed_for_a_host_outside_of_ecr(monkeypatch: pytest.MonkeyPatch, endpoint: str) -> None:
    result = run_get_login(monkeypatch, Token("AWS", "the password", 0.0, endpoint=endpoint))
    assert (result.status, result.stdout) == (1, b"")
    assert ["explain malformed-answer" in note for note in result.notes] == [True]
    assert "the password" not in str(result.notes)


def test_the_repr_of_a_login_contains_no_password() -> None:
    assert "the password" not in repr(get_login.DockerLogin(HOST, "AWS", "the password"))
