"""`get`: the login for a registry, in the one line that every client parses."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.contract.process import HOST, HUB, NO_SERVER, NOBODY_CALLED, NOT_FOUND, PUBLIC, get, helper, login, owner
from tests.contract.seeds import seed

if TYPE_CHECKING:
    from tests.instance.services import Loopback

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
FOREIGN = [HUB, f"{HUB}refresh-token", "ghcr.io", "localhost:5000", f"{HOST}:5000", f"{HOST}.example.com"]


def test_the_role_of_the_instance_answers_with_one_call_to_ecr(cloud: Loopback) -> None:
    assert owner(cloud, get()) == ROLE
    assert cloud.calls() == {**NOBODY_CALLED, "metadata": 6, "ecr": 1}


@pytest.mark.usefixtures("cloud")
def test_an_answer_is_one_line_of_json_with_three_fields() -> None:
    done = get()
    answer = login(done)
    assert list(answer) == ["ServerURL", "Username", "Secret"]
    assert (answer["ServerURL"], answer["Username"]) == (HOST, "AWS")
    assert done.stdout == json.dumps(answer).encode() + b"\n"


def test_an_exchange_says_nothing_on_standard_error(cloud: Loopback) -> None:
    assert get().stderr == b""
    assert cloud.calls()["ecr"] == 1


def test_the_second_answer_is_the_first_s_very_bytes_and_calls_nobody(cloud: Loopback) -> None:
    first = get()
    cloud.forget()
    second = get()
    assert first.status == second.status == 0
    assert first.stdout == second.stdout
    assert second.stderr == b""
    assert cloud.calls() == NOBODY_CALLED


@pytest.mark.parametrize("form", FORMS)
def test_an_entry_answers_in_each_form_that_clients_send(cloud: Loopback, form: str) -> None:
    seed()
    assert login(get(form)) == {"ServerURL": HOST, "Username": "AWS", "Secret": "seeded"}
    assert cloud.calls() == NOBODY_CALLED


@pytest.mark.parametrize("form", [f"https://{HOST.upper()}:443/v2/team/app", f"{HOST}/team/app\n"])
def test_an_exchange_answers_with_the_host_in_its_normal_form(cloud: Loopback, form: str) -> None:
    done = get(form)
    assert login(done)["ServerURL"] == HOST
    assert owner(cloud, done) == ROLE


def test_a_password_with_a_colon_arrives_whole(cloud: Loopback) -> None:
    cloud.tell(colon=True)
    done = get()
    assert ":" in login(done)["Secret"]
    assert owner(cloud, done) == ROLE


def test_ecr_public_is_answered_for_with_a_token_of_its_own_service(cloud: Loopback) -> None:
    assert owner(cloud, get(PUBLIC)) == ROLE
    assert cloud.calls() == {**NOBODY_CALLED, "metadata": 6, "ecr-public": 1}


@pytest.mark.parametrize("host", FOREIGN)
def test_a_foreign_host_is_not_found_and_nobody_is_called(cloud: Loopback, host: str) -> None:
    done = get(host)
    assert (done.status, done.stdout, done.stderr) == (1, NOT_FOUND, b"")
    assert cloud.calls() == NOBODY_CALLED


@pytest.mark.parametrize("nothing", [b"", b"\n", b" \r\n\t "])
def test_no_host_is_the_protocol_s_own_error(cloud: Loopback, nothing: bytes) -> None:
    done = helper("get", stdin=nothing)
    assert (done.status, done.stdout) == (1, NO_SERVER)
    assert cloud.calls() == NOBODY_CALLED


def test_two_hosts_have_an_answer_each(cloud: Loopback) -> None:
    elsewhere = HOST.replace("us-east-1", "eu-west-1")
    assert login(get())["ServerURL"] == HOST
    assert login(get(elsewhere))["ServerURL"] == elsewhere
    assert cloud.calls()["ecr"] == 2


@pytest.mark.parametrize("hours_ago", [6, 13])
def test_a_token_past_half_its_life_is_bought_anew(cloud: Loopback, hours_ago: float) -> None:
    seed(hours_ago=hours_ago)
    assert owner(cloud, get()) == ROLE


def test_a_token_in_the_first_half_of_its_life_answers(cloud: Loopback) -> None:
    seed(hours_ago=5.9)
    assert login(get())["Secret"] == "seeded"
    assert cloud.calls() == NOBODY_CALLED


def test_a_token_that_comes_expired_is_given_with_a_word_about_the_clock_and_not_kept(cloud: Loopback) -> None:
    cloud.tell(token_life=-1)
    done = get()
    assert login(done)["Username"] == "AWS"
    assert "clock" in done.said
    assert helper("list").stdout == b"{}\n"
