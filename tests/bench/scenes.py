"""What is measured: one program of ours, and those that it is measured beside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from tests.bench.runner import CROWDED, FRESH

if TYPE_CHECKING:
    from tests.bench.places import Place

REGION = "us-east-1"
HOST = f"123456789012.dkr.ecr.{REGION}.amazonaws.com"
OURS = ("docker-credential-ecr", "get")
INCUMBENT = ("docker-credential-ecr-login", "get")
HERD = 50


class Program(NamedTuple):
    """A program: how a table calls it, what it is started with, and whether it answers on standard output.

    `at_once` of it are started together; one that `fails` is expected to, and is ended after `limit` seconds.
    """

    name: str
    argv: Sequence[str]
    given: str = ""
    environment: Mapping[str, str] = {}
    answers: bool = True
    at_once: int = 1
    fails: bool = False
    limit: float = 80


class Rival(NamedTuple):
    """A program to be measured beside, and the ratio of ours to it that we promise."""

    program: Program
    at_most: float


class Scene(NamedTuple):
    """Programs that take turns. rounds: for each run that is asked for, and if 0 one in all; calls: how often a round
    asks ECR, if that can be told; told: what the stand-in is told before; memory: whether its peak is measured too.
    """

    name: str
    ours: Program
    rivals: Sequence[Rival]
    rounds: int
    calls: int | None
    told: Mapping[str, Any] = {}
    memory: bool = False


def hit(place: Place) -> Scene:
    """A token is at hand."""
    bare = Program("`python -I -c pass`", [place.python, "-I", "-c", "pass"], answers=False)
    rivals = [Rival(bare, 1.15)]
    if place.incumbent:
        rivals.append(Rival(Program("`docker-credential-ecr-login get`, its cache warm", INCUMBENT, HOST), 1.0))
    return Scene("a hit", Program("ours", OURS, HOST), rivals, rounds=10, calls=0, memory=True)


def miss(place: Place) -> Scene:
    """AWS is asked for a token, which goes into a cache that is empty each time."""
    ours = Program("ours", OURS, HOST, {"AWS_ECR_CACHE_DIR": FRESH})
    command_line = [place.aws, "ecr", "get-login-password", "--region", REGION]
    obvious = [place.python, "-I", f"{place.checkout}/tests/bench/obvious.py"]
    rivals = [
        Rival(Program("`aws ecr get-login-password`", command_line), 0.55),
        Rival(Program("the obvious lines of boto3", obvious), 0.8),
    ]
    return Scene("a miss", ours, rivals, rounds=1, calls=3, memory=True)


def crowded_hit(_: Place) -> Scene:
    """A token is at hand, in a folder that is full."""
    ours = Program("ours", OURS, HOST, {"AWS_ECR_CACHE_DIR": CROWDED})
    rivals = [Rival(Program("a hit in a folder with one entry", OURS, HOST), 1.05)]
    return Scene("a hit among 10,000 entries", ours, rivals, rounds=10, calls=0)


def crowded_miss(_: Place) -> Scene:
    """AWS is asked, and none of many tokens is this identity's."""
    another = {"AWS_ECR_CACHE_DIR": CROWDED, "CREDHELPER_ANOTHER": FRESH}  # the second selects an identity
    rival = Program("a miss in an empty folder", OURS, HOST, {"AWS_ECR_CACHE_DIR": FRESH})
    scene = "a miss among 10,000 entries"
    return Scene(scene, Program("ours", OURS, HOST, another), [Rival(rival, 1.3)], rounds=1, calls=2)


def herd(place: Place) -> Scene:
    """Many processes find no token at the same time."""
    fresh = {"AWS_ECR_CACHE_DIR": FRESH}
    name = f"{HERD} cold processes at once"
    incumbent = Program(f"{HERD} of `docker-credential-ecr-login get`", INCUMBENT, HOST, fresh, at_once=HERD)
    rivals = [Rival(incumbent, 4.0)] if place.incumbent else []
    return Scene(name, Program("ours", OURS, HOST, fresh, at_once=HERD), rivals, rounds=1, calls=None)


def silent_metadata(place: Place) -> Scene:
    """A token is at hand, and the instance's metadata does not answer."""
    incumbent = Program("`docker-credential-ecr-login get`, which fails", INCUMBENT, HOST, fails=True)
    rivals = [Rival(incumbent, 0.01)] if place.incumbent else []
    return Scene("a hit while metadata is silent", Program("ours", OURS, HOST), rivals, 0, 0, {"metadata": "silent"})


def hung_endpoint(place: Place) -> Scene:
    """No token is at hand, and ECR accepts the connection and is silent."""
    fresh = {"AWS_ECR_CACHE_DIR": FRESH}
    name = "`docker-credential-ecr-login get`, ended after 80 s"
    incumbent = Program(name, INCUMBENT, HOST, fresh, answers=False, fails=True)
    rivals = [Rival(incumbent, 0.2)] if place.incumbent else []
    ours = Program("ours", OURS, HOST, fresh, fails=True)
    return Scene("a miss while ECR is silent, told as such", ours, rivals, 0, 3, {"ecr": "hang"})


SCENES = {
    "hit": hit,
    "crowded-hit": crowded_hit,
    "miss": miss,
    "crowded-miss": crowded_miss,
    "herd": herd,
    "silent-metadata": silent_metadata,
    "hung-endpoint": hung_endpoint,
}
