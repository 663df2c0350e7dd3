"""What several faults are caused by: a word to the services, or a script in the instance."""

from __future__ import annotations

from typing import Callable

from tests.faults.stage import Seen, Stage

Cause = Callable[[Stage], object]

_SWALLOW = "iptables -A INPUT -d $1 -j DROP"
# By its port: the refusal comes from the same address, and must not be refused in its turn.
_REFUSE = "iptables -A INPUT -d $1 -p tcp --dport $2 -j REJECT --reject-with tcp-reset"


def nothing(_: Stage) -> None:
    """Cause nothing: the fault is in how the `get` is run."""


def told(**changes: object) -> Cause:
    """Tell the services to behave otherwise (tests.instance.services.Behaviour has the names)."""
    return lambda stage: stage.tell(**changes)


def ran(script: str, *words: str) -> Cause:
    """Run a script as root in the instance, with words as its arguments."""
    return lambda stage: stage.sh(script, *words)


def swallowed(address: str) -> Cause:
    """Drop each packet to an address."""
    return ran(_SWALLOW, address)


def refused(address: str, port: int) -> Cause:
    """Refuse each connection to a port of an address."""
    return ran(_REFUSE, address, str(port))


def by(*words: str) -> Callable[[Stage], Seen]:
    """Run the `get` by another program, such as env(1) or faketime(1)."""
    return lambda stage: stage.get(*words)
