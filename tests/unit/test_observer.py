"""What the observer records of botocore's credential chain before an exception: real providers, and the stand-in."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest
from botocore.credentials import ContainerProvider
from botocore.session import Session

from credhelper.aws import provider_chain
from credhelper.aws.observer import Observer
from tests.fake_ec2.services.recorded import DENIALS

if TYPE_CHECKING:
    from pathlib import Path

    from tests.fake_ec2.services import Loopback

ROLE = "arn:aws:iam::123456789012:role/other"
BASE = "[profile base]\naws_access_key_id = AKIAONE\naws_secret_access_key = secret\n"
FROM_BASE = f"[default]\nrole_arn = {ROLE}\nsource_profile = base\n"


def fail(home: Path, config: str, session: Session | None = None) -> tuple[Observer, Exception]:
    """Load the credentials of a configuration; return the observer, and the exception that was raised."""
    (home / ".aws").mkdir()
    (home / ".aws" / "config").write_text(config)
    observer = Observer(session or Session())
    observer.session.set_config_variable("region", "us-east-1")
    provider_chain.observe(observer, ContainerProvider())
    with pytest.raises(Exception) as excinfo:  # noqa: PT011  (whatever botocore lets out)
        observer.session.get_component("credential_provider").load_credentials().get_frozen_credentials()
    return observer, excinfo.value


@pytest.mark.parametrize(
    ("settings", "method"),
    [
        ("credential_process = /nonexistent", "custom-process"),
        (f"role_arn = {ROLE}\nweb_identity_token_file = /nonexistent", "assume-role-with-web-identity"),
        ("sso_start_url = x\nsso_region = us-east-1\nsso_account_id = 1\nsso_role_name = y", "sso"),
        ("aws_access_key_id = AKIAONE", "config-file"),
    ],
)
@pytest.mark.parametrize("chain", ["", FROM_BASE, FROM_BASE + FROM_BASE.replace("default", "profile other")])
def test_the_innermost_provider_is_recorded(home: Path, chain: str, settings: str, method: str) -> None:
    header = "[profile base]" if chain else "[default]"
    observer, error = fail(home, f"{chain}{header}\n{settings}\n")
    assert observer.provider_of(error) == method


def test_the_provider_of_a_credential_source_is_recorded(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://example.com")
    observer, error = fail(home, f"[default]\nrole_arn = {ROLE}\ncredential_source = EcsContainer\n")
    assert observer.provider_of(error) == "container-role"


def test_another_exception_has_no_provider(home: Path) -> None:
    observer, _ = fail(home, "[default]\ncredential_process = /nonexistent\n")
    assert observer.provider_of(ValueError()) == ""


def test_a_program_that_ended_is_recorded(home: Path) -> None:
    observer, _ = fail(home, f"{FROM_BASE}[profile base]\ncredential_process = sh -c 'exit 3'\n")
    assert observer.process is not None
    assert observer.process.returncode == 3


def test_a_program_that_could_not_be_started_is_not_recorded(home: Path) -> None:
    observer, _ = fail(home, "[default]\ncredential_process = /nonexistent\n")
    assert observer.process is None


def test_the_role_that_was_requested_is_recorded(cloud: Loopback, home: Path) -> None:
    cloud.configure(script={"sts": DENIALS["service control policy"]})
    observer, _ = fail(home, FROM_BASE + BASE)
    assert observer.role_arn == ROLE


def test_a_role_that_botocore_rejects_is_recorded(home: Path) -> None:
    observer, _ = fail(home, FROM_BASE.replace(ROLE, "x") + BASE)
    assert observer.role_arn == "x"


def test_a_call_that_was_refused_has_ended_without_a_response(cloud: Loopback, home: Path) -> None:
    cloud.configure(script={"sts": DENIALS["service control policy"]})
    observer, _ = fail(home, FROM_BASE + BASE)
    assert (observer.is_calling, observer.has_response) == (False, False)


def test_a_call_whose_answer_could_not_be_read_has_not_ended(cloud: Loopback, home: Path) -> None:
    cloud.configure(sts="portal")
    observer, _ = fail(home, FROM_BASE + BASE)
    assert (observer.is_calling, observer.has_response) == (True, False)


def test_a_call_whose_answer_lacks_something_has_a_response(home: Path) -> None:
    session = Session()
    # If a handler of this event returns a response, botocore uses it instead of making the call.
    session.register("before-call.sts.AssumeRole", lambda **_: (SimpleNamespace(status_code=200), {}))  # type: ignore[arg-type]
    observer, error = fail(home, FROM_BASE + BASE, session)
    assert isinstance(error, KeyError)
    assert (observer.is_calling, observer.has_response) == (False, True)
