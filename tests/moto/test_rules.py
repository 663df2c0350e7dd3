"""A rule of the settings selects the identity that calls, and the policy of that identity decides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.moto.policy_oracle import ASSUME, TOKEN
from tests.support.runner import HOST, parse_error, parse_login, run_get

if TYPE_CHECKING:
    from pathlib import Path

    from tests.moto.policy_oracle import PolicyOracle, User


def write_rule(home: Path, **settings: str) -> str:
    """Write settings with one rule, and return their path."""
    path = home / "settings.toml"
    lines = [f'match = "{HOST}"', *(f'{name} = "{value}"' for name, value in settings.items())]
    path.write_text("\n".join(["[[rule]]", *lines]))
    return str(path)


def write_profile(home: Path, user: User) -> str:
    """Write a profile of a user, and return its name."""
    (home / ".aws").mkdir()
    (home / ".aws" / "credentials").write_text(f"[of-user]\n{user.lines}")
    return "of-user"


def test_a_named_profile_beats_the_keys_of_the_environment(oracle: PolicyOracle, home: Path) -> None:
    settings = write_rule(home, profile=write_profile(home, oracle.create_user("puller", TOKEN)))
    parse_login(run_get(CREDHELPER_CONFIG=settings, **oracle.create_user("nobody").environ))


def test_a_denied_profile_is_not_helped_by_keys_that_are_allowed(oracle: PolicyOracle, home: Path) -> None:
    user = oracle.create_user("nobody")
    settings = write_rule(home, profile=write_profile(home, user))
    result = run_get(CREDHELPER_CONFIG=settings, **oracle.create_user("puller", TOKEN).environ)
    assert f"may not call {TOKEN} ({user.arn}: " in parse_error(result)


def test_a_role_is_assumed_by_the_identity_of_the_environment(oracle: PolicyOracle, home: Path) -> None:
    user = oracle.create_user("deployer", ASSUME)
    settings = write_rule(home, role_arn=oracle.create_role("puller", TOKEN, trusted_arn=user.arn))
    parse_login(run_get(CREDHELPER_CONFIG=settings, **user.environ))
    assert oracle.list_calls() == ["AssumeRole", "GetAuthorizationToken"]


def test_the_token_of_a_role_is_cached_although_its_keys_differ_every_time(oracle: PolicyOracle, home: Path) -> None:
    user = oracle.create_user("deployer", ASSUME)
    settings = write_rule(home, role_arn=oracle.create_role("puller", TOKEN))
    assert len({parse_login(run_get(CREDHELPER_CONFIG=settings, **user.environ))["Secret"] for _ in range(2)}) == 1
    assert oracle.list_calls() == ["AssumeRole", "GetAuthorizationToken"]


def test_the_policy_of_the_role_decides_and_not_that_of_its_user(oracle: PolicyOracle, home: Path) -> None:
    settings = write_rule(home, role_arn=oracle.create_role("puller"))
    result = run_get(CREDHELPER_CONFIG=settings, **oracle.create_user("deployer", ASSUME, TOKEN).environ)
    assert f"may not call {TOKEN} (arn:aws:iam::123456789012:role/puller: " in parse_error(result)
    assert "aws iam attach-role-policy --role-name puller" in result.stderr_text


def test_a_user_that_may_not_assume_the_role_is_refused(oracle: PolicyOracle, home: Path) -> None:
    user = oracle.create_user("deployer", TOKEN)
    result = run_get(CREDHELPER_CONFIG=write_rule(home, role_arn=oracle.create_role("puller", TOKEN)), **user.environ)
    assert f" ({user.arn}: " in parse_error(result)
    assert "[assume-role-denied]" in result.report


def test_a_source_profile_assumes_the_role(oracle: PolicyOracle, home: Path) -> None:
    user = oracle.create_user("deployer", ASSUME)
    role = oracle.create_role("puller", TOKEN, trusted_arn=user.arn)
    settings = write_rule(home, role_arn=role, source_profile=write_profile(home, user))
    parse_login(run_get(CREDHELPER_CONFIG=settings, **oracle.create_user("nobody").environ))


def test_a_source_profile_with_a_role_adds_a_link_to_the_chain(oracle: PolicyOracle, home: Path) -> None:
    (home / ".aws").mkdir()
    first = oracle.create_role("first", ASSUME)
    (home / ".aws" / "config").write_text(
        f"[profile of-role]\nrole_arn = {first}\nsource_profile = of-user\n"
        f"[profile of-user]\n{oracle.create_user('deployer', ASSUME).lines}"
    )
    settings = write_rule(home, role_arn=oracle.create_role("puller", TOKEN), source_profile="of-role")
    parse_login(run_get(CREDHELPER_CONFIG=settings))
    assert oracle.list_calls() == ["AssumeRole", "AssumeRole", "GetAuthorizationToken"]


def test_the_external_id_that_the_role_requires_is_sent(oracle: PolicyOracle, home: Path) -> None:
    settings = write_rule(home, role_arn=oracle.create_role("puller", TOKEN, external_id="ours"), external_id="ours")
    parse_login(run_get(CREDHELPER_CONFIG=settings, **oracle.create_user("deployer", ASSUME).environ))


def test_another_external_id_is_refused(oracle: PolicyOracle, home: Path) -> None:
    user = oracle.create_user("deployer", ASSUME)
    settings = write_rule(home, role_arn=oracle.create_role("puller", TOKEN, external_id="ours"), external_id="theirs")
    result = run_get(CREDHELPER_CONFIG=settings, **user.environ)
    assert f" ({user.arn}: " in parse_error(result)
    assert "[assume-role-denied]" in result.report


def test_a_role_of_another_account_gets_a_token_of_that_account(oracle: PolicyOracle, home: Path) -> None:
    settings = write_rule(home, role_arn=oracle.other_account.create_role("puller", TOKEN))
    answer = parse_login(run_get(CREDHELPER_CONFIG=settings, **oracle.create_user("deployer", ASSUME).environ))
    assert answer["Secret"].startswith("210987654321-")  # moto's token names its account


def test_the_policy_of_the_other_account_decides(oracle: PolicyOracle, home: Path) -> None:
    settings = write_rule(home, role_arn=oracle.other_account.create_role("puller"))
    result = run_get(CREDHELPER_CONFIG=settings, **oracle.create_user("deployer", ASSUME, TOKEN).environ)
    assert f"may not call {TOKEN} (arn:aws:iam::210987654321:role/puller: " in parse_error(result)
