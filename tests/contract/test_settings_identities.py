"""A rule of the settings determines whose token a host gets, whatever the environment says."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.contract.rules import (
    ALIAS,
    INSTANCE_ARN,
    KEYS,
    SECRET,
    check_error,
    make_alias,
    make_role_arn,
    make_rule,
    make_session_arn,
    make_user_arn,
)
from tests.support.runner import HOST, NO_CALLS, OTHER_HOST, find_owner, parse_error, parse_login, run_get, run_helper

if TYPE_CHECKING:
    from tests.fake_ec2.services import Loopback


@pytest.mark.parametrize("environ", [{"AWS_PROFILE": "two"}, KEYS, {"AWS_DEFAULT_PROFILE": "two", **KEYS}])
@pytest.mark.usefixtures("profiles")
def test_the_profile_of_a_rule_beats_the_environment(cloud: Loopback, config: Path, environ: dict[str, str]) -> None:
    config.write_text(make_rule(HOST, "profile = 'one'"))
    assert find_owner(cloud, run_get(**environ)) == make_user_arn("AKIAONE")


def test_the_role_of_a_rule_is_assumed_by_the_identity_of_the_environment(cloud: Loopback, config: Path) -> None:
    config.write_text(make_rule(HOST, f"role_arn = '{make_role_arn('pull')}'"))
    assert find_owner(cloud, run_get(**KEYS)) == make_session_arn("pull")
    [call] = [call for call in cloud.read_log() if call["service"] == "sts"]
    assert (call["operation"], call["principal"], call["role"]) == (
        "AssumeRole",
        make_user_arn("AKIAKEYS"),
        make_role_arn("pull"),
    )
    assert cloud.count_calls() == {**NO_CALLS, "sts": 1, "ecr": 1}


def test_the_role_of_a_rule_is_assumed_by_the_role_of_the_instance_without_another_identity(
    cloud: Loopback, config: Path
) -> None:
    config.write_text(make_rule(HOST, f"role_arn = '{make_role_arn('pull', '210987654321')}'", "session_name = 'ci'"))
    assert find_owner(cloud, run_get()) == make_session_arn("pull", "210987654321", "ci")


@pytest.mark.usefixtures("profiles")
def test_the_source_profile_of_a_rule_assumes_its_role_whatever_the_environment_names(
    cloud: Loopback, config: Path
) -> None:
    config.write_text(make_rule(HOST, f"role_arn = '{make_role_arn('pull')}'", "source_profile = 'one'"))
    assert find_owner(cloud, run_get(**KEYS)) == make_session_arn("pull")
    assert [call["principal"] for call in cloud.read_log() if call["service"] == "sts"] == [make_user_arn("AKIAONE")]


OTHER_IDENTITIES: dict[str, dict[str, str]] = {
    "the instance's role": {},
    "keys": KEYS,
    "a web identity": {"AWS_ROLE_ARN": make_role_arn("other"), "AWS_WEB_IDENTITY_TOKEN_FILE": "{home}/token"},
    "a container's role": {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "{cloud}/latest/meta-data/"},
    "another profile": {"AWS_PROFILE": "one"},
    "boto's old file": {"BOTO_CONFIG": "{home}/boto"},
    "Amazon's old file": {"AWS_CREDENTIAL_FILE": "{home}/old"},
}


@pytest.fixture
def other_identity(cloud: Loopback, home: Path, request: pytest.FixtureRequest) -> dict[str, str]:
    """Return an environment that selects another identity in one of the possible ways."""
    (home / "token").write_text("a-web-identity")
    (home / "boto").write_text(f"[Credentials]\naws_access_key_id = AKIABOTO\naws_secret_access_key = {SECRET}\n")
    (home / "old").write_text(f"AWSAccessKeyId=AKIAOLD\nAWSSecretKey={SECRET}\n")
    variables: dict[str, str] = OTHER_IDENTITIES[request.param]
    return {name: value.format(home=home, cloud=cloud.endpoint) for name, value in variables.items()}


@pytest.mark.usefixtures("profiles")
@pytest.mark.parametrize(
    "lines", [["profile = 'none'"], [f"role_arn = '{make_role_arn('pull')}'", "source_profile = 'none'"]]
)
@pytest.mark.parametrize("other_identity", OTHER_IDENTITIES, indirect=True)
def test_a_profile_without_credentials_does_not_become_another_identity(
    cloud: Loopback, config: Path, lines: list[str], other_identity: dict[str, str]
) -> None:
    config.write_text(make_rule(HOST, *lines))
    assert "none" in parse_error(run_get(**other_identity))
    assert cloud.count_calls() == NO_CALLS


@pytest.mark.parametrize("other_identity", OTHER_IDENTITIES, indirect=True)
def test_a_missing_default_profile_does_not_become_another_identity(
    cloud: Loopback, config: Path, other_identity: dict[str, str]
) -> None:
    config.write_text(make_rule(HOST, "profile = 'default'"))
    assert "default" in parse_error(run_get(**other_identity))
    assert cloud.count_calls() == NO_CALLS


def test_a_profile_starts_from_the_role_of_the_instance_if_it_names_that_source(
    cloud: Loopback, config: Path, profiles: Path
) -> None:
    with profiles.open("a") as file:
        file.write(f"[profile here]\nrole_arn = {make_role_arn('pull')}\ncredential_source = Ec2InstanceMetadata\n")
    config.write_text(make_rule(HOST, "profile = 'here'"))
    assert find_owner(cloud, run_get(**KEYS)).startswith("arn:aws:sts::123456789012:assumed-role/pull/")


def test_a_missing_profile_does_not_become_another_identity(cloud: Loopback, config: Path) -> None:
    config.write_text(make_rule(HOST, "profile = 'nowhere'"))
    assert "nowhere" in parse_error(run_get())
    assert cloud.count_calls() == NO_CALLS


def test_the_complete_example_of_the_documentation_works(cloud: Loopback, config: Path, profiles: Path) -> None:
    document = (Path(__file__).parents[2] / "docs" / "settings.md").read_text()
    [example] = re.findall(r"```toml\n(# each rule.*?)```", document, re.DOTALL)
    config.write_text(example)
    profiles.write_text(profiles.read_text().replace("[profile one]", "[profile build]"))
    assert find_owner(cloud, run_get(ALIAS)) == make_session_arn("pull", "210987654321", "ci")
    assert find_owner(cloud, run_get(HOST)) == INSTANCE_ARN
    [call] = [call for call in cloud.read_log() if call["service"] == "sts"]
    assert (call["principal"], call["role"]) == (make_user_arn("AKIAONE"), make_role_arn("pull", "210987654321"))


def test_two_accounts_have_a_role_each_and_are_never_mixed(cloud: Loopback, config: Path) -> None:
    one, two = make_role_arn("pull"), make_role_arn("pull", "210987654321")
    config.write_text(
        make_rule("123456789012", f"role_arn = '{one}'") + make_rule("210987654321", f"role_arn = '{two}'")
    )
    owners = [find_owner(cloud, run_get(host)) for host in (HOST, OTHER_HOST, HOST, OTHER_HOST)]
    assert owners == [make_session_arn("pull"), make_session_arn("pull", "210987654321")] * 2
    assert cloud.count_calls()["ecr"] == 2


@pytest.mark.usefixtures("profiles")
def test_a_token_of_one_rule_is_not_shared_with_a_host_of_another(cloud: Loopback, config: Path) -> None:
    config.write_text(make_rule(HOST, "profile = 'one'"))
    assert find_owner(cloud, run_get(OTHER_HOST)) == INSTANCE_ARN
    assert find_owner(cloud, run_get(HOST)) == make_user_arn("AKIAONE")
    assert find_owner(cloud, run_get(OTHER_HOST)) == INSTANCE_ARN


@pytest.mark.usefixtures("profiles")
def test_a_token_of_one_rule_is_shared_with_each_of_its_hosts(cloud: Loopback, config: Path) -> None:
    config.write_text(make_rule("*.dkr.ecr.us-east-1.amazonaws.com", "profile = 'one'"))
    assert parse_login(run_get(HOST))["Secret"] == parse_login(run_get(OTHER_HOST))["Secret"]
    assert cloud.count_calls()["ecr"] == 1


@pytest.mark.usefixtures("profiles")
def test_refresh_exchanges_for_each_host_under_its_own_identity(cloud: Loopback, config: Path) -> None:
    config.write_text(make_rule(HOST, "profile = 'one'") + make_rule(OTHER_HOST, "profile = 'two'") + make_alias(ALIAS))
    assert run_helper("refresh", HOST, OTHER_HOST, ALIAS).status == 0
    assert [find_owner(cloud, run_get(host)) for host in (HOST, OTHER_HOST, ALIAS)] == [
        make_user_arn("AKIAONE"),
        make_user_arn("AKIATWO"),
        make_user_arn("AKIAONE"),
    ]
    assert cloud.count_calls()["ecr"] == 2


@pytest.mark.parametrize("answer", ["garbled", "portal", "empty"])
def test_an_invalid_answer_of_sts_is_reported(cloud: Loopback, config: Path, answer: str) -> None:
    cloud.configure(sts=answer)
    config.write_text(make_rule(HOST, f"role_arn = '{make_role_arn('pull')}'"))
    check_error(run_get(**KEYS), "malformed-answer")


def test_the_timeout_of_a_rule_ends_a_call_that_hangs(cloud: Loopback, config: Path) -> None:
    cloud.configure(ecr="hang")
    config.write_text(make_rule(HOST, "timeout = 1"))
    result = run_get(**KEYS)
    check_error(result, "timed-out")
    assert f"timeout ({config}, line 3) allows more time" in result.report


def test_the_read_timeout_of_a_rule_ends_an_answer_that_hangs(cloud: Loopback, config: Path) -> None:
    cloud.configure(ecr="hang")
    config.write_text(make_rule(HOST, "read_timeout = 0.1"))
    check_error(run_get(**KEYS), "unanswered")


@pytest.mark.parametrize("name", ["über", "two words", "a/b", "x" * 256])
def test_a_profile_may_have_any_name(cloud: Loopback, config: Path, profiles: Path, name: str) -> None:
    with profiles.open("a") as file:
        file.write(f"[profile '{name}']\naws_access_key_id = AKIANAME\naws_secret_access_key = {SECRET}\n")
    config.write_text(make_rule(HOST, f"profile = '{name}'"))
    assert [find_owner(cloud, run_get()) for _ in range(2)] == [make_user_arn("AKIANAME")] * 2
    assert cloud.count_calls()["ecr"] == 1


def test_no_secret_of_the_settings_is_written_or_printed(cloud: Loopback, config: Path, home: Path) -> None:
    proxy = f"http://somebody:{SECRET}@127.0.0.1:9"
    config.write_text(
        make_rule(HOST, f"proxy = '{proxy}'", f"role_arn = '{make_role_arn('pull')}'", f"external_id = '{SECRET}'")
        + make_rule(OTHER_HOST, f"role_arn = '{make_role_arn('pull')}'", f"external_id = '{SECRET}'")
    )
    failure, success = run_get(HOST, **KEYS, CREDHELPER_DEBUG="1"), run_get(OTHER_HOST, **KEYS)
    assert parse_error(failure)
    assert find_owner(cloud, success) == make_session_arn("pull")
    assert SECRET not in failure.stdout.decode() + failure.stderr_text + success.stderr_text
    for path in (home / ".cache").rglob("*"):
        assert not path.is_file() or SECRET.encode() not in path.read_bytes(), path.name
