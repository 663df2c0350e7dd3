"""An impostor of AWS, whose certificate nobody trusts, receives no request, whatever a CA setting contains."""

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
from tests.callers import Caller
from tests.conftest import BEARER, RENEWAL

if TYPE_CHECKING:
    from pathlib import Path

    from tests.fake_ec2.services import Loopback


# urllib3's warning would end the request, which it does not do outside of the tests.
pytestmark = pytest.mark.filterwarnings("ignore:Unverified HTTPS request")

PLACES = ("AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "profile", "rule")
BLANK = ("", " ", " \t ")


@pytest.fixture
def caller(home: Path, monkeypatch: pytest.MonkeyPatch) -> Caller:
    monkeypatch.setattr(ExponentialBackoff, "delay_amount", lambda *_: 0)  # before the second attempt
    return Caller(home, monkeypatch)


WAYS: tuple[Callable[[Caller], None], ...] = (
    *(Caller.public, Caller.role_of_rule, Caller.role_of_profile),
    *(Caller.web_identity, Caller.portal, Caller.oidc),
)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("value", BLANK)
def test_a_blank_setting_leaves_verification_on(impostor: Loopback, caller: Caller, place: str, value: str) -> None:
    assert caller.ca_bundle(place, value).ask() == "tls-untrusted"
    assert impostor.read_log() == []


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("way", WAYS)
def test_a_blank_setting_leaves_verification_on_for_each_service_on_the_way(
    impostor: Loopback, caller: Caller, way: Callable[[Caller], None], place: str
) -> None:
    way(caller)
    assert caller.ca_bundle(place, "").ask() == "tls-untrusted"
    assert impostor.read_log() == []


@pytest.mark.usefixtures("impostor")
@pytest.mark.parametrize("way", WAYS)
def test_an_endpoint_with_a_trusted_certificate_is_asked(
    authority: Path, caller: Caller, way: Callable[[Caller], None]
) -> None:
    way(caller)
    assert caller.ca_bundle("AWS_CA_BUNDLE", str(authority / "ca.crt")).ask() == "AWS"


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(
    ("way", "id_"), [(Caller.container, "container-unreachable"), (Caller.instance, "no-credentials")]
)
def test_a_blank_setting_leaves_verification_on_for_the_machine_s_own_credentials(
    impostor: Loopback, caller: Caller, way: Callable[[Caller], None], id_: str, place: str
) -> None:
    way(caller)
    assert caller.ca_bundle(place, "").ask() == id_
    assert impostor.read_log() == []


CALLS: dict[str, tuple[str, dict[str, object]]] = {
    "ecr": ("get_authorization_token", {}),
    "ecr-public": ("get_authorization_token", {}),
    "sts": ("get_caller_identity", {}),
    "sso": ("get_role_credentials", {"roleName": "r", "accountId": "1", "accessToken": BEARER}),
    "sso-oidc": ("create_token", {"clientId": "c", "clientSecret": "hidden", "grantType": "refresh_token"}),
    "signin": (
        "create_o_auth2_token",
        {"tokenInput": {"clientId": "c", "refreshToken": RENEWAL, "grantType": "refresh_token"}},
    ),
}
# The lowest botocore that we allow does not know "signin".
KNOWN = [service for service in CALLS if service in Loader().list_available_services("service-2")]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("service", KNOWN)
def test_a_blank_setting_leaves_verification_on_in_each_client_of_the_session(
    impostor: Loopback, caller: Caller, service: str, place: str
) -> None:
    session = create_session(caller.ca_bundle(place, " ").target())
    operation, arguments = CALLS[service]
    with pytest.raises(SSLError):
        getattr(session.create_client(service, region_name="us-east-1"), operation)(**arguments)
    assert impostor.read_log() == []


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("value", ["0", "1", "false", "False", "no", "off", "None", "/nowhere/ca.pem"])
def test_a_setting_is_the_name_of_a_file_and_no_switch(
    impostor: Loopback, caller: Caller, place: str, value: str
) -> None:
    is_relative = not value.startswith("/") and place != "rule"  # of a rule, the settings check it
    assert caller.ca_bundle(place, value).ask() == ("path-relative" if is_relative else "ca-bundle-missing")
    assert impostor.read_log() == []


def _directory(path: Path) -> str:
    path.mkdir()
    return "is a directory"


def _unreadable(path: Path) -> str:
    if os.geteuid() == 0:  # root can read all files but those that the kernel cannot
        path.symlink_to("/proc/self/mem")
        return "cannot be read: Input/output error"
    path.touch(mode=0)
    return "cannot be read: Permission denied"


def _empty(path: Path) -> str:
    path.touch()
    return "holds no certificates"


def _circular(path: Path) -> str:
    path.symlink_to(path)
    return "cannot be read: Too many levels of symbolic links"


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("made", [_directory, _unreadable, _empty, _circular])
def test_a_bundle_that_cannot_be_used_leaves_verification_on_and_is_reported(
    impostor: Loopback, caller: Caller, tmp_path: Path, made: Callable[[Path], str], place: str
) -> None:
    says = made(tmp_path / "ca.pem")
    with pytest.raises(HelperError) as caught:
        exchange(caller.ca_bundle(place, str(tmp_path / "ca.pem")).target(), Progress())
    assert caught.value.id == "ca-bundle-missing"
    assert says in caught.value.message
    assert impostor.read_log() == []


@pytest.mark.usefixtures("impostor")
@pytest.mark.parametrize(("blank", "named"), [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)])
def test_a_blank_setting_does_not_hide_the_next_one(authority: Path, caller: Caller, blank: int, named: int) -> None:
    order = ("rule", "AWS_CA_BUNDLE", "profile", "REQUESTS_CA_BUNDLE")
    caller.ca_bundle(order[blank], "").ca_bundle(order[named], str(authority / "ca.crt"))
    assert caller.ask() == "AWS"


@pytest.mark.usefixtures("impostor")
@pytest.mark.parametrize("wins", range(4))
def test_of_several_settings_the_message_names_the_one_that_holds(caller: Caller, wins: int) -> None:
    order = {
        "rule": "(ca_bundle)",
        "AWS_CA_BUNDLE": "(AWS_CA_BUNDLE)",
        "profile": "(ca_bundle of the profile)",
        "REQUESTS_CA_BUNDLE": "(REQUESTS_CA_BUNDLE)",
    }
    for place in list(order)[wins:]:
        caller.ca_bundle(place, f"/nowhere/{place}")
    with pytest.raises(HelperError) as caught:
        exchange(caller.target(), Progress())
    place, name = list(order.items())[wins]
    assert f"/nowhere/{place}, " in caught.value.message
    assert name in caught.value.message
