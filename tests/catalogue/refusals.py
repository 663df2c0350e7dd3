"""Scenes of answers: credentials that AWS refuses, and answers that are none."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from tests.catalogue.stage import KEYS, SECRET, Scene, keys_of, told
from tests.instance.services.recorded import INVALID_HERE

if TYPE_CHECKING:
    from tests.catalogue.stage import Changes, Stage

_OPTIONAL = "123456789012.dkr.ecr.af-south-1.amazonaws.com"
_CHINESE = "123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn"


def _expired(stage: Stage) -> Changes:
    return dict(keys_of(stage.cloud, -60))


def _unknown(stage: Stage) -> Changes:
    return {**dict(keys_of(stage.cloud, 60)), "AWS_ACCESS_KEY_ID": "ASIAUNKNOWN"}


def _wrong_secret(stage: Stage) -> Changes:
    stage.script(
        "InvalidSignatureException",
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access"
        " Key and signing method. Consult the service documentation for details.\n\nThe Canonical String for this"
        f" request should have been\n'POST\n/\n\nx-amz-security-token:{SECRET}'",
    )
    return {}


def _an_hour_behind(stage: Stage) -> Changes:
    stamps = [time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(time.time() + seconds)) for seconds in (0, 3300, 3600)]
    signed, earliest, now = stamps
    words = f"Signature expired: {signed} is now earlier than {earliest} ({now} - 5 min.)"
    stage.script("InvalidSignatureException", words)
    return {}


def _other(stage: Stage) -> Changes:
    stage.script("InvalidParameterException", "Invalid parameter at 'registryIds' failed to satisfy constraint")
    return {}


def _elsewhere(stage: Stage) -> Changes:
    stage.script("InvalidSignatureException", "Credential should be scoped to a valid region, not 'us-east-1'. ")
    return {}


def _invalid_here(stage: Stage) -> Changes:
    stage.cloud.tell(script={"ecr": INVALID_HERE})
    return KEYS


SCENES = (
    Scene("credentials-expired", _expired, ["as expired"], ["unset AWS_ACCESS_KEY_ID"]),
    Scene("credentials-invalid", _unknown, ["as invalid"], ["aws sts get-caller-identity"]),
    Scene("secret-wrong", _wrong_secret, ["does not match"], ["copy the secret access key again"], scripted=True),
    Scene(
        "clock-skewed",
        _an_hour_behind,
        ["this machine's clock is 1 h 0 min behind AWS's"],
        ["chronyc makestep"],
        scripted=True,
    ),
    Scene(
        "region-disabled",
        _invalid_here,
        ["af-south-1 refused credentials", "valid in other regions"],
        ["aws account enable-region --region-name af-south-1"],
        scripted=True,
        stdin=_OPTIONAL.encode(),
    ),
    Scene(
        "wrong-partition",
        _invalid_here,
        ["in AWS's partition aws-cn", "in aws: neither knows the other's"],
        ["use an identity of aws-cn"],
        scripted=True,
        stdin=_CHINESE.encode(),
    ),
    Scene("throttled", told(ecr="throttle"), ["AWS is throttling"], ["try again in a minute"]),
    Scene("service-failed", told(ecr="fail"), ["AWS failed", "ServerException"], ["try again"]),
    Scene("malformed-answer", told(ecr="portal"), ["no token that could be read"], ["look at what answers there"]),
    Scene("empty-answer", told(ecr="empty"), ["no token in its authorizationData"], ["try again"]),
    Scene("aws-failed", _other, ["InvalidParameterException"], ["look at what it says"], scripted=True),
    Scene(
        "endpoint-mismatch",
        _elsewhere,
        ["is of another region or service"],
        ["let AWS_ENDPOINT_URL_ECR, if set, name an endpoint of us-east-1"],
        scripted=True,
    ),
)
