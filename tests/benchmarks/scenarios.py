"""What is measured: one program of ours, and those that it is measured beside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from tests.benchmarks.runner import ANSWERED, FRESH, SILENT

if TYPE_CHECKING:
    from tests.benchmarks.machines import Machine

REGION = "us-east-1"
HOST = f"123456789012.dkr.ecr.{REGION}.amazonaws.com"
OURS = ("docker-credential-ecr", "get")
INCUMBENT = ("docker-credential-ecr-login", "get")

TIMEOUT = 80.0  # seconds after which a program is ended

COLD_ENV = {"AWS_ECR_CACHE_DIR": FRESH}  # where the incumbent looks, too
ALONE_ENV = {"AWS_ECR_CACHE_DIR": "~/alone"}
CROWDED_ENV = {"AWS_ECR_CACHE_DIR": "~/crowded"}
RULED_ENV = {"CREDHELPER_CONFIG": "~/rules.toml"}
HERD = 50


class Program(NamedTuple):
    """A program: how a table calls it, what it is started with, and what is to come of it (None: whatever it may be).

    `process_count` of it are started together. One that has not ended after so many seconds of `timeout` is killed.
    """

    name: str
    argv: Sequence[str]
    stdin: str = ""
    environment: Mapping[str, str] = {}
    outcome: str | None = ANSWERED
    process_count: int = 1
    timeout: float = TIMEOUT


class Rival(NamedTuple):
    """A program to be measured beside, and the ratio of ours to it that we promise, if we do."""

    program: Program
    max_ratio: float | None


class Scenario(NamedTuple):
    """Programs that take turns, so many rounds for each run that is asked for, and one at least.

    `calls` is how often a round asks ECR; None where that is to be measured too, as is the peak of their memory with
    `memory`. `setup_commands` are commands that set the scene, `delays` the seconds before a service answers.
    """

    name: str
    ours: Program
    rivals: Sequence[Rival]
    rounds: float = 1
    calls: int | None = 0
    memory: bool = False
    setup_commands: Sequence[Sequence[str]] = ()
    delays: Mapping[str, float] = {}

    @property
    def programs(self) -> list[Program]:
        """All that are measured."""
        return [self.ours, *(rival.program for rival in self.rivals)]


def build_hit(machine: Machine) -> Scenario:
    """Return the scenario of a cached token."""
    bare = Program("`python -I -c pass`", [machine.python, "-I", "-c", "pass"], outcome=SILENT)
    rivals = [Rival(bare, 1.15)]
    if machine.incumbent:
        rivals.append(Rival(Program("`docker-credential-ecr-login get`, its cache warm", INCUMBENT, HOST), 1.0))
    return Scenario("a hit", Program("ours", OURS, HOST), rivals, rounds=10, memory=True)


def build_crowded_hit(machine: Machine) -> Scenario:
    """Return the scenario of a cached token among many entries."""
    rivals = [Rival(Program("a hit in a directory with one entry", OURS, HOST, ALONE_ENV), 1.05)]
    ours = Program("ours", OURS, HOST, CROWDED_ENV)
    return Scenario("a hit among 10,000 entries", ours, rivals, rounds=10, setup_commands=_fill_commands(machine))


def build_ruled_hit(machine: Machine) -> Scenario:
    """Return the scenario of a cached token with many rules."""
    write = [
        machine.python,
        "-I",
        f"{machine.checkout}/tests/benchmarks/rules.py",
        RULED_ENV["CREDHELPER_CONFIG"],
        HOST,
    ]
    rivals = [Rival(Program("a hit without settings", OURS, HOST), 1.05)]
    return Scenario(
        "a hit with 200 rules", Program("ours", OURS, HOST, RULED_ENV), rivals, rounds=10, setup_commands=[write]
    )


def build_miss(machine: Machine) -> Scenario:
    """AWS is asked for a token, which goes into a cache that is empty each time."""
    command_line = [machine.aws, "ecr", "get-login-password", "--region", REGION]
    obvious = [machine.python, "-I", f"{machine.checkout}/tests/benchmarks/obvious.py"]
    rivals = [
        Rival(Program("`aws ecr get-login-password`", command_line), 0.55),
        Rival(Program("the obvious lines of boto3", obvious), 0.8),
    ]
    return Scenario("a miss", Program("ours", OURS, HOST, COLD_ENV), rivals, calls=3, memory=True)


def build_crowded_miss(machine: Machine) -> Scenario:
    """AWS is asked for a token, with a full cache: no entry is in its scope, and one has to be removed."""
    extra = {"CREDHELPER_ANOTHER": FRESH}  # any variable of this kind selects an identity
    rivals = [Rival(Program("a miss in an empty directory", OURS, HOST, {**COLD_ENV, **extra}), None)]
    ours = Program("ours", OURS, HOST, {**CROWDED_ENV, **extra})
    return Scenario("a miss among 10,000 entries", ours, rivals, calls=2, setup_commands=_fill_commands(machine))


def build_herd(machine: Machine) -> Scenario:
    """Many processes find no token at the same time."""
    ours = Program("ours", OURS, HOST, COLD_ENV, process_count=HERD)
    incumbent = Program(f"{HERD} of `docker-credential-ecr-login get`", INCUMBENT, HOST, COLD_ENV, process_count=HERD)
    rivals = [Rival(incumbent, None)] if machine.incumbent else []
    return Scenario(f"{HERD} cold processes at once", ours, rivals, rounds=0.25, calls=None)


def build_patient_herd(machine: Machine) -> Scenario:
    """Return the same scenario with an ECR that answers only after all processes could have called it."""
    scenario = build_herd(machine)
    return scenario._replace(name=f"{scenario.name}, and ECR takes a second", delays={"ecr": 1})


def _fill_commands(machine: Machine) -> list[list[str]]:
    """Give the commands that fill the folder; HOST needs an entry in it first."""
    environment_command = ["env", *(f"{name}={value}" for name, value in CROWDED_ENV.items())]
    refresh_command = [*environment_command, OURS[0], "refresh", HOST]
    return [
        refresh_command,
        [*environment_command, machine.python, "-I", f"{machine.checkout}/tests/benchmarks/crowd.py", HOST],
    ]


ECR = {
    "hit": build_hit,
    "crowded-hit": build_crowded_hit,
    "ruled-hit": build_ruled_hit,
    "miss": build_miss,
    "crowded-miss": build_crowded_miss,
    "herd": build_herd,
    "patient-herd": build_patient_herd,
}
