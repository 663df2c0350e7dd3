"""A role that is assumed with a web identity (IRSA): the call to STS is not signed, and the role's policy decides.

moto fails on an unsigned call while it enforces policies, so these tests enforce them only from the second call on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.moto.policy_oracle import TOKEN
from tests.support.runner import ProcessResult, parse_error, parse_login, run_get

if TYPE_CHECKING:
    from pathlib import Path

    from tests.moto.policy_oracle import PolicyOracle


@pytest.fixture
def token_file(home: Path) -> str:
    """Return a file with the token of a web identity."""
    (home / "token").write_text("a-web-identity")
    return str(home / "token")


def get_with_role(role: str, token_file: str) -> ProcessResult:
    variables = {"AWS_ROLE_ARN": role, "AWS_ROLE_SESSION_NAME": "build"}
    return run_get(AWS_WEB_IDENTITY_TOKEN_FILE=token_file, **variables)


def test_a_role_with_the_policy_gets_a_token_and_keeps_it(oracle: PolicyOracle, token_file: str) -> None:
    role = oracle.create_role("puller", TOKEN)
    oracle.enforce_from_call(1)
    assert parse_login(get_with_role(role, token_file)) == parse_login(get_with_role(role, token_file))
    assert oracle.list_calls() == ["AssumeRoleWithWebIdentity", "GetAuthorizationToken"]


def test_a_role_without_the_policy_is_refused(oracle: PolicyOracle, token_file: str) -> None:
    role = oracle.create_role("puller")
    oracle.enforce_from_call(1)
    result = get_with_role(role, token_file)
    assert f"may not call {TOKEN} ({role}: " in parse_error(result)
    assert "aws iam attach-role-policy --role-name puller" in result.stderr_text
