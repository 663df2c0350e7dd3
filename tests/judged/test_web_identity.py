"""A role that is assumed for a web identity (IRSA): the call of STS is not signed, the role's policy decides.

moto fails at a call without a signature when it judges, so that each of these is judged from the second call on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.contract.process import ProcessResult, parse_error, parse_login, run_get
from tests.judged.judge import TOKEN

if TYPE_CHECKING:
    from pathlib import Path

    from tests.judged.judge import Judge


@pytest.fixture
def token(home: Path) -> str:
    """The file of a web identity's token."""
    (home / "token").write_text("a-web-identity")
    return str(home / "token")


def get_as(role: str, token: str) -> ProcessResult:
    named = {"AWS_ROLE_ARN": role, "AWS_ROLE_SESSION_NAME": "build"}
    return run_get(AWS_WEB_IDENTITY_TOKEN_FILE=token, **named)


def test_a_role_whose_policy_allows_it_gets_a_token_and_keeps_it(judge: Judge, token: str) -> None:
    role = judge.role("puller", TOKEN)
    judge.judge_from_call(1)
    assert parse_login(get_as(role, token)) == parse_login(get_as(role, token))
    assert judge.calls() == ["AssumeRoleWithWebIdentity", "GetAuthorizationToken"]


def test_a_role_without_the_policy_is_told_so(judge: Judge, token: str) -> None:
    role = judge.role("puller")
    judge.judge_from_call(1)
    done = get_as(role, token)
    assert f"{role} may not call {TOKEN}" in parse_error(done)
    assert "aws iam attach-role-policy --role-name puller" in done.stderr_text
