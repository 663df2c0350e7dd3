"""An impostor of AWS with an untrusted certificate receives no request, whatever a CA setting contains."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Callable

import pytest
from botocore.exceptions import SSLError
from botocore.loaders import Loader
from botocore.retries.standard import ExponentialBackoff

from credhelper.aws.exchange import create_session, exchange
from credhelper.errors import HelperError
from credhelper.system.deadline import Progress
from tests.conftest import BEARER_TOKEN, REFRESH_TOKEN
from tests.support.callers import Caller

if TYPE_CHECKING:
    from pathlib import Path

    from tests.fake_ec2.services import Loopback


# Warnings are errors in the tests only; without this filter, urllib3's would end the request.
pytestmark = pytest.mark.filterwarnings("ignore:Unverified HTTPS request")

SOURCES = ("AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "profile", "rule")
BLANK = ("", " ", " \t ")


@pytest.fixture
def caller(home: Path, monkeypatch: pytest.MonkeyPatch) -> Caller:
    monkeypatch.setattr(ExponentialBackoff, "delay_amount", lambda *_: 0)  # before the second attempt
    return Caller(home, monkeypatch)


WAYS: tuple[Callable[[Caller], None], ...] = (
    *(Caller.use_ecr_public, Caller.use_role_of_rule, Caller.use_role_of_profile),
    *(Caller.use_web_identity, Caller.use_sso_portal, Caller.use_expired_sso_token),
)


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("value", BLANK)
def test_a_blank_setting_leaves_verification_on(impostor: Loopback, caller: Caller, source: str, value: str) -> None:
    assert caller.set_ca_bundle(source, value).exchange() == "tls-untrusted"
    assert impostor.read_log() == []


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("way", WAYS)
def test_a_blank_setting_leaves_verification_on_for_each_service_that_is_called(
    impostor: Loopback, caller: Caller, way: Callable[[Caller], None], source: str
) -> None:
    way(caller)
    assert caller.set_ca_bundle(source, "").exchange() == "tls-untrusted"
    assert impostor.read_log() == []


@pytest.mark.usefixtures("impostor")
@pytest.mark.parametrize("way", WAYS)
def test_an_endpoint_with_a_trusted_certificate_is_called(
    authority: Path, caller: Caller, way: Callable[[Caller], None]
) -> None:
    way(caller)
    assert caller.set_ca_bundle("AWS_CA_BUNDLE", str(authority / "ca.crt")).exchange() == "AWS"


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize(
    ("way", "id_"),
    [(Caller.use_container_credentials, "container-unreachable"), (Caller.use_instance_role, "no-credentials")],
)
def test_a_blank_setting_leaves_verification_on_for_metadata_and_container_credentials(
    impostor: Loopback, caller: Caller, way: Callable[[Caller], None], id_: str, source: str
) -> None:
    way(caller)
    assert caller.set_ca_bundle(source, "").exchange() == id_
    assert impostor.read_log() == []


CALLS: dict[str, tuple[str, dict[str, object]]] = {
    "ecr": ("get_authorization_token", {}),
    "ecr-public": ("get_authorization_token", {}),
    "sts": ("get_caller_identity", {}),
    "sso": ("get_role_credentials", {"roleName": "r", "accountId": "1", "accessToken": BEARER_TOKEN}),
    "sso-oidc": ("create_token", {"clientId": "c", "clientSecret": "hidden", "grantType": "refresh_token"}),
    "signin": (
        "create_o_auth2_token",
        {"tokenInput": {"clientId": "c", "refreshToken": REFRESH_TOKEN, "grantType": "refresh_token"}},
    ),
}
# The lowest version of botocore that we allow does not have "signin".
KNOWN_SERVICES = [service for service in CALLS if service in Loader().list_available_services("service-2")]


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("service", KNOWN_SERVICES)
def test_a_blank_setting_leaves_verification_on_in_each_client_of_the_session(
    impostor: Loopback, caller: Caller, service: str, source: str
) -> None:
    session = create_session(caller.set_ca_bundle(source, " ").make_target())
    operation, arguments = CALLS[service]
    with pytest.raises(SSLError):
        getattr(session.create_client(service, region_name="us-east-1"), operation)(**arguments)
    assert impostor.read_log() == []


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("value", ["0", "1", "false", "False", "no", "off", "None", "/nowhere/ca.pem"])
def test_a_setting_is_the_name_of_a_file_and_not_a_switch(
    impostor: Loopback, caller: Caller, source: str, value: str
) -> None:
    is_relative = not value.startswith("/") and source != "rule"  # the settings check the path of a rule
    assert caller.set_ca_bundle(source, value).exchange() == ("path-relative" if is_relative else "ca-bundle-missing")
    assert impostor.read_log() == []


def _create_directory(path: Path) -> str:
    path.mkdir()
    return "is a directory"


def _create_unreadable(path: Path) -> str:
    if os.geteuid() == 0:  # no mode stops root, but reading this file fails
        path.symlink_to("/proc/self/mem")
        return "cannot be read: Input/output error"
    path.touch(mode=0)
    return "cannot be read: Permission denied"


def _create_empty(path: Path) -> str:
    path.touch()
    return "contains no certificate"


def _create_circular_link(path: Path) -> str:
    path.symlink_to(path)
    return "cannot be read: Too many levels of symbolic links"


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("create", [_create_directory, _create_unreadable, _create_empty, _create_circular_link])
def test_a_bundle_that_cannot_be_used_leaves_verification_on_and_is_reported(
    impostor: Loopback, caller: Caller, tmp_path: Path, create: Callable[[Path], str], source: str
) -> None:
    reason = create(tmp_path / "ca.pem")
    with pytest.raises(HelperError) as excinfo:
        exchange(caller.set_ca_bundle(source, str(tmp_path / "ca.pem")).make_target(), Progress())
    assert excinfo.value.id == "ca-bundle-missing"
    assert reason in str(excinfo.value)
    assert impostor.read_log() == []


@pytest.mark.usefixtures("impostor")
@pytest.mark.parametrize(("first", "second"), [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)])
def test_a_blank_setting_does_not_hide_the_next_one(authority: Path, caller: Caller, first: int, second: int) -> None:
    order = ("rule", "AWS_CA_BUNDLE", "profile", "REQUESTS_CA_BUNDLE")
    caller.set_ca_bundle(order[first], "").set_ca_bundle(order[second], str(authority / "ca.crt"))
    assert caller.exchange() == "AWS"


@pytest.mark.usefixtures("impostor")
@pytest.mark.parametrize("first", range(4))
def test_the_message_names_the_one_of_several_settings_that_applies(caller: Caller, first: int) -> None:
    order = {
        "rule": "; set by ca_bundle)",
        "AWS_CA_BUNDLE": "; set by AWS_CA_BUNDLE)",
        "profile": "; set by ca_bundle of the profile)",
        "REQUESTS_CA_BUNDLE": "; set by REQUESTS_CA_BUNDLE)",
    }
    for source in list(order)[first:]:
        caller.set_ca_bundle(source, f"/nowhere/{source}")
    with pytest.raises(HelperError) as excinfo:
        exchange(caller.make_target(), Progress())
    source, name = list(order.items())[first]
    assert f"/nowhere/{source} " in str(excinfo.value)
    assert name in str(excinfo.value)
