"""What one purchase may have of another one's: nothing, where the identity is another."""

from __future__ import annotations

import os

import pytest

from credhelper import fingerprint
from credhelper.cache.token_cache import TokenCache
from credhelper.clock import Instant
from credhelper.ecr.registry import Registry
from credhelper.ecr.target import Target, TokenOptions
from credhelper.errors import HelperError
from credhelper.system.deadline import Progress
from credhelper.tokens.fetch import TokenFetch
from tests.clocks import FrozenClock

REGISTRY = Registry("123456789012", "us-east-1")
ACCESS = TokenOptions()
SECRETS: list[tuple[dict[str, str], TokenOptions]] = [
    ({}, ACCESS),
    ({"AWS_CONTAINER_AUTHORIZATION_TOKEN": "one"}, ACCESS),
    ({"AWS_CONTAINER_AUTHORIZATION_TOKEN": "two"}, ACCESS),
    ({"AWS_NEW": "one"}, ACCESS),
    ({"HTTPS_PROXY": "http://user:one@proxy:3128"}, ACCESS),
    ({}, ACCESS._replace(external_id="one")),
    ({}, ACCESS._replace(external_id="two")),
    ({}, ACCESS._replace(proxy="http://user:one@proxy:3128")),
    ({}, ACCESS._replace(proxy="http://user:two@proxy:3128")),
]


def purchase(environ: dict[str, str], access: TokenOptions = ACCESS) -> TokenFetch:
    target = Target(REGISTRY.host, REGISTRY, access)
    clock = FrozenClock(Instant(1_800_000_000, fingerprint.read_boot_id(), 1000))
    return TokenFetch(target, TokenCache({"HOME": os.environ["HOME"], **environ}), clock, Progress(), throttled)  # type: ignore[arg-type]


def throttled(*_: object) -> None:
    raise HelperError("throttled", "it failed", "try again")


def fail(environ: dict[str, str], access: TokenOptions) -> None:
    with pytest.raises(HelperError):
        purchase(environ, access).fetch(lambda _: True, 15)


@pytest.mark.parametrize("mine", range(len(SECRETS)))
def test_a_failure_is_shared_with_the_same_identity_alone(mine: int) -> None:
    fail(*SECRETS[mine])
    sharing = [index for index, other in enumerate(SECRETS) if purchase(*other).recent_failure() is not None]
    assert sharing == [mine]
