"""The parts of settings files that tests write, and the ARNs that own the resulting tokens."""

from __future__ import annotations

from tests.support.runner import HOST, PROGRAM, ProcessResult, parse_error

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
    """Return what the user reads of an error with this id; the client has it too, in one line."""
    assert parse_error(result).endswith(f" [{id_}]")
    assert result.report.endswith(f" [{id_}]\n")
    assert "\n  fix   " in result.report
    return result.report
