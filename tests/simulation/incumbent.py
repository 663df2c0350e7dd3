"""An instance with amazon-ecr-credential-helper 0.12, modelled after its source code.

For each registry, it uses a token for half of its lifetime, and then refreshes it synchronously, without jitter. Its
cache is keyed by the access key ID, so that each rotation of the role's keys is a miss. After a failure, it uses the
token in the cache for that key and registry, expired or not. Its cache loses entries when processes write at once; the
cache of this model does not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.simulation.ecr import Outcome

if TYPE_CHECKING:
    from random import Random

    from tests.simulation.ecr import Ecr
    from tests.simulation.simulation import Process, Simulation

TOKEN_LIFETIME = 12 * 3600
ROTATION = (5.5 * 3600, 6.5 * 3600)  # seconds between two rotations of the role's keys

_CONNECT_TIMEOUT, _MAX_ATTEMPTS = 30.0, 3  # the defaults of the AWS SDK for Go, version 2


class Instance:
    """One machine, with one role and a cache of its own."""

    def __init__(self, simulation: Simulation, ecr: Ecr, rng: Random) -> None:
        self._simulation = simulation
        self._ecr = ecr
        self._rng = rng
        self._issued_at: dict[int, float] = {}  # for each registry, with the current key
        self._rotates_at = float("inf")

    def get(self, registry: int) -> Process[bool]:
        """Answer a client; return False if it cannot pull with the answer."""
        self._rotate()
        issued_at = self._issued_at.get(registry)
        if issued_at is not None and self._simulation.now < issued_at + TOKEN_LIFETIME / 2:
            return True
        outcome = yield from self._ecr.request_with_retries(_CONNECT_TIMEOUT, _MAX_ATTEMPTS, self._backoff)
        if outcome is Outcome.GRANTED:
            self._issued_at[registry] = self._simulation.now
            return True
        return issued_at is not None and self._simulation.now < issued_at + TOKEN_LIFETIME

    def _rotate(self) -> None:
        """Discard the tokens when the role's key was rotated; the first key is issued at launch."""
        if self._rotates_at == float("inf"):
            self._rotates_at = self._simulation.now + self._rng.uniform(*ROTATION)
        while self._rotates_at <= self._simulation.now:
            self._issued_at.clear()
            self._rotates_at += self._rng.uniform(*ROTATION)

    def _backoff(self, outcome: Outcome, failures: int) -> float:
        """Return the SDK's backoff in seconds, which is the same for all failures."""
        return self._rng.random() * min(2.0**failures, 20)
