"""What is measured: one program of ours, and those that it is measured beside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from tests.bench.runner import FRESH

if TYPE_CHECKING:
    from tests.bench.places import Place

REGION = "us-east-1"
HOST = f"123456789012.dkr.ecr.{REGION}.amazonaws.com"


class Program(NamedTuple):
    """A program: how a table calls it, what it is started with, and whether it answers on standard output."""

    name: str
    argv: Sequence[str]
    given: str = ""
    environment: Mapping[str, str] = {}
    answers: bool = True


class Rival(NamedTuple):
    """A program to be measured beside, and the ratio of ours to it that we promise."""

    program: Program
    at_most: float


class Scene(NamedTuple):
    """Programs that take turns. rounds: for each run that is asked for; calls: how often a round asks ECR."""

    name: str
    ours: Program
    rivals: Sequence[Rival]
    rounds: int
    calls: int


def hit(place: Place) -> Scene:
    """A token is at hand."""
    bare = Program("`python -I -c pass`", [place.python, "-I", "-c", "pass"], answers=False)
    rivals = [Rival(bare, 1.15)]
    if place.incumbent:
        argv = ["docker-credential-ecr-login", "get"]
        rivals.append(Rival(Program("`docker-credential-ecr-login get`, its cache warm", argv, HOST), 1.0))
    return Scene("a hit", Program("ours", ["docker-credential-ecr", "get"], HOST), rivals, rounds=10, calls=0)


def miss(place: Place) -> Scene:
    """AWS is asked for a token, which goes into a cache that is empty each time."""
    ours = Program("ours", ["docker-credential-ecr", "get"], HOST, {"AWS_ECR_CACHE_DIR": FRESH})
    command_line = [place.aws, "ecr", "get-login-password", "--region", REGION]
    obvious = [place.python, "-I", f"{place.checkout}/tests/bench/obvious.py"]
    rivals = [
        Rival(Program("`aws ecr get-login-password`", command_line), 0.55),
        Rival(Program("the obvious lines of boto3", obvious), 0.8),
    ]
    return Scene("a miss", ours, rivals, rounds=1, calls=3)


SCENES = {"hit": hit, "miss": miss}
