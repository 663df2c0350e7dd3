"""Any answer in ECR's place leads to a token or a true message, never to an internal error or a leaked secret."""

from __future__ import annotations

import base64
import time
from typing import TYPE_CHECKING, Any

import pytest

from tests.contract.http_server import serve_answer
from tests.contract.test_failures import BASE_PROFILE, KEYS, check_failure
from tests.support.runner import PUBLIC, parse_error, run_get, run_helper, write_sign_in

if TYPE_CHECKING:
    from pathlib import Path


def make_answer(login: str = "AWS:password", **changes: object) -> dict[str, Any]:
    """Return an answer of ECR with `changes` to its fields."""
    encoded = base64.b64encode(login.encode()).decode()
    return {
        "authorizationData": [{"authorizationToken": encoded, "expiresAt": time.time() + 43200, **changes}],
    }


MALFORMED = {
    "a list": [],
    "a text": "x",
    "null": b"null",
    "data that is a text": {"authorizationData": "x"},
    "data of texts": {"authorizationData": ["x"]},
    "data of lists": {"authorizationData": [[]]},
    "a token that is a number": make_answer(authorizationToken=5),
    "a token that is not ASCII": make_answer(authorizationToken="ü"),
    "an expiry in no time zone": make_answer(expiresAt="2030-01-01T00:00:00+99:99"),
    "a password with a line's end": make_answer("AWS:one\ntwo"),
    "a user name that moves the cursor": make_answer("AWS\x1b[31m:password"),
}


@pytest.mark.parametrize("answer", MALFORMED.values(), ids=MALFORMED)
def test_an_answer_that_is_not_from_ecr_is_malformed(answer: object) -> None:
    with serve_answer(answer) as url:
        assert "[malformed-answer]" in check_failure(run_get(AWS_ENDPOINT_URL=url, **KEYS))


@pytest.mark.parametrize("answer", [*MALFORMED.values(), make_answer()], ids=[*MALFORMED, "ECR's"])
def test_ecr_public_can_be_pulled_from_whatever_the_answer(answer: object) -> None:
    with serve_answer(answer) as url:
        result = run_get(PUBLIC, AWS_ENDPOINT_URL=url, **KEYS)
    assert "[internal]" not in result.report
    assert "pulling without a login" in result.stderr_text


@pytest.mark.parametrize("error", [[], "x", None, {"__type": 5}, {"__type": ["x"]}, {"__type": {"x": 1}}])
def test_an_error_that_is_not_in_the_format_of_aws_is_reported(error: object) -> None:
    with serve_answer(error, 400) as url:
        check_failure(run_get(AWS_ENDPOINT_URL=url, **KEYS))


def test_no_clock_skew_is_computed_from_an_invalid_time() -> None:
    message = "Signature expired: 20269999T999999Z is now earlier than 20260101T000000Z (20260101T000500Z - 5 min.)"
    with serve_answer({"__type": "InvalidSignatureException", "message": message}, 400) as url:
        assert "its signature has the wrong time" in check_failure(run_get(AWS_ENDPOINT_URL=url, **KEYS))


def test_refused_keys_are_reported_even_if_the_endpoint_does_not_speak_sts() -> None:
    with serve_answer({"__type": "UnrecognizedClientException", "message": "The token is invalid."}, 400) as url:
        assert "[credentials-invalid]" in check_failure(run_get(AWS_ENDPOINT_URL=url, **KEYS))


def test_a_password_with_a_newline_is_not_printed_for_a_shell() -> None:
    with serve_answer(make_answer("AWS:one\nrm -rf x")) as url:
        result = run_helper("get-login-password", "--region", "us-east-1", stdin=b"", AWS_ENDPOINT_URL=url, **KEYS)
    assert result.status == 1
    assert result.stdout == b""


def test_a_redirection_is_not_followed() -> None:
    with serve_answer(make_answer()) as other, serve_answer(b"", 307, Location=other) as url:
        assert "(307)" in parse_error(run_get(AWS_ENDPOINT_URL=url, **KEYS))


def test_metadata_keys_with_an_invalid_expiration_are_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    keys = {"AccessKeyId": "AKIAONE", "SecretAccessKey": "x", "Token": "x", "Expiration": "0001-01-01T00:00:00Z"}
    with serve_answer({"Code": "Success", **keys}) as url:
        monkeypatch.setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", url)
        check_failure(run_get())


@pytest.mark.parametrize(
    "answer",
    [
        [],
        {"roleCredentials": []},
        {"roleCredentials": {}},
        {"roleCredentials": {"accessKeyId": "x", "secretAccessKey": "x", "sessionToken": "x", "expiration": "x"}},
        {"roleCredentials": {"accessKeyId": "x", "secretAccessKey": "x", "sessionToken": "x", "expiration": 10**18}},
    ],
)
def test_an_invalid_answer_of_identity_center_is_not_blamed_on_the_sign_in(home: Path, answer: object) -> None:
    (home / ".aws" / "config").write_text(f"[default]\n{write_sign_in(home, 'token')}")
    with serve_answer(answer) as url:
        assert "[malformed-answer]" in check_failure(run_get(AWS_ENDPOINT_URL_SSO=url))


def test_an_invalid_region_is_not_blamed_on_the_sign_in(home: Path) -> None:
    lines = write_sign_in(home, "token").replace("us-east-1", "us east 1")
    (home / ".aws" / "config").write_text(f"[default]\n{lines}")
    assert "region_name 'us east 1'" in check_failure(run_get())


@pytest.mark.parametrize("expiration", ["soon", "99999-01-01T00:00:00Z"])
def test_an_sts_session_with_an_invalid_expiration_is_malformed(home: Path, expiration: str) -> None:
    role = "role_arn = arn:aws:iam::123456789012:role/build\nsource_profile = base\n"
    (home / ".aws").mkdir()
    (home / ".aws" / "config").write_text(f"[default]\n{role}{BASE_PROFILE}")
    keys = "<AccessKeyId>x</AccessKeyId><SecretAccessKey>x</SecretAccessKey><SessionToken>x</SessionToken>"
    credentials = f"<Credentials>{keys}<Expiration>{expiration}</Expiration></Credentials>"
    answer = f"<AssumeRoleResponse><AssumeRoleResult>{credentials}</AssumeRoleResult></AssumeRoleResponse>"
    with serve_answer(answer.encode()) as url:
        assert "[malformed-answer]" in check_failure(run_get(AWS_ENDPOINT_URL_STS=url))


@pytest.mark.parametrize("status", [403, 404, 407])
def test_an_html_page_is_not_reported_as_an_answer_of_aws(status: int) -> None:
    with serve_answer(b"<html>Blocked by the firewall</html>", status) as url:
        result = run_get(AWS_ENDPOINT_URL=url, **KEYS)
    assert "[malformed-answer]" in check_failure(result)
    assert "Blocked by the firewall" in parse_error(result)
