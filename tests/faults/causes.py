"""What several faults are caused by: a word to the services, or a script in the instance."""

from __future__ import annotations

from typing import Callable

from tests.faults.fault_setup import RunResult, Sandbox

Cause = Callable[[Sandbox], object]

_DROP_SCRIPT = "iptables -A INPUT -d $1 -j DROP"
# By its port: the refusal comes from the same address, and must not be refused in its turn.
_REJECT_SCRIPT = "iptables -A INPUT -d $1 -p tcp --dport $2 -j REJECT --reject-with tcp-reset"


def do_nothing(_: Sandbox) -> None:
    """Cause nothing: the fault is in how the `get` is run."""


def configure_fake(**changes: object) -> Cause:
    """Tell the services to behave otherwise (tests.fake_ec2.services.Behaviour has the names)."""
    return lambda sandbox: sandbox.configure(**changes)


def run_script(script: str, *arguments: str) -> Cause:
    """Run a script as root in the instance, with words as its arguments."""
    return lambda sandbox: sandbox.run_script(script, *arguments)


def drop_packets(address: str) -> Cause:
    """Drop each packet to an address."""
    return run_script(_DROP_SCRIPT, address)


def reject_connections(address: str, port: int) -> Cause:
    """Refuse each connection to a port of an address."""
    return run_script(_REJECT_SCRIPT, address, str(port))


def run_get_with(*prefix: str) -> Callable[[Sandbox], RunResult]:
    """Run the `get` by another program, such as env(1) or faketime(1)."""
    return lambda sandbox: sandbox.run_get(*prefix)
