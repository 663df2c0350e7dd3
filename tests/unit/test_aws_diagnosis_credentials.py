"""Exceptions of botocore's credential chain, each actually raised by it, and the errors reported for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from credhelper.aws import exchange
from credhelper.ecr.registry import Registry
from credhelper.ecr.target import Target, TokenOptions, without_settings
from credhelper.errors import HelperError
from credhelper.system.deadline import Progress
from tests.conftest import UNREACHABLE
from tests.fake_ec2.services.recorded import DENIALS

if TYPE_CHECKING:
    from pathlib import Path

    from tests.fake_ec2.services import Loopback

PRIVATE = without_settings(Registry("123456789012", "us-east-1"))
SECRET = "a-secret-of-somebody"
ROLE = "arn:aws:iam::123456789012:role/other"
BASE = f"[profile base]\naws_access_key_id = AKIAONE\naws_secret_access_key = {SECRET}\n"
ROLE_PROFILE = f"[default]\nrole_arn = {ROLE}\nsource_profile = base\n"


def get_error(target: Target = PRIVATE) -> HelperError:
    """Return the error that an exchange raises; check that it contains no secret."""
    with pytest.raises(HelperError) as excinfo:
        exchange.exchange(target, Progress())
    assert SECRET not in str(excinfo.value) + excinfo.value.fix
    return excinfo.value


def write_aws_file(home: Path, content: str | bytes, name: str = "config") -> Path:
    path = home / ".aws" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize(
    ("content", "line", "reason"),
    [
        (f"aws_secret_access_key = {SECRET}\n", 1, "it precedes any [section]"),
        (f"[default]\n[default]\naws_secret_access_key = {SECRET}\n", 2, "the section default exists twice"),
        (f"[default]\nregion = a\nregion = {SECRET}\n", 3, "region exists twice in its section"),
        (f"[default]\n\n# caf\xe9 {SECRET}\n".encode("latin-1"), 3, "not UTF-8"),
        (f"[default]\ns3 =\n  a = b\n  {SECRET}\n", 4, "not of the form name = value"),
        (f"[default]\n{SECRET}\n", 2, "not of the form name = value"),
    ],
)
def test_a_broken_file_is_reported_with_the_line_and_without_its_content(
    home: Path, content: str | bytes, line: int, reason: str
) -> None:
    path = write_aws_file(home, content)
    error = get_error()
    assert error.id == "config-broken"
    assert f"cannot parse {path}, line {line} " in str(error)
    assert reason in str(error)


def test_a_broken_credentials_file_is_named(home: Path) -> None:
    path = write_aws_file(home, SECRET, "credentials")
    assert f"cannot parse {path}, line 1 " in str(get_error())


@pytest.mark.parametrize(
    ("metadata", "id_"), [("no-role", "no-role"), ("off", "metadata-off"), ("untrusted", "role-untrusted")]
)
def test_a_credential_source_without_credentials_is_diagnosed(
    cloud: Loopback, home: Path, metadata: str, id_: str
) -> None:
    write_aws_file(home, f"[default]\nrole_arn = {ROLE}\ncredential_source = Ec2InstanceMetadata\n")
    cloud.configure(metadata=metadata)
    assert get_error().id == id_


def test_a_credential_source_of_the_environment_without_keys_is_incomplete(home: Path) -> None:
    write_aws_file(home, f"[default]\nrole_arn = {ROLE}\ncredential_source = Environment\n")
    error = get_error()
    assert error.id == "profile-incomplete"
    assert "credential_source Environment provides no credentials" in str(error)


def test_a_missing_profile_of_a_rule_is_reported_with_its_source(home: Path) -> None:
    write_aws_file(home, BASE)
    options = TokenOptions(profile="bsae", sources={"profile": "/etc/credhelper/config.toml, line 3"})
    error = get_error(PRIVATE._replace(options=options))
    assert error.id == "profile-missing"
    assert "the settings name it (/etc/credhelper/config.toml, line 3)" in str(error)
    assert "did you mean base" in error.fix


@pytest.mark.parametrize(
    ("sts", "id_"),
    [
        ("empty", "malformed-answer"),
        ("portal", "malformed-answer"),
        ("fail", "service-failed"),
        ("throttle", "throttled"),
        ("expired", "credentials-expired"),
        ("invalid", "credentials-invalid"),
        ("skewed", "clock-skewed"),
        ("deny", "assume-role-denied"),
    ],
)
def test_an_error_of_sts_is_reported_like_one_of_ecr(cloud: Loopback, home: Path, sts: str, id_: str) -> None:
    write_aws_file(home, ROLE_PROFILE + BASE)
    cloud.configure(sts=sts)
    assert get_error().id == id_


@pytest.mark.parametrize(("sts", "id_"), [("empty", "malformed-answer"), ("invalid", "credentials-invalid")])
def test_an_error_of_sts_for_the_role_of_a_rule_is_reported_like_one_of_ecr(
    cloud: Loopback, home: Path, sts: str, id_: str
) -> None:
    write_aws_file(home, BASE)
    cloud.configure(sts=sts)
    assert get_error(PRIVATE._replace(options=TokenOptions(role_arn=ROLE, source_profile="base"))).id == id_


def test_an_explicit_deny_of_a_role_is_quoted(cloud: Loopback, home: Path) -> None:
    write_aws_file(home, ROLE_PROFILE + BASE)
    cloud.configure(script={"sts": DENIALS["service control policy"]})
    error = get_error()
    assert error.id == "assume-role-denied"
    assert "with an explicit deny in a service control policy" in str(error)
    assert "an explicit deny overrides every allow" in error.fix


def test_a_connection_that_sts_refuses_is_not_blamed_on_the_credentials(
    monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    write_aws_file(home, ROLE_PROFILE + BASE)
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", UNREACHABLE)
    error = get_error()
    assert error.id == "refused"
    assert UNREACHABLE in str(error)


def test_an_invalid_endpoint_of_sts_is_reported(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    write_aws_file(home, ROLE_PROFILE + BASE)
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", "nowhere")
    assert get_error().id == "no-endpoint"


def test_an_invalid_endpoint_of_metadata_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", "nowhere")
    error = get_error()
    assert error.id == "no-credentials"
    assert "unset AWS_EC2_METADATA_SERVICE_ENDPOINT" in error.fix


def test_a_bug_is_not_blamed_on_the_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    def raise_lookup_error(*_: object) -> None:
        raise LookupError

    monkeypatch.setattr(exchange, "_disable_unsupported_fips", raise_lookup_error)
    with pytest.raises(LookupError):
        exchange.exchange(PRIVATE, Progress())
