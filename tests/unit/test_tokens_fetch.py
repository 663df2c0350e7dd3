"""A fetch shares nothing with a fetch of another identity."""

from __future__ import annotations

import os
from typing import NoReturn

import pytest

from credhelper import fingerprint
from credhelper.cache.token_cache import TokenCache
from credhelper.clock import Instant
from credhelper.ecr.registry import Registry
from credhelper.ecr.target import Target, TokenOptions
from credhelper.errors import HelperError
from credhelper.settings.rules import Settings
from credhelper.system.context import Context
from credhelper.tokens.fetch import TokenFetch
from tests.support.clocks import FrozenClock

REGISTRY = Registry("123456789012", "us-east-1")
OPTIONS = TokenOptions()
SECRETS: list[tuple[dict[str, str], TokenOptions]] = [
    ({}, OPTIONS),
    ({"AWS_CONTAINER_AUTHORIZATION_TOKEN": "one"}, OPTIONS),
    ({"AWS_CONTAINER_AUTHORIZATION_TOKEN": "two"}, OPTIONS),
    ({"AWS_NEW": "one"}, OPTIONS),
    ({"HTTPS_PROXY": "http://user:one@proxy:3128"}, OPTIONS),
    ({}, OPTIONS._replace(external_id="one")),
    ({}, OPTIONS._replace(external_id="two")),
    ({}, OPTIONS._replace(proxy="http://user:one@proxy:3128")),
    ({}, OPTIONS._replace(proxy="http://user:two@proxy:3128")),
]


def create_fetch(environ: dict[str, str], options: TokenOptions = OPTIONS) -> TokenFetch:
    target = Target(REGISTRY.host, REGISTRY, options)
    clock = FrozenClock(Instant(1_800_000_000, fingerprint.read_boot_id(), 1000))
    context = Context({"HOME": os.environ["HOME"], **environ}, Settings(), clock=clock)
    return TokenFetch(target, context, TokenCache(context), raise_throttled)


def raise_throttled(*_: object) -> NoReturn:
    raise HelperError("throttled", "it failed", "try again")


def fail(environ: dict[str, str], options: TokenOptions) -> None:
    with pytest.raises(HelperError):
        create_fetch(environ, options).fetch(lambda _: True, 15)


@pytest.mark.parametrize("mine", range(len(SECRETS)))
def test_a_failure_is_shared_only_with_the_same_identity(mine: int) -> None:
    fail(*SECRETS[mine])
    sharing = [index for index, other in enumerate(SECRETS) if create_fetch(*other).recent_failure() is not None]
    assert sharing == [mine]


def test_a_run_that_hangs_while_it_loads_botocore_does_not_blame_another_process() -> None:
    token_fetch = create_fetch({})
    steps: list[str] = []
    token_fetch._run_exchange = lambda _, progress: steps.append(progress.describe_hang()) or raise_throttled()  # type: ignore[func-returns-value]  # noqa: SLF001
    with pytest.raises(HelperError):
        token_fetch.fetch(lambda _: True, 15)
    assert steps == ["still loading botocore after 0 seconds"]
