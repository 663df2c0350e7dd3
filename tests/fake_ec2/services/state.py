"""The stand-in's one state: what it was told, what it counted, what it handed out."""

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
    """What a test holds; `Control` has the same methods on the other side of a socket."""

    def __init__(self, clock: Callable[[], float] = time.time, registry: tuple[str, int] = ("127.0.0.1", 5000)) -> None:
        """Take the clock (seconds since the epoch) and the address of the registry behind the proxy."""
        self.clock = clock
        self.registry = registry
        self.behaviour = Behaviour()
        self.keys = Keys(clock)
        self.tokens = IssuedTokens(clock)
        self.metadata_tokens: dict[str, float] = {}  # to when each is good
        self._calls: list[Call] = []
        self._lock = threading.Lock()

    def configure(self, *, rotate: bool = False, **changes: object) -> None:
        """Change the behaviour, by the names in `Behaviour`; ValueError for another name or value."""
        with self._lock:
            self.behaviour = self.behaviour.with_changes(changes)
        if rotate:
            self.keys.rotate()

    def reset(self) -> None:
        """Behave as at the start again; keys and tokens that were handed out stay good."""
        self.behaviour = Behaviour()

    def count_calls(self) -> dict[str, int]:
        """Count the requests to each service since the last `forget`, answered or not."""
        counts = Counter(call.service for call in self._copy_calls())
        return {service: counts[service] for service in SERVICES}

    def read_log(self) -> list[dict[str, object]]:
        """List those requests in order: service, operation, host, principal, status (None: not
        answered), and the role that STS was asked for.

        The service is "unknown" where no host of ours was asked.
        """
        return [asdict(call) for call in self._copy_calls()]

    def forget(self) -> None:
        """Empty the log, and with it the counts."""
        with self._lock:
            self._calls = []

    def record_call(self, call: Call) -> None:
        """Take a request into the log when it arrives, so that one without an answer counts too."""
        with self._lock:
            self._calls.append(call)

    def _copy_calls(self) -> list[Call]:
        with self._lock:
            return list(self._calls)
