"""What does not answer, and how long ours and the incumbent let a client wait then. One run each: it takes minutes."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Callable, NamedTuple

from tests.benchmarks.runner import ANSWERED, FAILED
from tests.benchmarks.scenarios import COLD_ENV, HOST, INCUMBENT, OURS, Program

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from tests.benchmarks.machines import Machine

    Cause = Callable[[Machine], AbstractContextManager[None]]

_CACHED = {"AWS_ECR_CACHE_DIR": "~/at-hand"}
# By its port: the refusal comes from the same address, and must not be refused in its turn.
_METADATA_RULE = ("-d", "169.254.169.254", "-p", "tcp", "--dport", "80")


class Outage(NamedTuple):
    """An outage: its name in the table, its cause for the duration of a block, the environment, and our outcome.

    The environment selects a cache directory with or without a token.
    """

    name: str
    cause: Cause
    environment: Mapping[str, str]
    outcome: str

    def programs(self, timeout: float) -> list[Program]:
        """Give ours and the incumbent, which is killed after so many seconds of `timeout`."""
        return [
            Program("ours", OURS, HOST, self.environment, self.outcome),
            Program("the incumbent", INCUMBENT, HOST, self.environment, outcome=None, timeout=timeout),
        ]


def _configure_fault(faulty: Mapping[str, Any], normal: Mapping[str, Any]) -> Cause:
    @contextlib.contextmanager
    def cause(machine: Machine) -> Iterator[None]:
        machine.cloud.configure(**faulty)
        try:
            yield
        finally:
            machine.cloud.configure(**normal)

    return cause


@contextlib.contextmanager
def _refuse_metadata(machine: Machine) -> Iterator[None]:
    rule = ["INPUT", *_METADATA_RULE, "-j", "REJECT", "--reject-with", "tcp-reset"]
    machine.run(["iptables", "-A", *rule], "")
    try:
        yield
    finally:
        machine.run(["iptables", "-D", *rule], "")


_SILENT = _configure_fault({"metadata": "silent"}, {"metadata": "on"})
_HUNG = _configure_fault({"ecr": "hang"}, {"ecr": "ok"})

OUTAGES = {
    "refused": Outage("a token is cached, metadata refuses connections", _refuse_metadata, _CACHED, ANSWERED),
    "silent": Outage("a token is cached, metadata accepts and never answers", _SILENT, _CACHED, ANSWERED),
    "hung": Outage("no token is cached, ECR accepts and never answers", _HUNG, COLD_ENV, FAILED),
}
