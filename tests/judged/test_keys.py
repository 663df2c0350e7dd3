"""A user's keys: its signature is checked, and its policy decides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.contract.process import parse_error, parse_login, run_get
from tests.judged.judge import TOKEN

if TYPE_CHECKING:
    from tests.judged.judge import Judge


def test_a_user_whose_policy_allows_it_gets_a_token_and_keeps_it(judge: Judge) -> None:
    user = judge.user("puller", TOKEN)
    assert parse_login(run_get(**user.environ)) == parse_login(run_get(**user.environ))
    assert judge.calls() == ["GetAuthorizationToken"]


def test_a_user_whose_policy_allows_other_things_is_told_what_it_lacks(judge: Judge) -> None:
    user = judge.user("puller", "ecr:BatchGetImage")
    done = run_get(**user.environ)
    assert f"{user.arn} may not call {TOKEN}" in parse_error(done)
    assert "aws iam attach-user-policy --user-name puller" in done.stderr_text


def test_once_the_policy_allows_it_the_same_get_works_with_nothing_cleared(judge: Judge) -> None:
    user = judge.user("puller")
    parse_error(run_get(**user.environ))
    judge.let_user("puller", TOKEN)
    parse_login(run_get(**user.environ))


def test_a_wrong_secret_signs_nothing_that_is_accepted(judge: Judge) -> None:
    user = judge.user("puller", TOKEN)
    done = run_get(**user._replace(secret="a-wrong-secret").environ)
    assert "what was signed with its secret key is not right" in parse_error(done)
    assert "[secret-wrong]" in done.stderr_text
    assert "a-wrong-secret" not in done.stderr_text


def test_keys_of_nobody_are_told_as_invalid(judge: Judge) -> None:
    user = judge.user("puller", TOKEN)
    done = run_get(**user._replace(key=user.key[::-1]).environ)
    assert "refused the credentials" in parse_error(done)
    assert "[credentials-invalid]" in done.stderr_text


def test_a_refusal_in_words_that_are_not_ecr_s_is_quoted(judge_as_it_is: Judge) -> None:
    user = judge_as_it_is.user("puller")
    assert f"{user.arn} is not authorized to perform: {TOKEN}" in parse_error(run_get(**user.environ))
