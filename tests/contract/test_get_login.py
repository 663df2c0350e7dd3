"""`get-login` and `get-login-password`: what scripts of old do with `aws ecr`, in the words that they have."""

from __future__ import annotations

import base64
import os
import shlex
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.contract.answering import answering
from tests.contract.process import HOST, NOBODY_CALLED, OTHER, Done, get, helper, run
from tests.contract.seeds import seed

if TYPE_CHECKING:
    from tests.instance.services import Loopback

COMMANDS = ("get-login", "get-login-password")
US = ("--region", "us-east-1")
ID, OTHER_ID = HOST[:12], OTHER[:12]


def logins(*words: str) -> list[list[str]]:
    """Give the words of each line that is printed."""
    done = helper("get-login", *words)
    assert done.status == 0, done.said
    return [shlex.split(line) for line in done.stdout.decode("ascii").splitlines()]


def hosts(*words: str) -> list[str]:
    return [login[-1].removeprefix("https://") for login in logins(*words)]


def principal(cloud: Loopback, password: str, region: str = "us-east-1") -> str:
    """Give whose the password is by the stand-in, or nothing."""
    token = cloud.tokens.find(password, "ecr", region)
    return token.principal if token is not None else ""


def refused(done: Done) -> str:
    """Give what the person reads of a failure, which a shell that evaluates the output, or a pipe, must not see."""
    assert (done.status, done.stdout) == (1, b"")
    return done.said


def test_the_line_logs_in_to_the_registry_that_ecr_names(cloud: Loopback) -> None:
    (line,) = logins(*US)
    assert line[:5] == ["docker", "login", "-u", "AWS", "-p"]
    assert line[6:] == [f"https://{HOST}"]
    assert "app-role" in principal(cloud, line[5])


def test_the_line_works_when_a_shell_evaluates_it(cloud: Loopback, tmp_path: Path) -> None:
    docker = tmp_path / "docker"
    docker.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
    docker.chmod(0o755)
    path = os.pathsep.join((str(tmp_path), str(Path(sys.executable).parent), os.environ["PATH"]))
    done = run(["sh", "-c", 'eval "$(docker-credential-ecr get-login --region us-east-1)"'], PATH=path)
    words = done.stdout.decode().split("\n")
    assert words[:4] == ["login", "-u", "AWS", "-p"]
    assert principal(cloud, words[4])
    assert words[5:] == [f"https://{HOST}", ""]


@pytest.mark.parametrize(
    "words",
    [
        [*US, "--no-include-email"],
        ["--no-include-email", "--region=us-east-1"],
        ["--include-email", *US],
        ["--registry-ids", ID, *US, "--no-include-email"],
    ],
    ids=" ".join,
)
@pytest.mark.usefixtures("cloud")
def test_the_words_that_scripts_have_go_through(words: list[str]) -> None:
    assert hosts(*words) == [HOST]


@pytest.mark.usefixtures("cloud")
def test_the_e_mail_that_docker_refuses_is_never_printed_and_who_wants_it_is_told() -> None:
    done = helper("get-login", *US, "--include-email")
    assert b"none" not in done.stdout
    assert "-e none is left out" in done.said
    assert "-e none" not in helper("get-login", *US).said


@pytest.mark.usefixtures("cloud")
def test_who_prints_a_password_is_told_once_what_is_better() -> None:
    said = helper("get-login", *US, "--registry-ids", ID, OTHER_ID).said
    assert said.count("others can read the password") == 1
    assert f"get-login-password --region us-east-1 | docker login -u AWS --password-stdin https://{HOST}" in said


def test_each_account_that_is_named_has_a_line_and_all_cost_one_call(cloud: Loopback) -> None:
    assert hosts("--registry-ids", ID, OTHER_ID, ID, *US) == [HOST, OTHER]
    assert cloud.calls()["ecr"] == 1


def test_an_account_whose_token_is_at_hand_costs_no_call(cloud: Loopback) -> None:
    seed()
    ((*_, password, _),) = logins("--registry-ids", ID, *US)
    assert password == "seeded"
    assert cloud.calls() == NOBODY_CALLED


@pytest.mark.usefixtures("cloud")
def test_the_host_is_one_of_the_region_s_partition() -> None:
    assert hosts("--region", "cn-north-1", "--registry-ids", ID) == [f"{ID}.dkr.ecr.cn-north-1.amazonaws.com.cn"]


def test_a_password_for_a_pipe_is_printed_alone(cloud: Loopback) -> None:
    done = helper("get-login-password", *US)
    password, end, rest = done.stdout.decode("ascii").partition("\n")
    assert (done.status, end, rest, done.stderr) == (0, "\n", "", b"")
    assert principal(cloud, password)


def test_a_password_for_a_pipe_is_a_new_one_since_whoever_keeps_it_renews_it_by_its_twelve_hours(
    cloud: Loopback,
) -> None:
    seed()
    assert principal(cloud, helper("get-login-password", *US).stdout.decode().strip())


@pytest.mark.parametrize(
    "environ",
    [
        {"AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "eu-west-2"},
        {"AWS_DEFAULT_REGION": "eu-west-1"},
        {"AWS_REGION": "", "AWS_DEFAULT_REGION": "eu-west-1"},
        {"AWS_PROFILE": "west"},
        {"AWS_PROFILE": "none"},
    ],
    ids=str,
)
def test_a_region_that_is_not_named_is_the_environment_s_the_profile_s_or_the_instance_s(
    cloud: Loopback, home: Path, environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    (home / ".aws").mkdir()
    (home / ".aws/config").write_text("[profile west]\nregion = eu-west-1\n[profile none]\n")
    cloud.tell(region="eu-west-1")
    assert hosts() == [HOST.replace("us-east-1", "eu-west-1")]
    assert principal(cloud, helper("get-login-password").stdout.decode().strip(), "eu-west-1")


@pytest.mark.parametrize("command", COMMANDS)
def test_a_region_that_is_named_is_not_looked_for(cloud: Loopback, command: str) -> None:
    cloud.tell(region="eu-west-1")
    assert helper(command, *US, AWS_REGION="eu-west-2").status == 0
    assert "/latest/meta-data/placement/region" not in {call["operation"] for call in cloud.log()}


@pytest.mark.parametrize("metadata", ["off", "refused-token", "fail"])
@pytest.mark.parametrize("command", COMMANDS)
def test_where_nobody_tells_a_region_it_is_asked_for(cloud: Loopback, command: str, metadata: str) -> None:
    cloud.tell(metadata=metadata)
    said = refused(helper(command))
    assert "[no-region]" in said
    assert "--region us-east-1" in said


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.usefixtures("cloud")
def test_an_address_of_metadata_that_is_none_tells_no_region(command: str) -> None:
    assert "[no-region]" in refused(helper(command, AWS_EC2_METADATA_SERVICE_ENDPOINT="nonsense"))


@pytest.mark.usefixtures("cloud", "blue")
def test_a_profile_that_is_named_beats_one_that_is_set_and_not_there() -> None:
    assert helper("get-login-password", "--profile", "blue", AWS_PROFILE="absent").status == 0


@pytest.mark.parametrize("command", COMMANDS)
def test_metadata_that_is_not_to_be_asked_is_not_asked(cloud: Loopback, command: str) -> None:
    assert "[no-region]" in refused(helper(command, AWS_EC2_METADATA_DISABLED="true"))
    assert cloud.calls() == NOBODY_CALLED


@pytest.mark.parametrize("region", ["", "us-east", "US-EAST-1", "us-east-1.evil.example", "us-east-1; ls", "\x1b[31m"])
@pytest.mark.parametrize("command", COMMANDS)
def test_what_is_no_region_is_said_and_nobody_is_asked(cloud: Loopback, command: str, region: str) -> None:
    assert "[no-region]" in refused(helper(command, "--region", region))
    assert "[no-region]" in refused(helper(command, AWS_REGION=region or "?"))
    assert cloud.calls() == NOBODY_CALLED


@pytest.mark.parametrize(
    "words",
    [
        ["get-login", "--registry-ids"],
        ["get-login", "--registry-ids", "123"],
        ["get-login", "--registry-ids", ID, "1234567890\uff112"],
        ["get-login", "--registry-ids", f"{ID},{OTHER_ID}"],
        ["get-login", "--region"],
        ["get-login", "HOST"],
        ["get-login-password", "--registry-ids", ID],
    ],
    ids=" ".join,
)
def test_words_that_mean_nothing_are_said(words: list[str]) -> None:
    done = helper(*words)
    assert (done.status, done.stdout) == (2, b"")
    assert f"usage: docker-credential-ecr {words[0]} " in done.said


@pytest.mark.parametrize("command", COMMANDS)
def test_its_help_is_on_standard_output(command: str) -> None:
    done = helper(command, "--help")
    assert (done.status, done.stderr) == (0, b"")
    assert b"--region" in done.stdout


@pytest.mark.parametrize("words", [["get-login"], ["get-login", "--registry-ids", ID], ["get-login-password"]])
def test_a_policy_that_is_missing_is_named_and_no_line_is_printed(cloud: Loopback, words: list[str]) -> None:
    cloud.tell(policies={"app-role": False})
    said = refused(helper(*words, *US))
    assert "[policy-missing]" in said
    assert "AmazonEC2ContainerRegistryReadOnly" in said


@pytest.mark.parametrize("words", [["get-login"], ["get-login", "--registry-ids", ID], ["get-login-password"]])
def test_one_that_hangs_ends_in_time_and_prints_nothing(cloud: Loopback, words: list[str]) -> None:
    cloud.tell(ecr="drip")
    assert "[timed-out]" in refused(helper(*words, *US, CREDHELPER_TIMEOUT="1"))


@pytest.fixture
def blue(cloud: Loopback, home: Path) -> str:
    """The ARN of a user whose keys a profile has, which is not the one in use."""
    cloud.tell(users={"AKIABLUE": "arn:aws:iam::123456789012:user/blue"})
    (home / ".aws").mkdir()
    (home / ".aws/config").write_text(
        "[profile blue]\nregion = eu-west-1\naws_access_key_id = AKIABLUE\naws_secret_access_key = blue\n"
    )
    return "arn:aws:iam::123456789012:user/blue"


@pytest.mark.parametrize("words", [["--profile", "blue"], ["--profile=blue", "--registry-ids", ID, OTHER_ID]])
def test_a_profile_that_is_named_beats_all_else_and_its_region_is_used(
    cloud: Loopback, blue: str, words: list[str]
) -> None:
    assert get(HOST.replace("us-east-1", "eu-west-1")).status == 0
    passwords = [line[5] for line in logins(*words)]
    assert {principal(cloud, password, "eu-west-1") for password in passwords} == {blue}
    assert cloud.calls()["ecr"] == 2


def test_a_password_is_a_profile_s_that_is_named(cloud: Loopback, blue: str) -> None:
    done = helper("get-login-password", "--profile", "blue")
    assert principal(cloud, done.stdout.decode().strip(), "eu-west-1") == blue


@pytest.mark.parametrize("command", COMMANDS)
def test_a_profile_that_is_named_and_not_there_is_said(cloud: Loopback, command: str) -> None:
    for words in ([command, "--profile", "absent"], [command, "--profile", "absent", *US]):
        assert "absent" in refused(helper(*words))
    assert cloud.calls()["ecr"] == 0


@pytest.mark.parametrize("command", COMMANDS)
def test_a_profile_that_is_not_there_is_said(cloud: Loopback, command: str) -> None:
    assert "absent" in refused(helper(command, AWS_PROFILE="absent"))
    assert cloud.calls()["ecr"] == 0


def test_an_exchange_without_a_host_leaves_no_entry(cloud: Loopback, home: Path) -> None:
    hosts(*US)
    assert not list(home.rglob("*.dkr.ecr*"))
    assert get().status == 0
    assert cloud.calls()["ecr"] == 2


@pytest.mark.parametrize("command", COMMANDS)
def test_a_profile_whose_name_is_empty_is_not_taken_for_the_default(cloud: Loopback, command: str) -> None:
    """A script's variable may not be set."""
    done = helper(command, *US, "--profile", "")
    assert (done.status, done.stdout) == (2, b"")
    assert "names no profile" in done.said
    assert cloud.calls() == NOBODY_CALLED


@pytest.mark.usefixtures("blue")
def test_what_is_better_is_so_for_the_same_profile() -> None:
    assert "--profile blue | docker login" in helper("get-login", *US, "--profile", "blue").said


def test_a_token_for_ecr_is_printed_for_no_host_of_ecr_public() -> None:
    token = base64.b64encode(b"AWS:password").decode()
    data = {"authorizationToken": token, "expiresAt": time.time() + 60, "proxyEndpoint": "https://public.ecr.aws"}
    with answering({"authorizationData": [data]}) as url:
        done = helper("get-login", *US, AWS_ENDPOINT_URL=url, AWS_ACCESS_KEY_ID="AKIAONE", AWS_SECRET_ACCESS_KEY="x")
    assert "[malformed-answer]" in refused(done)
