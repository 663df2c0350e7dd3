"""Scenarios: credentials that AWS rejects, and unexpected responses."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from tests.errors.scenario import KEYS, SECRET, Scenario, configure_fake, issue_keys
from tests.fake_ec2.services.recorded import INVALID_IN_REGION

if TYPE_CHECKING:
    from tests.errors.scenario import Changes, Sandbox

_OPT_IN_HOST = "123456789012.dkr.ecr.af-south-1.amazonaws.com"
_CHINA_HOST = "123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn"


def _issue_expired_keys(sandbox: Sandbox) -> Changes:
    return dict(issue_keys(sandbox.cloud, -60))


def _use_unknown_keys(sandbox: Sandbox) -> Changes:
    return {**dict(issue_keys(sandbox.cloud, 60)), "AWS_ACCESS_KEY_ID": "ASIAUNKNOWN"}


def _reject_signature(sandbox: Sandbox) -> Changes:
    sandbox.script_ecr_error(
        "InvalidSignatureException",
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access"
        " Key and signing method. Consult the service documentation for details.\n\nThe Canonical String for this"
        f" request should have been\n'POST\n/\n\nx-amz-security-token:{SECRET}'",
    )
    return {}


def _reject_late_signature(sandbox: Sandbox) -> Changes:
    stamps = [time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(time.time() + seconds)) for seconds in (0, 3300, 3600)]
    signed_at, earliest, now = stamps
    message = f"Signature expired: {signed_at} is now earlier than {earliest} ({now} - 5 min.)"
    sandbox.script_ecr_error("InvalidSignatureException", message)
    return {}


def _reject_parameter(sandbox: Sandbox) -> Changes:
    sandbox.script_ecr_error(
        "InvalidParameterException", "Invalid parameter at 'registryIds' failed to satisfy constraint"
    )
    return {}


def _reject_region(sandbox: Sandbox) -> Changes:
    sandbox.script_ecr_error(
        "InvalidSignatureException", "Credential should be scoped to a valid region, not 'us-east-1'. "
    )
    return {}


def _reject_keys(sandbox: Sandbox) -> Changes:
    sandbox.cloud.configure(script={"ecr": INVALID_IN_REGION})
    return KEYS


SCENARIOS = (
    Scenario(
        "credentials-expired", _issue_expired_keys, ["the AWS credentials have expired"], ["unset AWS_ACCESS_KEY_ID"]
    ),
    Scenario(
        "credentials-invalid",
        _use_unknown_keys,
        ["AWS does not recognize the credentials"],
        ["aws sts get-caller-identity"],
    ),
    Scenario(
        "secret-wrong", _reject_signature, ["does not match"], ["copy the secret access key again"], is_scripted=True
    ),
    Scenario(
        "clock-skewed",
        _reject_late_signature,
        ["this machine's clock is 1 h 0 min behind AWS's"],
        ["chronyc makestep"],
        is_scripted=True,
    ),
    Scenario(
        "region-disabled",
        _reject_keys,
        ["af-south-1 rejects credentials", "valid in other regions"],
        ["aws account enable-region --region-name af-south-1"],
        is_scripted=True,
        stdin=_OPT_IN_HOST.encode(),
    ),
    Scenario(
        "wrong-partition",
        _reject_keys,
        ["the registry is in the partition aws-cn", "the identity in aws"],
        ["use an identity of aws-cn"],
        is_scripted=True,
        stdin=_CHINA_HOST.encode(),
    ),
    Scenario("throttled", configure_fake(ecr="throttle"), ["AWS throttled the request"], ["try again in a minute"]),
    Scenario("service-failed", configure_fake(ecr="fail"), ["AWS failed", "ServerException"], ["try again"]),
    Scenario(
        "malformed-answer",
        configure_fake(ecr="portal"),
        ["unexpected response: it contains no token"],
        ["check which server answers"],
    ),
    Scenario("empty-answer", configure_fake(ecr="empty"), ["authorizationData is empty"], ["try again"]),
    Scenario(
        "aws-failed", _reject_parameter, ["InvalidParameterException"], ["correct what AWS reports"], is_scripted=True
    ),
    Scenario(
        "endpoint-mismatch",
        _reject_region,
        ["the endpoint belongs to another region or service"],
        ["set AWS_ENDPOINT_URL_ECR to an endpoint in us-east-1"],
        is_scripted=True,
    ),
)
