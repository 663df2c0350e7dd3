"""A rule of the settings says whose identity asks, and the policy of that one decides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.contract.process import HOST, parse_error, parse_login, run_get
from tests.judged.judge import ASSUME, TOKEN

if TYPE_CHECKING:
    from pathlib import Path

    from tests.judged.judge import Judge, User


def rule(home: Path, **settings: str) -> str:
    """Write the settings of one rule, and give their path."""
    path = home / "settings.toml"
    lines = [f'match = "{HOST}"', *(f'{name} = "{value}"' for name, value in settings.items())]
    path.write_text("\n".join(["[[rule]]", *lines]))
    return str(path)


def profile(home: Path, user: User) -> str:
    """Write a profile of a user, and give its name."""
    (home / ".aws").mkdir()
    (home / ".aws" / "credentials").write_text(f"[of-user]\n{user.lines}")
    return "of-user"


def test_a_profile_that_is_named_beats_the_keys_of_the_environment(judge: Judge, home: Path) -> None:
    settings = rule(home, profile=profile(home, judge.user("puller", TOKEN)))
    parse_login(run_get(CREDHELPER_CONFIG=settings, **judge.user("nobody").environ))


def test_a_profile_that_may_not_is_not_helped_by_keys_that_may(judge: Judge, home: Path) -> None:
    user = judge.user("nobody")
    settings = rule(home, profile=profile(home, user))
    done = run_get(CREDHELPER_CONFIG=settings, **judge.user("puller", TOKEN).environ)
    assert f"{user.arn} may not call {TOKEN}" in parse_error(done)


def test_a_role_is_assumed_by_whom_the_environment_names(judge: Judge, home: Path) -> None:
    user = judge.user("deployer", ASSUME)
    settings = rule(home, role_arn=judge.role("puller", TOKEN, trusts=user.arn))
    parse_login(run_get(CREDHELPER_CONFIG=settings, **user.environ))
    assert judge.calls() == ["AssumeRole", "GetAuthorizationToken"]


def test_its_token_is_kept_though_its_keys_differ_every_time(judge: Judge, home: Path) -> None:
    user = judge.user("deployer", ASSUME)
    settings = rule(home, role_arn=judge.role("puller", TOKEN))
    assert len({parse_login(run_get(CREDHELPER_CONFIG=settings, **user.environ))["Secret"] for _ in range(2)}) == 1
    assert judge.calls() == ["AssumeRole", "GetAuthorizationToken"]


def test_the_role_s_policy_decides_and_not_its_user_s(judge: Judge, home: Path) -> None:
    settings = rule(home, role_arn=judge.role("puller"))
    done = run_get(CREDHELPER_CONFIG=settings, **judge.user("deployer", ASSUME, TOKEN).environ)
    assert f"arn:aws:iam::123456789012:role/puller may not call {TOKEN}" in parse_error(done)
    assert "aws iam attach-role-policy --role-name puller" in done.stderr_text


def test_who_may_not_assume_the_role_is_told_so(judge: Judge, home: Path) -> None:
    user = judge.user("deployer", TOKEN)
    done = run_get(CREDHELPER_CONFIG=rule(home, role_arn=judge.role("puller", TOKEN)), **user.environ)
    assert f"{user.arn} may not call {ASSUME}" in parse_error(done)
    assert "[assume-role-denied]" in done.stderr_text


def test_a_source_profile_assumes_the_role(judge: Judge, home: Path) -> None:
    user = judge.user("deployer", ASSUME)
    role = judge.role("puller", TOKEN, trusts=user.arn)
    settings = rule(home, role_arn=role, source_profile=profile(home, user))
    parse_login(run_get(CREDHELPER_CONFIG=settings, **judge.user("nobody").environ))


def test_a_source_profile_that_is_a_role_is_one_link_more(judge: Judge, home: Path) -> None:
    (home / ".aws").mkdir()
    first = judge.role("first", ASSUME)
    (home / ".aws" / "config").write_text(
        f"[profile of-role]\nrole_arn = {first}\nsource_profile = of-user\n"
        f"[profile of-user]\n{judge.user('deployer', ASSUME).lines}"
    )
    settings = rule(home, role_arn=judge.role("puller", TOKEN), source_profile="of-role")
    parse_login(run_get(CREDHELPER_CONFIG=settings))
    assert judge.calls() == ["AssumeRole", "AssumeRole", "GetAuthorizationToken"]


def test_the_external_id_that_the_role_asks_for_opens_it(judge: Judge, home: Path) -> None:
    settings = rule(home, role_arn=judge.role("puller", TOKEN, external_id="ours"), external_id="ours")
    parse_login(run_get(CREDHELPER_CONFIG=settings, **judge.user("deployer", ASSUME).environ))


def test_another_external_id_does_not(judge: Judge, home: Path) -> None:
    user = judge.user("deployer", ASSUME)
    settings = rule(home, role_arn=judge.role("puller", TOKEN, external_id="ours"), external_id="theirs")
    done = run_get(CREDHELPER_CONFIG=settings, **user.environ)
    assert f"{user.arn} may not call {ASSUME}" in parse_error(done)
    assert "[assume-role-denied]" in done.stderr_text


def test_a_role_of_another_account_asks_there(judge: Judge, home: Path) -> None:
    settings = rule(home, role_arn=judge.other.role("puller", TOKEN))
    answer = parse_login(run_get(CREDHELPER_CONFIG=settings, **judge.user("deployer", ASSUME).environ))
    assert answer["Secret"].startswith("210987654321-")  # moto's token names whose it is


def test_and_that_account_s_policy_decides(judge: Judge, home: Path) -> None:
    settings = rule(home, role_arn=judge.other.role("puller"))
    done = run_get(CREDHELPER_CONFIG=settings, **judge.user("deployer", ASSUME, TOKEN).environ)
    assert f"arn:aws:iam::210987654321:role/puller may not call {TOKEN}" in parse_error(done)
