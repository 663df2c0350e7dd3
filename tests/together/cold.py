"""Trials of processes that find no token: each gives what is to be seen, and is run by the tests and by the command."""

from __future__ import annotations

import json
import subprocess
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from credhelper.cache import setback
from tests.instance.services import Loopback, serve
from tests.together.crowd import (
    HOST,
    account,
    crowd,
    ended,
    idle,
    is_settled,
    is_waiting,
    killed,
    started,
    stopped,
    tell,
    until,
)

_UNDER_WAY = 2.5  # seconds that a call takes for which others wait; less than their patience with who makes it


class Seen(NamedTuple):
    """What came of a crowd: how often it asked ECR, how many different answers it got, and its exit statuses."""

    calls: int
    answers: int
    statuses: frozenset[int]


class Place:
    """A home of its own on a machine whose AWS is the stand-in."""

    def __init__(self, cloud: Loopback, home: str) -> None:
        self.cloud = cloud
        self.home = home
        self.environ: Mapping[str, str] = {"HOME": home, **cloud.environment()}

    @property
    def calls(self) -> int:
        """How often ECR was asked."""
        return self.cloud.calls()["ecr"]

    def seen(self, done: Iterable[tuple[int, bytes]]) -> Seen:
        """Give what came of these processes, and the calls until now."""
        statuses, answers = zip(*done)
        return Seen(self.calls, len(set(answers)), frozenset(statuses))

    @contextmanager
    def asking(self, others: int) -> Iterator[tuple[subprocess.Popen[bytes], list[subprocess.Popen[bytes]]]]:
        """Give the one process that asks ECR for some seconds, and so many others that wait for it."""
        self.cloud.tell(delay={"ecr": _UNDER_WAY})
        crowd = [idle(self.environ) for _ in range(others)]  # so that starting them takes none of those seconds
        first = started(HOST, self.environ)
        until(lambda: self.calls == 1)
        for process in crowd:
            tell(process)
        until(lambda: all(map(is_waiting, crowd)))
        self.cloud.tell(delay={})  # the next call
        assert self.calls == 1
        yield first, crowd


@contextmanager
def place() -> Iterator[Place]:
    """Give a place that is used for one trial."""
    with serve() as cloud, tempfile.TemporaryDirectory() as home:
        yield Place(cloud, home)


def owner(cloud: Loopback, answer: bytes) -> str:
    """Give the ARN that the answer's token was issued to; "nobody" where there is none."""
    token = cloud.tokens.find(_token(answer).decode(), "ecr", "us-east-1")
    return "nobody" if token is None else token.principal


def one_token(processes: int = 50) -> Seen:
    """So many want one token."""
    with place() as here:
        return here.seen(crowd([HOST] * processes, here.environ))


def accounts() -> Seen:
    """Twenty accounts of one region; of an answer, the token counts."""
    with place() as here:
        done = crowd(map(account, range(20)), here.environ)
        return here.seen((status, _token(answer)) for status, answer in done)


def regions() -> Seen:
    """Ten accounts in each of two regions; of an answer, the token counts."""
    with place() as here:
        hosts = [account(number, region) for number in range(10) for region in ("us-east-1", "eu-west-1")]
        return here.seen((status, _token(answer)) for status, answer in crowd(hosts, here.environ))


def identities(*, denied: bool = False) -> tuple[Seen, list[set[str]]]:
    """Two profiles at once, ten times each, of which the first may be `denied`. Give what came of it, and to whom each
    profile's tokens were issued.
    """
    with place() as here:
        here.cloud.tell(policies={"AKIAone": not denied})
        _write_keys(Path(here.home, ".aws"))
        both = [started(HOST, {**here.environ, "AWS_PROFILE": name}) for name in ("one", "two") * 10]
        done = ended(both)
        return here.seen(done), [{owner(here.cloud, answer) for _, answer in done[start::2]} for start in (0, 1)]


def denied(others: int = 49) -> tuple[Seen, Seen]:
    """Many wait for an exchange that is denied. Give what came of them; and, when the policy has been attached, of one
    that comes then.
    """
    with place() as here:
        here.cloud.tell(ecr="deny")
        with here.asking(others) as (first, crowd_):
            seen = here.seen(ended([first, *crowd_]))
        here.cloud.reset()
        here.cloud.forget()
        return seen, here.seen(crowd([HOST], here.environ))


def throttled(others: int = 49) -> tuple[Seen, Seen, bool]:
    """Many wait for an exchange that is throttled (and which tries twice). Give what came of them; and of ten that
    come then, and whether none of these asked within two seconds of it.
    """
    with place() as here:
        here.cloud.tell(ecr="throttle")
        with here.asking(others) as (first, crowd_):
            seen = here.seen(ended([first, *crowd_]))
        here.cloud.reset()
        here.cloud.forget()
        newcomers = [started(HOST, here.environ) for _ in range(10)]
        until(lambda: here.calls > 0)
        held_back = time.time() - _failed_at(here.home) >= 2
        return seen, here.seen(ended(newcomers)), held_back


def holder_killed(others: int = 49) -> Seen:
    """The one that asks is killed while others wait for it. Give what came of the others."""
    with place() as here, here.asking(others) as (first, crowd_):
        killed(first)
        return here.seen(ended(crowd_))


def holder_stopped(others: int = 49) -> Seen:
    """The one that asks is stopped while others wait for it. Give what came of the others."""
    with place() as here, here.asking(others) as (first, crowd_), stopped(first):
        return here.seen(ended(crowd_))


def _token(answer: bytes) -> bytes:
    try:
        return str(json.loads(answer)["Secret"]).encode()
    except ValueError:
        return answer


def _failed_at(home: str) -> float:
    [path] = Path(home, ".cache", "credhelper").glob(".setback-*")
    last = setback.read(str(path))
    assert last is not None
    return last.failed_at.wall


def _write_keys(folder: Path) -> None:
    """Write the keys of two profiles, and wait until an entry that depends on them would be kept."""
    folder.mkdir()
    keys = "[{0}]\naws_access_key_id = AKIA{0}\naws_secret_access_key = x\n"
    path = folder / "credentials"
    path.write_text(keys.format("one") + keys.format("two"))
    until(lambda: is_settled(path))
