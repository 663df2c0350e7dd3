"""Settings files as tests write them, and whose the tokens are that come of them."""

from __future__ import annotations

from tests.contract.process import HOST, PROGRAM, Done, refusal

SECRET = "a-secret-of-somebody"
ALIAS = "images.example.com"
KEYS = {"AWS_ACCESS_KEY_ID": "AKIAKEYS", "AWS_SECRET_ACCESS_KEY": SECRET}
INSTANCE = "arn:aws:sts::123456789012:assumed-role/app-role/i-0abcdef1234567890"


def user(name: str) -> str:
    return f"arn:aws:iam::123456789012:user/{name}"


def role(name: str, account: str = "123456789012") -> str:
    return f"arn:aws:iam::{account}:role/{name}"


def session(name: str, account: str = "123456789012", called: str = PROGRAM) -> str:
    return f"arn:aws:sts::{account}:assumed-role/{name}/{called}"


def rule(match: str, *said: str) -> str:
    return "\n".join(["[[rule]]", f"match = '{match}'", *said, ""])


def alias(*names: str, behind: str = HOST) -> str:
    return "\n".join(["[aliases]", *(f"'{name}' = '{behind}'" for name in names), ""])


def told(done: Done, id_: str) -> str:
    """Give the sentence of a failure: one line for the client, and for the person the same with this id and a fix."""
    sentence = refusal(done)
    first, _, fix = done.said.partition("\n")
    assert sentence in first
    assert first.endswith(f"[{id_}]")
    assert fix.strip()
    return sentence
