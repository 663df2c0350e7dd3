"""Metadata, ECR or DNS that does not answer, or not as it should."""

from __future__ import annotations

from tests.faults.causes import ran, refused, swallowed, told
from tests.faults.scene import EXPIRED, FRESH, NOTHING, STALE, Fault, Scene
from tests.faults.stage import AT_HAND, NEW, NONE, SIBLING, Stage
from tests.instance.instance import AWS, METADATA

BRIDGED = "the token at hand serves"
NO_METADATA = "no instance metadata answers here"

_NO_NAMES = f"""
echo 127.0.0.1 localhost > /etc/hosts
echo nameserver {AWS} > /etc/resolv.conf
iptables -A INPUT -p udp --dport 53 -j DROP
"""


def asked_for_another(stage: Stage) -> None:
    """The first of the registries that a client asks for, one after the other."""
    stage.tell(ecr="hang")
    stage.get(host=SIBLING)


def throttled_a_moment_ago(stage: Stage) -> None:
    stage.tell(ecr="throttle")
    stage.get()
    stage.tell(ecr="ok")


SILENT_NETWORK = Fault("metadata swallows packets", swallowed(METADATA))
NO_CONNECTION = Fault("metadata refuses the connection", refused(METADATA, 80))
TURNED_OFF = Fault("metadata is turned off (403)", told(metadata="off"))
NO_ROLE = Fault("no role is attached (404)", told(metadata="no-role"))
METADATA_FAILS = Fault("metadata answers 500", told(metadata="fail"))
METADATA_HANGS = Fault("metadata accepts and never answers", told(metadata="silent"))
ECR_HANGS = Fault("ECR accepts and never answers", told(ecr="hang"))
ECR_DRIPS = Fault("ECR sends a byte a second", told(ecr="drip"))
ECR_SWALLOWED = Fault("what is sent to ECR is swallowed", swallowed(AWS))
ECR_REFUSES = Fault("ECR refuses the connection", refused(AWS, 443))
NO_DNS = Fault("DNS does not answer", ran(_NO_NAMES))
THROTTLED = Fault("ECR throttles", told(ecr="throttle"))
ECR_FAILS = Fault("ECR answers 500", told(ecr="fail"))
DENIED = Fault("the role's policy is detached", told(policies={"app-role": False}))

SCENES = (
    Scene(SILENT_NETWORK, NOTHING, NONE, [NO_METADATA, "[no-credentials]"], rival=True),
    Scene(SILENT_NETWORK, FRESH, AT_HAND, rival=True),
    Scene(SILENT_NETWORK, STALE, AT_HAND, [BRIDGED, "asking the instance's metadata at ", "[timed-out]"], rival=True),
    Scene(NO_CONNECTION, NOTHING, NONE, [NO_METADATA, "[no-credentials]"], rival=True),
    Scene(NO_CONNECTION, FRESH, AT_HAND, rival=True),
    Scene(NO_CONNECTION, STALE, AT_HAND, [BRIDGED, "[no-credentials]"], rival=True),
    Scene(TURNED_OFF, NOTHING, NONE, ["metadata is turned off", "[metadata-off]"], suite=False),
    Scene(TURNED_OFF, FRESH, AT_HAND, suite=False),
    Scene(TURNED_OFF, STALE, NONE, ["metadata is turned off", "[metadata-off]"], suite=False),
    Scene(NO_ROLE, NOTHING, NONE, ["no role is attached", "[no-role]"], suite=False),
    Scene(NO_ROLE, STALE, NONE, ["no role is attached", "[no-role]"], suite=False),
    Scene(METADATA_FAILS, NOTHING, NONE, ["metadata answers 500", "[metadata-failed]"]),
    Scene(METADATA_FAILS, STALE, AT_HAND, [BRIDGED, "metadata answers 500"]),
    Scene(METADATA_HANGS, NOTHING, NONE, [NO_METADATA, "[no-credentials]"], suite=False, rival=True),
    Scene(METADATA_HANGS, FRESH, AT_HAND, suite=False, rival=True),
    Scene(METADATA_HANGS, STALE, AT_HAND, [BRIDGED, "asking the instance's metadata at "], suite=False, rival=True),
    Scene(ECR_HANGS, NOTHING, NONE, ["gave no answer", "[unanswered]"], calls=2, suite=False, rival=True),
    Scene(ECR_HANGS, FRESH, AT_HAND, suite=False, rival=True),
    Scene(
        ECR_HANGS, STALE, AT_HAND, [BRIDGED, "asking https://api.ecr.", "[timed-out]"], calls=1, suite=False, rival=True
    ),
    Scene(
        Fault("the same, and the registry before was asked for a moment ago", asked_for_another),
        *(STALE, AT_HAND, [BRIDGED, "[timed-out]"]),
        suite=False,
    ),
    Scene(ECR_DRIPS, NOTHING, NONE, ["asking https://api.ecr.", "[timed-out]"], calls=1, suite=False, rival=True),
    Scene(ECR_DRIPS, STALE, AT_HAND, [BRIDGED, "[timed-out]"], calls=1, suite=False, rival=True),
    Scene(ECR_SWALLOWED, NOTHING, NONE, ["no connection came about", "[unreachable]"], rival=True),
    Scene(ECR_SWALLOWED, STALE, AT_HAND, [BRIDGED, "[timed-out]"], rival=True),
    Scene(ECR_REFUSES, NOTHING, NONE, ["refused the connection", "[refused]"], rival=True),
    Scene(ECR_REFUSES, STALE, AT_HAND, [BRIDGED, "[refused]"], suite=False, rival=True),
    Scene(NO_DNS, NOTHING, NONE, ["api.ecr.us-east-1.amazonaws.com is looked up", "[timed-out]"], rival=True),
    Scene(NO_DNS, STALE, AT_HAND, [BRIDGED, "DNS does not answer", "[timed-out]"], rival=True),
    Scene(THROTTLED, NOTHING, NONE, ["throttling", "[throttled]"], calls=2, suite=False, rival=True),
    Scene(THROTTLED, STALE, AT_HAND, [BRIDGED, "[throttled]"], calls=2, suite=False, rival=True),
    Scene(Fault("ECR throttled a moment ago", throttled_a_moment_ago), NOTHING, NEW, calls=1, suite=False),
    Scene(ECR_FAILS, NOTHING, NONE, ["[service-failed]"], calls=2, suite=False),
    Scene(ECR_FAILS, STALE, AT_HAND, [BRIDGED, "[service-failed]"], calls=2, suite=False, rival=True),
    Scene(ECR_FAILS, EXPIRED, NONE, ["[service-failed]"], calls=2, rival=True),
    Scene(DENIED, NOTHING, NONE, ["aws iam attach-role-policy", "[policy-missing]"], calls=1, suite=False),
    Scene(DENIED, FRESH, AT_HAND, suite=False),
    Scene(DENIED, STALE, NONE, ["[policy-missing]"], calls=1, suite=False, rival=True),
)
