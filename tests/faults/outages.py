"""Metadata, ECR or DNS that does not answer, or not as it should."""

from __future__ import annotations

from tests.fake_ec2.instance import AWS, METADATA
from tests.faults.causes import configure_fake, drop_packets, reject_connections, run_script
from tests.faults.fault_setup import CACHED, NEW, NO_TOKEN, SIBLING, Sandbox
from tests.faults.scenario import EXPIRED, FRESH, NO_INITIAL_TOKEN, STALE, Fault, Scenario

STALE_SERVED = "using the cached token"
NO_METADATA = "the instance metadata service did not respond"

_NO_NAMES_SCRIPT = f"""
echo 127.0.0.1 localhost > /etc/hosts
echo nameserver {AWS} > /etc/resolv.conf
iptables -A INPUT -p udp --dport 53 -j DROP
"""


def get_sibling_first(sandbox: Sandbox) -> None:
    """Run a `get` for the first of several registries of a client."""
    sandbox.configure(ecr="hang")
    sandbox.run_get(host=SIBLING)


def get_throttled_first(sandbox: Sandbox) -> None:
    sandbox.configure(ecr="throttle")
    sandbox.run_get()
    sandbox.configure(ecr="ok")


SILENT_NETWORK = Fault("packets to the metadata service are dropped", drop_packets(METADATA))
NO_CONNECTION = Fault("the metadata service refuses the connection", reject_connections(METADATA, 80))
TURNED_OFF = Fault("instance metadata is turned off (403)", configure_fake(metadata="off"))
NO_ROLE = Fault("no role is attached (404)", configure_fake(metadata="no-role"))
METADATA_FAILS = Fault("the metadata service answers 500", configure_fake(metadata="fail"))
METADATA_HANGS = Fault("the metadata service accepts connections and never responds", configure_fake(metadata="silent"))
ECR_HANGS = Fault("ECR accepts connections and never responds", configure_fake(ecr="hang"))
ECR_DRIPS = Fault("ECR sends a byte a second", configure_fake(ecr="drip"))
ECR_SWALLOWED = Fault("packets to ECR are dropped", drop_packets(AWS))
ECR_REFUSES = Fault("ECR refuses the connection", reject_connections(AWS, 443))
NO_DNS = Fault("DNS does not answer", run_script(_NO_NAMES_SCRIPT))
THROTTLED = Fault("ECR throttles", configure_fake(ecr="throttle"))
ECR_FAILS = Fault("ECR answers 500", configure_fake(ecr="fail"))
DENIED = Fault("the role's policy is detached", configure_fake(policies={"app-role": False}))

SCENARIOS = (
    Scenario(SILENT_NETWORK, NO_INITIAL_TOKEN, NO_TOKEN, [NO_METADATA, "[no-credentials]"], with_incumbent=True),
    Scenario(SILENT_NETWORK, FRESH, CACHED, with_incumbent=True),
    Scenario(
        SILENT_NETWORK,
        STALE,
        CACHED,
        [STALE_SERVED, "requesting instance metadata from ", "[timed-out]"],
        with_incumbent=True,
    ),
    Scenario(NO_CONNECTION, NO_INITIAL_TOKEN, NO_TOKEN, [NO_METADATA, "[no-credentials]"], with_incumbent=True),
    Scenario(NO_CONNECTION, FRESH, CACHED, with_incumbent=True),
    Scenario(NO_CONNECTION, STALE, CACHED, [STALE_SERVED, "[no-credentials]"], with_incumbent=True),
    Scenario(TURNED_OFF, NO_INITIAL_TOKEN, NO_TOKEN, ["service is turned off", "[metadata-off]"], in_suite=False),
    Scenario(TURNED_OFF, FRESH, CACHED, in_suite=False),
    Scenario(TURNED_OFF, STALE, NO_TOKEN, ["service is turned off", "[metadata-off]"], in_suite=False),
    Scenario(NO_ROLE, NO_INITIAL_TOKEN, NO_TOKEN, ["no role is attached", "[no-role]"], in_suite=False),
    Scenario(NO_ROLE, STALE, NO_TOKEN, ["no role is attached", "[no-role]"], in_suite=False),
    Scenario(METADATA_FAILS, NO_INITIAL_TOKEN, NO_TOKEN, ["metadata service answered 500", "[metadata-failed]"]),
    Scenario(METADATA_FAILS, STALE, CACHED, [STALE_SERVED, "metadata service answered 500"]),
    Scenario(
        METADATA_HANGS,
        NO_INITIAL_TOKEN,
        NO_TOKEN,
        [NO_METADATA, "[no-credentials]"],
        in_suite=False,
        with_incumbent=True,
    ),
    Scenario(METADATA_HANGS, FRESH, CACHED, in_suite=False, with_incumbent=True),
    Scenario(
        METADATA_HANGS,
        STALE,
        CACHED,
        [STALE_SERVED, "requesting instance metadata from "],
        in_suite=False,
        with_incumbent=True,
    ),
    Scenario(
        ECR_HANGS,
        NO_INITIAL_TOKEN,
        NO_TOKEN,
        ["sent no response", "[unanswered]"],
        max_calls=2,
        in_suite=False,
        with_incumbent=True,
    ),
    Scenario(ECR_HANGS, FRESH, CACHED, in_suite=False, with_incumbent=True),
    Scenario(
        ECR_HANGS,
        STALE,
        CACHED,
        [STALE_SERVED, "requesting a token from https://api.ecr.", "[timed-out]"],
        max_calls=1,
        in_suite=False,
        with_incumbent=True,
    ),
    Scenario(
        Fault("the same, just after a pull from another registry of the scope", get_sibling_first),
        *(STALE, CACHED, [STALE_SERVED, "[timed-out]"]),
        in_suite=False,
    ),
    Scenario(
        ECR_DRIPS,
        NO_INITIAL_TOKEN,
        NO_TOKEN,
        ["requesting a token from https://api.ecr.", "[timed-out]"],
        max_calls=1,
        in_suite=False,
        with_incumbent=True,
    ),
    Scenario(ECR_DRIPS, STALE, CACHED, [STALE_SERVED, "[timed-out]"], max_calls=1, in_suite=False, with_incumbent=True),
    Scenario(ECR_SWALLOWED, NO_INITIAL_TOKEN, NO_TOKEN, ["connection timed out", "[unreachable]"], with_incumbent=True),
    Scenario(ECR_SWALLOWED, STALE, CACHED, [STALE_SERVED, "[timed-out]"], with_incumbent=True),
    Scenario(ECR_REFUSES, NO_INITIAL_TOKEN, NO_TOKEN, ["connection refused", "[refused]"], with_incumbent=True),
    Scenario(ECR_REFUSES, STALE, CACHED, [STALE_SERVED, "[refused]"], in_suite=False, with_incumbent=True),
    Scenario(
        NO_DNS,
        NO_INITIAL_TOKEN,
        NO_TOKEN,
        ["the lookup of api.ecr.us-east-1.amazonaws.com", "[timed-out]"],
        with_incumbent=True,
    ),
    Scenario(NO_DNS, STALE, CACHED, [STALE_SERVED, "DNS does not answer", "[timed-out]"], with_incumbent=True),
    Scenario(
        THROTTLED,
        NO_INITIAL_TOKEN,
        NO_TOKEN,
        ["throttled", "[throttled]"],
        max_calls=2,
        in_suite=False,
        with_incumbent=True,
    ),
    Scenario(THROTTLED, STALE, CACHED, [STALE_SERVED, "[throttled]"], max_calls=2, in_suite=False, with_incumbent=True),
    Scenario(
        Fault("ECR throttled a moment ago", get_throttled_first), NO_INITIAL_TOKEN, NEW, max_calls=1, in_suite=False
    ),
    Scenario(ECR_FAILS, NO_INITIAL_TOKEN, NO_TOKEN, ["[service-failed]"], max_calls=2, in_suite=False),
    Scenario(
        ECR_FAILS, STALE, CACHED, [STALE_SERVED, "[service-failed]"], max_calls=2, in_suite=False, with_incumbent=True
    ),
    Scenario(ECR_FAILS, EXPIRED, NO_TOKEN, ["[service-failed]"], max_calls=2, with_incumbent=True),
    Scenario(
        DENIED,
        NO_INITIAL_TOKEN,
        NO_TOKEN,
        ["aws iam attach-role-policy", "[policy-missing]"],
        max_calls=1,
        in_suite=False,
    ),
    Scenario(DENIED, FRESH, CACHED, in_suite=False),
    Scenario(DENIED, STALE, NO_TOKEN, ["[policy-missing]"], max_calls=1, in_suite=False, with_incumbent=True),
)
