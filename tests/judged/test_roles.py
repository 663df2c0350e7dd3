"""Roles of a profile: it is the last one's policy that decides, and each link of a chain is one call of STS."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.contract.process import parse_error, parse_login, run_get
from tests.judged.judge import ASSUME, TOKEN

if TYPE_CHECKING:
    from pathlib import Path

    from tests.judged.judge import Judge, User

ASSUMED = "arn:aws:sts::123456789012:assumed-role"


def configure(home: Path, user: User, *roles: str) -> str:
    """Write a profile of a user, and one of each role, which the one before assumes; give the last one's name."""
    lines = ["[profile link-0]", user.lines]
    for number, arn in enumerate(roles, 1):
        lines += [f"[profile link-{number}]", f"role_arn = {arn}", f"source_profile = link-{number - 1}"]
        lines += [f"role_session_name = session-{number}"]
    (home / ".aws").mkdir(exist_ok=True)
    (home / ".aws" / "config").write_text("\n".join(lines))
    return f"link-{len(roles)}"


def test_a_role_may_what_its_user_may_not(judge: Judge, home: Path) -> None:
    user = judge.user("deployer", ASSUME)
    profile = configure(home, user, judge.role("puller", TOKEN, trusts=user.arn))
    parse_login(run_get(AWS_PROFILE=profile))
    assert judge.calls() == ["AssumeRole", "GetAuthorizationToken"]


def test_a_role_may_not_what_its_user_may(judge: Judge, home: Path) -> None:
    profile = configure(home, judge.user("deployer", ASSUME, TOKEN), judge.role("puller"))
    done = run_get(AWS_PROFILE=profile)
    assert f"arn:aws:iam::123456789012:role/puller may not call {TOKEN}" in parse_error(done)
    assert "aws iam attach-role-policy --role-name puller" in done.stderr_text


def test_once_the_role_s_policy_allows_it_the_same_get_works_with_nothing_cleared(judge: Judge, home: Path) -> None:
    profile = configure(home, judge.user("deployer", ASSUME), judge.role("puller"))
    parse_error(run_get(AWS_PROFILE=profile))
    judge.let_role("puller", TOKEN)
    parse_login(run_get(AWS_PROFILE=profile))


def test_the_token_of_a_role_is_kept_though_its_keys_differ_every_time(judge: Judge, home: Path) -> None:
    profile = configure(home, judge.user("deployer", ASSUME), judge.role("puller", TOKEN))
    assert parse_login(run_get(AWS_PROFILE=profile)) == parse_login(run_get(AWS_PROFILE=profile))
    assert judge.calls() == ["AssumeRole", "GetAuthorizationToken"]


def test_a_user_that_may_not_assume_the_role_is_told_so(judge: Judge, home: Path) -> None:
    user = judge.user("deployer", TOKEN)
    done = run_get(AWS_PROFILE=configure(home, user, judge.role("puller", TOKEN)))
    assert f"{user.arn} may not call {ASSUME}" in parse_error(done)
    assert "[assume-role-denied]" in done.stderr_text
    assert user.secret not in done.stderr_text
    assert judge.calls() == ["AssumeRole"]


def test_a_user_that_the_role_does_not_trust_is_told_so(judge: Judge, home: Path) -> None:
    user, other = judge.user("deployer", ASSUME), judge.user("other", ASSUME)
    done = run_get(AWS_PROFILE=configure(home, user, judge.role("puller", TOKEN, trusts=other.arn)))
    assert f"{user.arn} may not call {ASSUME}" in parse_error(done)
    assert "[assume-role-denied]" in done.stderr_text


def test_a_wrong_secret_of_the_source_profile_is_told_as_such(judge: Judge, home: Path) -> None:
    user = judge.user("deployer", ASSUME)._replace(secret="a-wrong-secret")
    done = run_get(AWS_PROFILE=configure(home, user, judge.role("puller", TOKEN)))
    assert "what was signed with its secret key is not right" in parse_error(done)
    assert "[secret-wrong]" in done.stderr_text
    assert "a-wrong-secret" not in done.stderr_text


@pytest.mark.parametrize("links", [1, 2, 3])
def test_each_link_of_a_chain_is_one_call_of_sts(judge: Judge, home: Path, links: int) -> None:
    roles = [judge.role(f"link-{number}", ASSUME) for number in range(1, links)]
    profile = configure(home, judge.user("deployer", ASSUME), *roles, judge.role("puller", TOKEN))
    parse_login(run_get(AWS_PROFILE=profile))
    assert judge.calls() == ["AssumeRole"] * links + ["GetAuthorizationToken"]


def test_a_role_of_a_chain_is_trusted_by_its_session(judge: Judge, home: Path) -> None:
    first = judge.role("first", ASSUME)
    second = judge.role("puller", TOKEN, trusts=f"{ASSUMED}/first/session-1")
    parse_login(run_get(AWS_PROFILE=configure(home, judge.user("deployer", ASSUME), first, second)))


def test_a_chain_that_breaks_at_its_second_link_names_the_first(judge: Judge, home: Path) -> None:
    profile = configure(home, judge.user("deployer", ASSUME), judge.role("first"), judge.role("puller", TOKEN))
    assert f"arn:aws:iam::123456789012:role/first may not call {ASSUME}" in parse_error(run_get(AWS_PROFILE=profile))
