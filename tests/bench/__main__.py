"""The command line: measures, and prints the tables."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import tests.bench
from tests.bench import report
from tests.bench.logins import LOGINS
from tests.bench.outages import OUTAGES
from tests.bench.places import prepared
from tests.bench.runner import ANSWERED
from tests.bench.scenes import ECR, PATIENCE

if TYPE_CHECKING:
    from tests.bench.outages import Outage
    from tests.bench.places import Place
    from tests.bench.report import Figures
    from tests.bench.scenes import Program, Scene

SCENES = {**ECR, **LOGINS}
RUNS = 40  # of a miss; a hit takes a twentieth of its time and has ten times as many, a herd a quarter
METADATA_SECONDS = 0.001  # about what an instance's own takes to answer


def main(arguments: Sequence[str]) -> None:
    """Measure what the arguments name, and print it."""
    options = _options().parse_args(arguments)
    wanted = options.what or [*SCENES, *OUTAGES]
    scenes = [SCENES[name] for name in SCENES if name in wanted]
    outages = [OUTAGES[name] for name in OUTAGES if name in wanted]
    with prepared() as place:
        if scenes:
            _print(report.HEAD)
        for scene in (make(place) for make in scenes):
            if scene.rivals:
                _print(*report.rows(scene, _measure(scene, place, options.runs)))
        if outages and place.incumbent:
            _print("", report.OUTAGES)
            for outage in outages:
                _print(report.outage(outage, _suffer(outage, place, options.patience)))
        _print("", report.caption(place))


def _measure(scene: Scene, place: Place, runs: int) -> Figures:
    """Let the programs of a scene take turns. A hit that was a miss, or a miss that was a hit, is an error."""
    _tell_delays(place, scene.delays)
    for command in scene.before:
        place.run(command, "")
    _run(scene.programs, place)  # from here on disks and caches are warm
    rounds = max(1, round(runs * scene.rounds))
    if scene.calls is None:
        return _count(scene, place, rounds)
    place.cloud.forget()
    figures = _run(scene.programs, place, rounds, memory=scene.memory)
    calls, expected = place.cloud.calls()["ecr"], scene.calls * (rounds + scene.memory)
    if calls != expected:
        sys.exit(f"{scene.name}: ECR was asked {calls} times, and not {expected}")
    return figures


def _count(scene: Scene, place: Place, rounds: int) -> Figures:
    """Measure each run by itself: nothing else tells the calls of one program from those of another."""
    figures: dict[str, dict[str, Any]] = {program.name: {"seconds": [], "calls": []} for program in scene.programs}
    for program in scene.programs * rounds:
        place.cloud.forget()
        figures[program.name]["seconds"] += _run([program], place)[program.name]["seconds"]
        figures[program.name]["calls"].append(place.cloud.calls()["ecr"])
    return figures


def _tell_delays(place: Place, delays: Mapping[str, float]) -> None:
    place.cloud.tell(delay={"metadata": METADATA_SECONDS, **delays})


def _suffer(outage: Outage, place: Place, patience: float) -> Figures:
    _tell_delays(place, {})
    programs = outage.programs(patience)
    _run([program._replace(outcome=ANSWERED) for program in programs], place)
    with outage.cause(place):
        return _run(programs, place)


def _run(programs: Sequence[Program], place: Place, rounds: int = 1, *, memory: bool = False) -> Figures:
    """Run each program once a round. One that does not end as it is to is an error."""
    plan = {"rounds": rounds, "programs": [program._asdict() for program in programs], "memory": memory}
    said = place.run(["python3", "-I", f"{place.checkout}/tests/bench/runner.py"], json.dumps(plan))
    figures: Figures = json.loads(said)
    for program in programs:
        outcomes = set(figures[program.name]["outcomes"])
        if program.outcome is not None and outcomes != {program.outcome}:
            sys.exit(f"{program.name}: {', '.join(sorted(outcomes))}, and not {program.outcome}")
    return figures


def _print(*lines: str) -> None:
    print(*lines, sep="\n", flush=True)  # noqa: T201  (what this program is for)


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=tests.bench.__doc__)
    known = ", ".join([*SCENES, *OUTAGES])
    parser.add_argument("what", nargs="*", type=_known, help=f"what to measure: {known} (default: all of it)")
    parser.add_argument("--runs", type=int, default=RUNS, help="how often a miss is run (default: %(default)s)")
    patience = "seconds after which the incumbent is killed in an outage (default: %(default)s)"
    parser.add_argument("--patience", type=float, default=PATIENCE, help=patience)
    return parser


def _known(name: str) -> str:
    if name not in SCENES and name not in OUTAGES:
        raise argparse.ArgumentTypeError(f"nothing that is measured is called {name}")
    return name


if __name__ == "__main__":
    main(sys.argv[1:])
