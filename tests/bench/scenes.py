"""What is measured: one program of ours, and those that it is measured beside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from tests.bench.runner import ANSWERED, FRESH, SILENT

if TYPE_CHECKING:
    from tests.bench.places import Place

REGION = "us-east-1"
HOST = f"123456789012.dkr.ecr.{REGION}.amazonaws.com"
OURS = ("docker-credential-ecr", "get")
INCUMBENT = ("docker-credential-ecr-login", "get")

PATIENCE = 80.0  # seconds after which a program is ended

COLD = {"AWS_ECR_CACHE_DIR": FRESH}  # where the incumbent looks, too
ALONE = {"AWS_ECR_CACHE_DIR": "~/alone"}
CROWDED = {"AWS_ECR_CACHE_DIR": "~/crowded"}
RULED = {"CREDHELPER_CONFIG": "~/rules.toml"}
HERD = 50


class Program(NamedTuple):
    """A program: how a table calls it, what it is started with, and what is to come of it (None: whatever it may be).

    `at_once` of it are started together. One that has not ended after so many seconds of `patience` is killed.
    """

    name: str
    argv: Sequence[str]
    given: str = ""
    environment: Mapping[str, str] = {}
    outcome: str | None = ANSWERED
    at_once: int = 1
    patience: float = PATIENCE


class Rival(NamedTuple):
    """A program to be measured beside, and the ratio of ours to it that we promise, if we do."""

    program: Program
    at_most: float | None


class Scene(NamedTuple):
    """Programs that take turns, so many rounds for each run that is asked for, and one at least.

    `calls` is how often a round asks ECR; None where that is to be measured too, as is the peak of their memory with
    `memory`. `before` are commands that set the scene, `delays` the seconds before a service answers.
    """

    name: str
    ours: Program
    rivals: Sequence[Rival]
    rounds: float = 1
    calls: int | None = 0
    memory: bool = False
    before: Sequence[Sequence[str]] = ()
    delays: Mapping[str, float] = {}

    @property
    def programs(self) -> list[Program]:
        """All that are measured."""
        return [self.ours, *(rival.program for rival in self.rivals)]


def hit(place: Place) -> Scene:
    """A token is at hand."""
    bare = Program("`python -I -c pass`", [place.python, "-I", "-c", "pass"], outcome=SILENT)
    rivals = [Rival(bare, 1.15)]
    if place.incumbent:
        rivals.append(Rival(Program("`docker-credential-ecr-login get`, its cache warm", INCUMBENT, HOST), 1.0))
    return Scene("a hit", Program("ours", OURS, HOST), rivals, rounds=10, memory=True)


def crowded_hit(place: Place) -> Scene:
    """A token is at hand, in a folder that is full."""
    rivals = [Rival(Program("a hit in a folder with one entry", OURS, HOST, ALONE), 1.05)]
    ours = Program("ours", OURS, HOST, CROWDED)
    return Scene("a hit among 10,000 entries", ours, rivals, rounds=10, before=_crowd(place))


def ruled_hit(place: Place) -> Scene:
    """A token is at hand, and the settings are long."""
    write = [place.python, "-I", f"{place.checkout}/tests/bench/rules.py", RULED["CREDHELPER_CONFIG"], HOST]
    rivals = [Rival(Program("a hit without settings", OURS, HOST), 1.05)]
    return Scene("a hit with 200 rules", Program("ours", OURS, HOST, RULED), rivals, rounds=10, before=[write])


def miss(place: Place) -> Scene:
    """AWS is asked for a token, which goes into a cache that is empty each time."""
    command_line = [place.aws, "ecr", "get-login-password", "--region", REGION]
    obvious = [place.python, "-I", f"{place.checkout}/tests/bench/obvious.py"]
    rivals = [
        Rival(Program("`aws ecr get-login-password`", command_line), 0.55),
        Rival(Program("the obvious lines of boto3", obvious), 0.8),
    ]
    return Scene("a miss", Program("ours", OURS, HOST, COLD), rivals, calls=3, memory=True)


def crowded_miss(place: Place) -> Scene:
    """AWS is asked for a token, which goes into a folder that is full: none there can be lent, one has to go."""
    another = {"CREDHELPER_ANOTHER": FRESH}  # any variable of this kind selects an identity
    rivals = [Rival(Program("a miss in an empty folder", OURS, HOST, {**COLD, **another}), None)]
    ours = Program("ours", OURS, HOST, {**CROWDED, **another})
    return Scene("a miss among 10,000 entries", ours, rivals, calls=2, before=_crowd(place))


def herd(place: Place) -> Scene:
    """Many processes find no token at the same time."""
    ours = Program("ours", OURS, HOST, COLD, at_once=HERD)
    incumbent = Program(f"{HERD} of `docker-credential-ecr-login get`", INCUMBENT, HOST, COLD, at_once=HERD)
    rivals = [Rival(incumbent, None)] if place.incumbent else []
    return Scene(f"{HERD} cold processes at once", ours, rivals, rounds=0.25, calls=None)


def patient_herd(place: Place) -> Scene:
    """The same, where no answer of ECR comes before all of them could have asked."""
    scene = herd(place)
    return scene._replace(name=f"{scene.name}, and ECR takes a second", delays={"ecr": 1})


def _crowd(place: Place) -> list[list[str]]:
    """Give the commands that fill the folder; HOST needs an entry in it first."""
    crowded = ["env", *(f"{name}={value}" for name, value in CROWDED.items())]
    bought = [*crowded, OURS[0], "refresh", HOST]
    return [bought, [*crowded, place.python, "-I", f"{place.checkout}/tests/bench/crowd.py", HOST]]


ECR = {
    "hit": hit,
    "crowded-hit": crowded_hit,
    "ruled-hit": ruled_hit,
    "miss": miss,
    "crowded-miss": crowded_miss,
    "herd": herd,
    "patient-herd": patient_herd,
}
