"""`get`: the login for a registry, in the one line that every client parses."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.support.factories import create_entry
from tests.support.runner import (
    HOST,
    HUB,
    NO_CALLS,
    NO_SERVER,
    NOT_FOUND,
    PUBLIC,
    find_owner,
    parse_login,
    run_get,
    run_helper,
)

if TYPE_CHECKING:
    from tests.fake_ec2.services import Loopback

ROLE = "arn:aws:sts::123456789012:assumed-role/app-role/i-0abcdef1234567890"

# What Docker, nerdctl, crane, docker logout and others send for one and the same registry.
FORMS = [
    HOST,
    f"{HOST}\n",
    f"{HOST}\r\n",
    f"{HOST}:443",
    f"https://{HOST}",
    f"http://{HOST}",
    f"https://{HOST}/",
    f"https://{HOST}/v2/",
    f"https://{HOST}:443/v2/team/app",
    f"{HOST}/team/app",
    HOST.upper(),
    f"HTTPS://{HOST.upper()}",
]
FOREIGN_HOSTS = [HUB, f"{HUB}refresh-token", "ghcr.io", "localhost:5000", f"{HOST}:5000", f"{HOST}.example.com"]


def test_the_role_of_the_instance_answers_with_one_call_to_ecr(cloud: Loopback) -> None:
    assert find_owner(cloud, run_get()) == ROLE
    assert cloud.count_calls() == {**NO_CALLS, "metadata": 6, "ecr": 1}


@pytest.mark.usefixtures("cloud")
def test_an_answer_is_one_line_of_json_with_three_fields() -> None:
    result = run_get()
    answer = parse_login(result)
    assert list(answer) == ["ServerURL", "Username", "Secret"]
    assert (answer["ServerURL"], answer["Username"]) == (HOST, "AWS")
    assert result.stdout == json.dumps(answer).encode() + b"\n"


def test_an_exchange_prints_nothing_on_standard_error(cloud: Loopback) -> None:
    assert run_get().stderr == b""
    assert cloud.count_calls()["ecr"] == 1


def test_the_second_answer_has_the_same_bytes_as_the_first_and_calls_nothing(cloud: Loopback) -> None:
    first = run_get()
    cloud.forget()
    second = run_get()
    assert first.status == second.status == 0
    assert first.stdout == second.stdout
    assert second.stderr == b""
    assert cloud.count_calls() == NO_CALLS


@pytest.mark.parametrize("form", FORMS)
def test_an_entry_answers_in_each_form_that_clients_send(cloud: Loopback, form: str) -> None:
    create_entry()
    assert parse_login(run_get(form)) == {"ServerURL": HOST, "Username": "AWS", "Secret": "seeded"}
    assert cloud.count_calls() == NO_CALLS


@pytest.mark.parametrize("form", [f"https://{HOST.upper()}:443/v2/team/app", f"{HOST}/team/app\n"])
def test_an_exchange_answers_with_the_host_in_its_normal_form(cloud: Loopback, form: str) -> None:
    result = run_get(form)
    assert parse_login(result)["ServerURL"] == HOST
    assert find_owner(cloud, result) == ROLE


def test_a_password_with_a_colon_is_returned_whole(cloud: Loopback) -> None:
    cloud.configure(colon=True)
    result = run_get()
    assert ":" in parse_login(result)["Secret"]
    assert find_owner(cloud, result) == ROLE


def test_ecr_public_gets_a_token_of_its_own_service(cloud: Loopback) -> None:
    assert find_owner(cloud, run_get(PUBLIC)) == ROLE
    assert cloud.count_calls() == {**NO_CALLS, "metadata": 6, "ecr-public": 1}


@pytest.mark.parametrize("host", FOREIGN_HOSTS)
def test_a_foreign_host_is_not_found_and_nothing_is_called(cloud: Loopback, host: str) -> None:
    result = run_get(host)
    assert (result.status, result.stdout, result.stderr) == (1, NOT_FOUND, b"")
    assert cloud.count_calls() == NO_CALLS


@pytest.mark.parametrize("blank", [b"", b"\n", b" \r\n\t "])
def test_a_get_without_a_host_is_a_protocol_error(cloud: Loopback, blank: bytes) -> None:
    result = run_helper("get", stdin=blank)
    assert (result.status, result.stdout) == (1, NO_SERVER)
    assert cloud.count_calls() == NO_CALLS


def test_two_hosts_have_an_answer_each(cloud: Loopback) -> None:
    eu_host = HOST.replace("us-east-1", "eu-west-1")
    assert parse_login(run_get())["ServerURL"] == HOST
    assert parse_login(run_get(eu_host))["ServerURL"] == eu_host
    assert cloud.count_calls()["ecr"] == 2


@pytest.mark.parametrize("hours_ago", [6, 13])
def test_a_token_past_half_its_life_is_fetched_again(cloud: Loopback, hours_ago: float) -> None:
    create_entry(hours_ago=hours_ago)
    assert find_owner(cloud, run_get()) == ROLE


def test_a_token_in_the_first_half_of_its_life_is_served(cloud: Loopback) -> None:
    create_entry(hours_ago=5.9)
    assert parse_login(run_get())["Secret"] == "seeded"
    assert cloud.count_calls() == NO_CALLS


def test_a_token_that_is_expired_on_arrival_is_returned_with_a_note_about_the_clock_and_not_cached(
    cloud: Loopback,
) -> None:
    cloud.configure(token_life=-1)
    result = run_get()
    assert parse_login(result)["Username"] == "AWS"
    assert "clock" in result.stderr_text
    assert run_helper("list").stdout == b"{}\n"
