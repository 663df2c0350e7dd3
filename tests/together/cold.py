"""Trials of processes that find no token: each gives what is to be seen, and is run by the tests and by the command."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.instance.services import Loopback, serve
from tests.together.crowd import HOST, account, crowd, ended, started, stopped, until


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


@contextmanager
def place() -> Iterator[Place]:
    """Give a place that is used for one trial."""
    with serve() as cloud, tempfile.TemporaryDirectory() as home:
        yield Place(cloud, home)


def fifty() -> tuple[int, int, set[int]]:
    """Fifty want one token. Give how many calls they made, how many different answers they got, their statuses."""
    with place() as here:
        done = crowd([HOST] * 50, here.environ)
        return here.calls, len({answer for _, answer in done}), {status for status, _ in done}


def twenty_accounts() -> tuple[int, set[int]]:
    """Twenty accounts of one region. Give how many calls they made, and their statuses."""
    with place() as here:
        done = crowd(map(account, range(20)), here.environ)
        return here.calls, {status for status, _ in done}


def two_regions() -> int:
    """Ten accounts in each of two regions."""
    with place() as here:
        crowd([account(number, region) for number in range(10) for region in ("us-east-1", "eu-west-1")], here.environ)
        return here.calls


def two_identities() -> tuple[int, list[int]]:
    """Two profiles at once, ten times each. Give the calls, and how many different tokens each profile got."""
    with place() as here:
        keys = "[{0}]\naws_access_key_id = AKIA{1}\naws_secret_access_key = x\n"
        folder = Path(here.home, ".aws")
        folder.mkdir()
        (folder / "credentials").write_text(keys.format("a", "A" * 16) + keys.format("b", "B" * 16))
        until(lambda: _is_settled(folder / "credentials"))
        both = [started(HOST, {**here.environ, "AWS_PROFILE": name}) for name in "ab" * 10]
        answers = [answer for _, answer in ended(both)]
        assert not set(answers[::2]) & set(answers[1::2]), "one identity's token was given to the other"
        return here.calls, [len(set(answers[::2])), len(set(answers[1::2]))]


def denied() -> tuple[int, int, set[int], int]:
    """Fifty wait for an exchange that is denied; then one comes for whom it is not. Give the calls, the different
    answers and the statuses of the fifty, and the calls in the end.
    """
    with place() as here:
        here.cloud.tell(ecr="deny", delay={"ecr": 2})
        processes = [started(HOST, here.environ) for _ in range(50)]
        done = ended(processes)
        calls = here.calls
        here.cloud.reset()
        crowd([HOST], here.environ)
        return calls, len({answer for _, answer in done}), {status for status, _ in done}, here.calls


def killed() -> tuple[int, set[int]]:
    """The one that asks is killed while ten wait for it. Give the calls, and the statuses of the ten."""
    with place() as here:
        here.cloud.tell(delay={"ecr": 2})
        first = started(HOST, here.environ)
        until(lambda: here.calls == 1)
        others = [started(HOST, here.environ) for _ in range(10)]
        first.kill()
        first.communicate()
        statuses = {status for status, _ in ended(others)}
        return here.calls, statuses


def stopped_holder() -> tuple[int, set[int]]:
    """The one that asks is stopped while ten wait for it. Give the calls, and the statuses of the ten."""
    with place() as here:
        here.cloud.tell(delay={"ecr": 2})
        first = started(HOST, here.environ)
        until(lambda: here.calls == 1)
        with stopped(first):
            done = crowd([HOST] * 10, here.environ)
            return here.calls, {status for status, _ in done}


def _is_settled(path: Path) -> bool:
    """Whether the kernel's clock of files has ticked on: an entry is not kept whose evidence is younger."""
    probe = path.with_name("probe")
    probe.write_text("")
    return probe.stat().st_ctime_ns > path.stat().st_ctime_ns + 50_000_000
