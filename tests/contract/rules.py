"""The parts of settings files that tests write, and the ARNs that own the resulting tokens."""

from __future__ import annotations

from tests.contract.runner import HOST, PROGRAM, ProcessResult, parse_error

SECRET = "a-secret-of-somebody"
ALIAS = "images.example.com"
KEYS = {"AWS_ACCESS_KEY_ID": "AKIAKEYS", "AWS_SECRET_ACCESS_KEY": SECRET}
INSTANCE_ARN = "arn:aws:sts::123456789012:assumed-role/app-role/i-0abcdef1234567890"


def make_user_arn(name: str) -> str:
    return f"arn:aws:iam::123456789012:user/{name}"


def make_role_arn(name: str, account: str = "123456789012") -> str:
    return f"arn:aws:iam::{account}:role/{name}"


def make_session_arn(name: str, account: str = "123456789012", session_name: str = PROGRAM) -> str:
    return f"arn:aws:sts::{account}:assumed-role/{name}/{session_name}"


def make_rule(match: str, *lines: str) -> str:
    return "\n".join(["[[rule]]", f"match = '{match}'", *lines, ""])


def make_alias(*names: str, target: str = HOST) -> str:
    return "\n".join(["[aliases]", *(f"'{name}' = '{target}'" for name in names), ""])


def check_error(result: ProcessResult, id_: str) -> str:
    """Return the message of a failure: one line for the client, and the same with this id and a fix for the user."""
    message = parse_error(result)
    first, _, fix = result.stderr_text.partition("\n")
    assert message in first
    assert first.endswith(f"[{id_}]")
    assert fix.strip()
    return message
