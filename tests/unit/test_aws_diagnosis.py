"""Error responses of AWS, and the errors that are reported for them."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import botocore.session
import pytest
from botocore.exceptions import ClientError, HTTPClientError

from credhelper.aws.diagnosis import exchange_errors, quoting
from credhelper.aws.observer import Observer
from credhelper.ecr.registry import Registry
from credhelper.ecr.target import without_settings
from credhelper.ecr.token import CredentialSource
from credhelper.error_catalog.quoting import quote

if TYPE_CHECKING:
    from credhelper.ecr.target import Target
    from credhelper.errors import HelperError

PRIVATE, PUBLIC = without_settings(Registry("123456789012", "us-east-1")), without_settings(Registry("", "us-east-1"))
PRINCIPAL = "arn:aws:sts::123456789012:assumed-role/app-role/i-0abc"


def diagnose(
    code: str,
    message: str,
    target: Target = PRIVATE,
    **response_metadata: Any,  # noqa: ANN401  (any part of an answer)
) -> HelperError:
    """Return the error that is reported for an error response of ECR."""
    response: Any = {"Error": {"Code": code, "Message": message}, "ResponseMetadata": response_metadata}
    client_error = ClientError(response, "GetAuthorizationToken")
    return exchange_errors.diagnose_token_error(
        client_error, target, Observer(botocore.session.Session()), CredentialSource(), 0
    )


def test_the_canonical_string_of_a_signature_is_not_repeated() -> None:
    text = "does not match. The Canonical String for this request should have been 'x:hidden'"
    error = diagnose("InvalidSignatureException", f"The signature {text}")
    assert error.id == "secret-wrong"
    assert "does not match" in str(error)
    assert "hidden" not in str(error)


@pytest.mark.parametrize(
    ("reason", "id_", "fix"),
    [
        ("because no identity-based policy allows the action", "policy-missing", "attach-role-policy"),
        ("with an explicit deny in an identity-based policy", "denied-by-policy", "list-role-policies"),
        ("with an explicit deny in a service control policy", "denied-by-scp", "SERVICE_CONTROL_POLICY"),
        ("because no service control policy allows the action", "denied-by-scp", "--target-id 123456789012"),
        ("with an explicit deny in a resource control policy", "denied-by-rcp", "RESOURCE_CONTROL_POLICY"),
        ("because no permissions boundary allows the action", "denied-by-boundary", "Role.PermissionsBoundary"),
        ("because no session policy allows the action", "denied-by-session-policy", "in the session policy"),
        ("because no VPC endpoint policy allows the action", "denied-by-endpoint-policy", "modify-vpc-endpoint"),
        ("", "denied", "attach-role-policy"),
    ],
)
def test_a_denial_is_reported_by_the_policy_that_aws_names(reason: str, id_: str, fix: str) -> None:
    message = (
        f"User: {PRINCIPAL} is not authorized to perform: ecr:GetAuthorizationToken on resource: * {reason}".strip()
    )
    error = diagnose("AccessDeniedException", message)
    assert error.id == id_
    assert (reason.removeprefix("because ") or "AWS gave no reason") in str(error)
    assert fix in error.fix


@pytest.mark.parametrize(
    ("signed_at", "now", "direction"),
    [
        ("20261124T120000Z", "20261124T133000Z", "1 h 30 min behind"),
        ("20261124T120000Z", "20261124T114800Z", "12 min ahead of"),
    ],
)
def test_a_skew_is_measured_from_the_times_in_the_message_of_aws(signed_at: str, now: str, direction: str) -> None:
    verb = "expired" if signed_at < now else "not yet current"
    error = diagnose("InvalidSignatureException", f"Signature {verb}: {signed_at} is now ... ({now} - 5 min.)")
    assert error.id == "clock-skewed"
    assert f"this machine's clock is {direction} AWS's" in str(error)


def test_a_skew_is_measured_from_the_date_of_the_response_of_aws() -> None:
    date = time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(time.time() - 3600))
    error = diagnose("InvalidSignatureException", "no", HTTPHeaders={"date": date})
    assert error.id == "clock-skewed"
    assert "1 h 0 min ahead of" in str(error)


@pytest.mark.parametrize("date", ["", "yesterday", "Mon, 99 Nov 2026 99:00:00 GMT"])
def test_no_skew_is_measured_from_an_invalid_date(date: str) -> None:
    assert diagnose("InvalidSignatureException", "no", HTTPHeaders={"date": date}).id == "secret-wrong"


def test_a_secret_of_the_environment_is_not_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    proxy = "http://somebody:hid/den#@192.0.2.1:80"
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    text = quoting.describe(HTTPClientError(error=ValueError(f"Failed to parse: {proxy}")))
    assert "Failed to parse: ***" in text
    assert "den" not in text


def test_a_password_in_any_url_is_not_repeated() -> None:
    assert (
        quoting.describe(ValueError("no https://somebody:hidden@example.com here")) == "no https://***@example.com here"
    )


def test_a_denial_by_ecr_public_is_reported_with_its_own_policy_and_the_action_that_aws_names() -> None:
    message = f"User: {PRINCIPAL} is not authorized to perform: sts:GetServiceBearerToken on resource: * because no "
    error = diagnose("AccessDeniedException", f"{message}identity-based policy allows the action", PUBLIC)
    assert "may not call sts:GetServiceBearerToken" in str(error)
    assert "arn:aws:iam::aws:policy/AmazonElasticContainerRegistryPublicReadOnly" in error.fix


def test_a_control_character_is_not_repeated() -> None:
    assert quoting.describe(ValueError("a\x1b[2Jb\x07")) == "a?[2Jb?"


def test_a_quotation_is_bounded() -> None:
    assert len(quoting.describe(ValueError("a" * 10_000))) < 1000


def test_a_long_message_leaves_room_for_the_code() -> None:
    error = ClientError({"Error": {"Code": "SomeException", "Message": "a" * 10_000}}, "GetAuthorizationToken")
    assert quote(quoting.describe(error)).endswith("a (SomeException)")


MISSING_POLICY = "because no identity-based policy allows the ecr:GetAuthorizationToken action"


@pytest.mark.parametrize(
    ("principal", "fix"),
    [
        ("iam::123456789012:user/team/web/bob", "attach-user-policy --user-name bob --"),
        ("iam::123456789012:user/a$(x)/it's/bob", "attach-user-policy --user-name bob --"),
        ("sts::123456789012:assumed-role/app/who+=,.@x-y", "attach-role-policy --role-name app --"),
        (
            "sts::123456789012:federated-user/bob",
            "in the policies of arn:aws:sts::123456789012:federated-user/bob or",
        ),
        ("iam::123456789012:root", "the policies of arn:aws:iam::123456789012:root"),
        (
            "sts::123456789012:assumed-role/AWSReservedSSO_My_Set_0123456789abcdef/bob",
            "the permission set My_Set of IAM",
        ),
    ],
)
@pytest.mark.parametrize("reason", [MISSING_POLICY, "", "because no permissions boundary allows the action"])
def test_the_fix_fits_the_principal_that_was_denied(principal: str, fix: str, reason: str) -> None:
    message = f"User: arn:aws:{principal} is not authorized to perform: ecr:GetAuthorizationToken on resource: *"
    message = f"{message} {reason}".strip()
    error = diagnose("AccessDeniedException", message)
    assert fix in error.fix or ("boundary" in reason and "PermissionsBoundary" in error.fix)
    assert "{" not in error.fix


def test_a_denial_in_other_words_is_quoted() -> None:
    assert "Roles may not be assumed by root" in str(
        diagnose("AccessDenied", "Roles may not be assumed by root accounts.")
    )
    assert "AWS gave no reason" in str(diagnose("AccessDenied", "Not authorized to perform sts:AssumeRole"))
