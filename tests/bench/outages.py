"""What does not answer, and how long ours and the incumbent let a client wait then. One run each: it takes minutes."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Callable, NamedTuple

from tests.bench.runner import ANSWERED, FAILED
from tests.bench.scenes import COLD, HOST, INCUMBENT, OURS, Program

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from tests.bench.places import Place

    Cause = Callable[[Place], AbstractContextManager[None]]

_AT_HAND = {"AWS_ECR_CACHE_DIR": "~/at-hand"}
# By its port: the refusal comes from the same address, and must not be refused in its turn.
_METADATA = ("-d", "169.254.169.254", "-p", "tcp", "--dport", "80")


class Outage(NamedTuple):
    """An outage: how a table calls it, what causes it as long as a block lasts, the folder where a token is at hand or
    not, and what is to come of ours.
    """

    name: str
    cause: Cause
    environment: Mapping[str, str]
    outcome: str

    def programs(self, patience: float) -> list[Program]:
        """Give ours and the incumbent, which is killed after so many seconds of `patience`."""
        return [
            Program("ours", OURS, HOST, self.environment, self.outcome),
            Program("the incumbent", INCUMBENT, HOST, self.environment, outcome=None, patience=patience),
        ]


def _told(fault: Mapping[str, Any], normal: Mapping[str, Any]) -> Cause:
    @contextlib.contextmanager
    def cause(place: Place) -> Iterator[None]:
        place.cloud.tell(**fault)
        try:
            yield
        finally:
            place.cloud.tell(**normal)

    return cause


@contextlib.contextmanager
def _refused(place: Place) -> Iterator[None]:
    rule = ["INPUT", *_METADATA, "-j", "REJECT", "--reject-with", "tcp-reset"]
    place.run(["iptables", "-A", *rule], "")
    try:
        yield
    finally:
        place.run(["iptables", "-D", *rule], "")


_SILENT = _told({"metadata": "silent"}, {"metadata": "on"})
_HUNG = _told({"ecr": "hang"}, {"ecr": "ok"})

OUTAGES = {
    "refused": Outage("a token is at hand, metadata refuses connections", _refused, _AT_HAND, ANSWERED),
    "silent": Outage("a token is at hand, metadata accepts and never answers", _SILENT, _AT_HAND, ANSWERED),
    "hung": Outage("no token is at hand, ECR accepts and never answers", _HUNG, COLD, FAILED),
}
