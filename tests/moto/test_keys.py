"""A user's keys: the signature is checked, and the user's policy decides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.moto.policy_oracle import TOKEN
from tests.support.runner import parse_error, parse_login, run_get

if TYPE_CHECKING:
    from tests.moto.policy_oracle import PolicyOracle


def test_a_user_with_the_policy_gets_a_token_and_keeps_it(oracle: PolicyOracle) -> None:
    user = oracle.create_user("puller", TOKEN)
    assert parse_login(run_get(**user.environ)) == parse_login(run_get(**user.environ))
    assert oracle.list_calls() == ["GetAuthorizationToken"]


def test_a_user_with_another_policy_sees_which_permission_is_missing(oracle: PolicyOracle) -> None:
    user = oracle.create_user("puller", "ecr:BatchGetImage")
    result = run_get(**user.environ)
    assert f"may not call {TOKEN} ({user.arn}: " in parse_error(result)
    assert "aws iam attach-user-policy --user-name puller" in result.stderr_text


def test_once_the_policy_allows_it_the_same_get_works_with_nothing_cleared(oracle: PolicyOracle) -> None:
    user = oracle.create_user("puller")
    parse_error(run_get(**user.environ))
    oracle.allow_user("puller", TOKEN)
    parse_login(run_get(**user.environ))


def test_a_wrong_secret_is_reported(oracle: PolicyOracle) -> None:
    user = oracle.create_user("puller", TOKEN)
    result = run_get(**user._replace(secret="a-wrong-secret").environ)
    assert "the secret access key does not match the access key ID" in parse_error(result)
    assert "[secret-wrong]" in result.report
    assert "a-wrong-secret" not in result.stderr_text


def test_unknown_keys_are_reported_as_invalid(oracle: PolicyOracle) -> None:
    user = oracle.create_user("puller", TOKEN)
    result = run_get(**user._replace(key=user.key[::-1]).environ)
    assert "AWS does not recognize the credentials" in parse_error(result)
    assert "[credentials-invalid]" in result.report


def test_a_refusal_with_a_message_that_is_not_from_ecr_is_quoted(unmodified_oracle: PolicyOracle) -> None:
    user = unmodified_oracle.create_user("puller")
    assert f"{user.arn} is not authorized to perform: {TOKEN}" in run_get(**user.environ).report
