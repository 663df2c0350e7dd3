"""A rule of the settings: whose token a host gets, whatever the environment says."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.contract.process import HOST, NOBODY_CALLED, OTHER, get, helper, login, owner, refusal
from tests.contract.rules import ALIAS, INSTANCE, KEYS, SECRET, alias, role, rule, session, told, user

if TYPE_CHECKING:
    from tests.instance.services import Loopback


@pytest.mark.parametrize("environ", [{"AWS_PROFILE": "two"}, KEYS, {"AWS_DEFAULT_PROFILE": "two", **KEYS}])
@pytest.mark.usefixtures("profiles")
def test_a_rule_s_profile_beats_the_environment(cloud: Loopback, config: Path, environ: dict[str, str]) -> None:
    config.write_text(rule(HOST, "profile = 'one'"))
    assert owner(cloud, get(**environ)) == user("AKIAONE")


def test_a_rule_s_role_is_assumed_by_whoever_the_environment_names(cloud: Loopback, config: Path) -> None:
    config.write_text(rule(HOST, f"role_arn = '{role('pull')}'"))
    assert owner(cloud, get(**KEYS)) == session("pull")
    [call] = [call for call in cloud.log() if call["service"] == "sts"]
    assert (call["operation"], call["principal"], call["role"]) == ("AssumeRole", user("AKIAKEYS"), role("pull"))
    assert cloud.calls() == {**NOBODY_CALLED, "sts": 1, "ecr": 1}


def test_a_rule_s_role_is_assumed_by_the_instance_s_where_nobody_else_is_named(cloud: Loopback, config: Path) -> None:
    config.write_text(rule(HOST, f"role_arn = '{role('pull', '210987654321')}'", "session_name = 'ci'"))
    assert owner(cloud, get()) == session("pull", "210987654321", "ci")


@pytest.mark.usefixtures("profiles")
def test_a_rule_s_source_profile_assumes_its_role_whatever_the_environment_names(cloud: Loopback, config: Path) -> None:
    config.write_text(rule(HOST, f"role_arn = '{role('pull')}'", "source_profile = 'one'"))
    assert owner(cloud, get(**KEYS)) == session("pull")
    assert [call["principal"] for call in cloud.log() if call["service"] == "sts"] == [user("AKIAONE")]


OTHERS: dict[str, dict[str, str]] = {
    "the instance's role": {},
    "keys": KEYS,
    "a web identity": {"AWS_ROLE_ARN": role("other"), "AWS_WEB_IDENTITY_TOKEN_FILE": "{home}/token"},
    "a container's role": {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "{cloud}/latest/meta-data/"},
    "another profile": {"AWS_PROFILE": "one"},
    "boto's old file": {"BOTO_CONFIG": "{home}/boto"},
    "Amazon's old file": {"AWS_CREDENTIAL_FILE": "{home}/old"},
}


@pytest.fixture
def others(cloud: Loopback, home: Path, request: pytest.FixtureRequest) -> dict[str, str]:
    """An environment that names somebody in one of the ways that there are."""
    (home / "token").write_text("a-web-identity")
    (home / "boto").write_text(f"[Credentials]\naws_access_key_id = AKIABOTO\naws_secret_access_key = {SECRET}\n")
    (home / "old").write_text(f"AWSAccessKeyId=AKIAOLD\nAWSSecretKey={SECRET}\n")
    named: dict[str, str] = OTHERS[request.param]
    return {name: value.format(home=home, cloud=cloud.endpoint) for name, value in named.items()}


@pytest.mark.usefixtures("profiles")
@pytest.mark.parametrize("said", [["profile = 'none'"], [f"role_arn = '{role('pull')}'", "source_profile = 'none'"]])
@pytest.mark.parametrize("others", OTHERS, indirect=True)
def test_a_profile_without_credentials_does_not_become_somebody_else(
    cloud: Loopback, config: Path, said: list[str], others: dict[str, str]
) -> None:
    config.write_text(rule(HOST, *said))
    assert "none" in refusal(get(**others))
    assert cloud.calls() == NOBODY_CALLED


@pytest.mark.parametrize("others", OTHERS, indirect=True)
def test_nor_does_the_default_profile_where_there_is_none(
    cloud: Loopback, config: Path, others: dict[str, str]
) -> None:
    config.write_text(rule(HOST, "profile = 'default'"))
    assert "default" in refusal(get(**others))
    assert cloud.calls() == NOBODY_CALLED


def test_a_profile_that_says_so_starts_from_the_instance_s_role(cloud: Loopback, config: Path, profiles: Path) -> None:
    with profiles.open("a") as file:
        file.write(f"[profile here]\nrole_arn = {role('pull')}\ncredential_source = Ec2InstanceMetadata\n")
    config.write_text(rule(HOST, "profile = 'here'"))
    assert owner(cloud, get(**KEYS)).startswith("arn:aws:sts::123456789012:assumed-role/pull/")


def test_a_profile_that_is_not_there_does_not_either(cloud: Loopback, config: Path) -> None:
    config.write_text(rule(HOST, "profile = 'nowhere'"))
    assert "nowhere" in refusal(get())
    assert cloud.calls() == NOBODY_CALLED


def test_the_whole_example_of_the_documents_is_obeyed(cloud: Loopback, config: Path, profiles: Path) -> None:
    document = (Path(__file__).parents[2] / "docs" / "settings.md").read_text()
    [example] = re.findall(r"```toml\n(# each rule.*?)```", document, re.DOTALL)
    config.write_text(example)
    profiles.write_text(profiles.read_text().replace("[profile one]", "[profile build]"))
    assert owner(cloud, get(ALIAS)) == session("pull", "210987654321", "ci")
    assert owner(cloud, get(HOST)) == INSTANCE
    [call] = [call for call in cloud.log() if call["service"] == "sts"]
    assert (call["principal"], call["role"]) == (user("AKIAONE"), role("pull", "210987654321"))


def test_two_accounts_have_a_role_each_and_are_never_mixed(cloud: Loopback, config: Path) -> None:
    one, two = role("pull"), role("pull", "210987654321")
    config.write_text(rule("123456789012", f"role_arn = '{one}'") + rule("210987654321", f"role_arn = '{two}'"))
    owners = [owner(cloud, get(host)) for host in (HOST, OTHER, HOST, OTHER)]
    assert owners == [session("pull"), session("pull", "210987654321")] * 2
    assert cloud.calls()["ecr"] == 2


@pytest.mark.usefixtures("profiles")
def test_what_one_rule_bought_is_not_lent_to_another_s_host(cloud: Loopback, config: Path) -> None:
    config.write_text(rule(HOST, "profile = 'one'"))
    assert owner(cloud, get(OTHER)) == INSTANCE
    assert owner(cloud, get(HOST)) == user("AKIAONE")
    assert owner(cloud, get(OTHER)) == INSTANCE


@pytest.mark.usefixtures("profiles")
def test_what_one_rule_bought_is_lent_to_each_host_of_it(cloud: Loopback, config: Path) -> None:
    config.write_text(rule("*.dkr.ecr.us-east-1.amazonaws.com", "profile = 'one'"))
    assert login(get(HOST))["Secret"] == login(get(OTHER))["Secret"]
    assert cloud.calls()["ecr"] == 1


@pytest.mark.usefixtures("profiles")
def test_refresh_renews_each_under_its_own_identity(cloud: Loopback, config: Path) -> None:
    config.write_text(rule(HOST, "profile = 'one'") + rule(OTHER, "profile = 'two'") + alias(ALIAS))
    assert helper("refresh", HOST, OTHER, ALIAS).status == 0
    assert [owner(cloud, get(host)) for host in (HOST, OTHER, ALIAS)] == [
        user("AKIAONE"),
        user("AKIATWO"),
        user("AKIAONE"),
    ]
    assert cloud.calls()["ecr"] == 2


@pytest.mark.parametrize("answer", ["garbled", "portal", "empty"])
def test_what_sts_answers_that_is_none_is_a_sentence(cloud: Loopback, config: Path, answer: str) -> None:
    cloud.tell(sts=answer)
    config.write_text(rule(HOST, f"role_arn = '{role('pull')}'"))
    told(get(**KEYS), "malformed-answer")


def test_a_rule_s_timeout_ends_a_call_that_hangs(cloud: Loopback, config: Path) -> None:
    cloud.tell(ecr="hang")
    config.write_text(rule(HOST, "timeout = 1"))
    done = get(**KEYS)
    told(done, "timed-out")
    assert f"timeout ({config}, line 3) gives it more seconds" in done.said


def test_a_rule_s_limit_of_an_answer_ends_one_that_hangs(cloud: Loopback, config: Path) -> None:
    cloud.tell(ecr="hang")
    config.write_text(rule(HOST, "read_timeout = 0.1"))
    told(get(**KEYS), "unanswered")


@pytest.mark.parametrize("name", ["über", "two words", "a/b", "x" * 256])
def test_a_profile_may_have_any_name(cloud: Loopback, config: Path, profiles: Path, name: str) -> None:
    with profiles.open("a") as file:
        file.write(f"[profile '{name}']\naws_access_key_id = AKIANAME\naws_secret_access_key = {SECRET}\n")
    config.write_text(rule(HOST, f"profile = '{name}'"))
    assert [owner(cloud, get()) for _ in range(2)] == [user("AKIANAME")] * 2
    assert cloud.calls()["ecr"] == 1


def test_no_secret_of_the_settings_is_written_or_said(cloud: Loopback, config: Path, home: Path) -> None:
    proxy = f"http://somebody:{SECRET}@127.0.0.1:9"
    config.write_text(
        rule(HOST, f"proxy = '{proxy}'", f"role_arn = '{role('pull')}'", f"external_id = '{SECRET}'")
        + rule(OTHER, f"role_arn = '{role('pull')}'", f"external_id = '{SECRET}'")
    )
    failed, answered = get(HOST, **KEYS, CREDHELPER_DEBUG="1"), get(OTHER, **KEYS)
    assert refusal(failed)
    assert owner(cloud, answered) == session("pull")
    assert SECRET not in failed.stdout.decode() + failed.said + answered.said
    for path in (home / ".cache").rglob("*"):
        assert not path.is_file() or SECRET.encode() not in path.read_bytes(), path.name
