"""The stand-in's single state: its configuration, its log, and the keys and tokens that it issued."""

from __future__ import annotations

import threading
import time
from collections import Counter
from dataclasses import asdict
from typing import Callable

from tests.fake_ec2.services.behaviour import SERVICES, Behaviour
from tests.fake_ec2.services.messages import Call
from tests.fake_ec2.services.principals import Keys
from tests.fake_ec2.services.tokens import IssuedTokens


class Cloud:
    """The interface for tests; `Control` has the same methods on the other side of a socket."""

    def __init__(self, clock: Callable[[], float] = time.time, registry: tuple[str, int] = ("127.0.0.1", 5000)) -> None:
        """Initialize with the clock (seconds since the epoch) and the address of the upstream registry."""
        self.clock = clock
        self.registry = registry
        self.behaviour = Behaviour()
        self.keys = Keys(clock)
        self.tokens = IssuedTokens(clock)
        self.metadata_tokens: dict[str, float] = {}  # token: expiry time
        self._calls: list[Call] = []
        self._lock = threading.Lock()

    def configure(self, *, rotate: bool = False, **changes: object) -> None:
        """Change fields of `Behaviour` by name. Raises ValueError for an unknown name or an invalid value."""
        with self._lock:
            self.behaviour = self.behaviour.with_changes(changes)
        if rotate:
            self.keys.rotate()

    def reset(self) -> None:
        """Restore the initial behavior; keys and tokens that were issued stay valid."""
        self.behaviour = Behaviour()

    def count_calls(self) -> dict[str, int]:
        """Return the number of requests to each service since the last `forget`, answered or not."""
        counts = Counter(call.service for call in self._copy_calls())
        return {service: counts[service] for service in SERVICES}

    def read_log(self) -> list[dict[str, object]]:
        """Return those requests in order.

        Each has service, operation, host, principal, status (None: not answered), and the role of an STS call.
        The service is "unknown" if the host does not belong to the stand-in.
        """
        return [asdict(call) for call in self._copy_calls()]

    def forget(self) -> None:
        """Clear the log and with it the counts."""
        with self._lock:
            self._calls = []

    def record_call(self, call: Call) -> None:
        """Log a request on arrival, so that a request without an answer is counted too."""
        with self._lock:
            self._calls.append(call)

    def _copy_calls(self) -> list[Call]:
        with self._lock:
            return list(self._calls)
