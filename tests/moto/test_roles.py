"""Roles of a profile: the policy of the last one decides, and each link of a chain is one call to STS."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.moto.policy_oracle import ASSUME, TOKEN
from tests.support.runner import parse_error, parse_login, run_get

if TYPE_CHECKING:
    from pathlib import Path

    from tests.moto.policy_oracle import PolicyOracle, User

ASSUMED = "arn:aws:sts::123456789012:assumed-role"


def write_profiles(home: Path, user: User, *roles: str) -> str:
    """Write a profile for a user and for each role, assumed by the profile before; return the last profile's name."""
    lines = ["[profile link-0]", user.lines]
    for number, arn in enumerate(roles, 1):
        lines += [f"[profile link-{number}]", f"role_arn = {arn}", f"source_profile = link-{number - 1}"]
        lines += [f"role_session_name = session-{number}"]
    (home / ".aws").mkdir(exist_ok=True)
    (home / ".aws" / "config").write_text("\n".join(lines))
    return f"link-{len(roles)}"


def test_a_role_may_call_what_its_user_may_not(oracle: PolicyOracle, home: Path) -> None:
    user = oracle.create_user("deployer", ASSUME)
    profile = write_profiles(home, user, oracle.create_role("puller", TOKEN, trusted_arn=user.arn))
    parse_login(run_get(AWS_PROFILE=profile))
    assert oracle.list_calls() == ["AssumeRole", "GetAuthorizationToken"]


def test_a_role_may_not_call_what_its_user_may(oracle: PolicyOracle, home: Path) -> None:
    profile = write_profiles(home, oracle.create_user("deployer", ASSUME, TOKEN), oracle.create_role("puller"))
    result = run_get(AWS_PROFILE=profile)
    assert f"may not call {TOKEN} (arn:aws:iam::123456789012:role/puller: " in parse_error(result)
    assert "aws iam attach-role-policy --role-name puller" in result.stderr_text


def test_once_the_policy_of_the_role_allows_it_the_same_get_works_with_nothing_cleared(
    oracle: PolicyOracle, home: Path
) -> None:
    profile = write_profiles(home, oracle.create_user("deployer", ASSUME), oracle.create_role("puller"))
    parse_error(run_get(AWS_PROFILE=profile))
    oracle.allow_role("puller", TOKEN)
    parse_login(run_get(AWS_PROFILE=profile))


def test_the_token_of_a_role_is_cached_although_its_keys_differ_every_time(oracle: PolicyOracle, home: Path) -> None:
    profile = write_profiles(home, oracle.create_user("deployer", ASSUME), oracle.create_role("puller", TOKEN))
    assert parse_login(run_get(AWS_PROFILE=profile)) == parse_login(run_get(AWS_PROFILE=profile))
    assert oracle.list_calls() == ["AssumeRole", "GetAuthorizationToken"]


def test_a_user_that_may_not_assume_the_role_is_refused(oracle: PolicyOracle, home: Path) -> None:
    user = oracle.create_user("deployer", TOKEN)
    result = run_get(AWS_PROFILE=write_profiles(home, user, oracle.create_role("puller", TOKEN)))
    assert f" ({user.arn}: " in parse_error(result)
    assert "[assume-role-denied]" in result.report
    assert user.secret not in result.stderr_text
    assert oracle.list_calls() == ["AssumeRole"]


def test_a_user_that_the_role_does_not_trust_is_refused(oracle: PolicyOracle, home: Path) -> None:
    user, other = oracle.create_user("deployer", ASSUME), oracle.create_user("other", ASSUME)
    result = run_get(AWS_PROFILE=write_profiles(home, user, oracle.create_role("puller", TOKEN, trusted_arn=other.arn)))
    assert f" ({user.arn}: " in parse_error(result)
    assert "[assume-role-denied]" in result.report


def test_a_wrong_secret_of_the_source_profile_is_reported(oracle: PolicyOracle, home: Path) -> None:
    user = oracle.create_user("deployer", ASSUME)._replace(secret="a-wrong-secret")
    result = run_get(AWS_PROFILE=write_profiles(home, user, oracle.create_role("puller", TOKEN)))
    assert "the secret access key does not match the access key ID" in parse_error(result)
    assert "[secret-wrong]" in result.report
    assert "a-wrong-secret" not in result.stderr_text


@pytest.mark.parametrize("links", [1, 2, 3])
def test_each_link_of_a_chain_is_one_call_of_sts(oracle: PolicyOracle, home: Path, links: int) -> None:
    roles = [oracle.create_role(f"link-{number}", ASSUME) for number in range(1, links)]
    profile = write_profiles(home, oracle.create_user("deployer", ASSUME), *roles, oracle.create_role("puller", TOKEN))
    parse_login(run_get(AWS_PROFILE=profile))
    assert oracle.list_calls() == ["AssumeRole"] * links + ["GetAuthorizationToken"]


def test_a_role_of_a_chain_can_trust_the_session_of_the_role_before(oracle: PolicyOracle, home: Path) -> None:
    first = oracle.create_role("first", ASSUME)
    second = oracle.create_role("puller", TOKEN, trusted_arn=f"{ASSUMED}/first/session-1")
    parse_login(run_get(AWS_PROFILE=write_profiles(home, oracle.create_user("deployer", ASSUME), first, second)))


def test_a_chain_that_breaks_at_its_second_link_names_the_first(oracle: PolicyOracle, home: Path) -> None:
    profile = write_profiles(
        home, oracle.create_user("deployer", ASSUME), oracle.create_role("first"), oracle.create_role("puller", TOKEN)
    )
    assert " (arn:aws:iam::123456789012:role/first: " in parse_error(run_get(AWS_PROFILE=profile))
