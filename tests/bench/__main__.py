"""The command line: measures, and prints the table."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import tests.bench
from tests.bench import report
from tests.bench.places import prepared
from tests.bench.scenes import SCENES

if TYPE_CHECKING:
    from tests.bench.places import Place
    from tests.bench.report import Figures
    from tests.bench.scenes import Scene

RUNS = 40  # of a miss; a hit takes a twentieth of its time and has ten times as many: two minutes in all
METADATA_SECONDS = 0.001  # about what an instance's own takes to answer


def main(arguments: Sequence[str]) -> None:
    """Measure what the arguments name, and print it."""
    options = _options().parse_args(arguments)
    with prepared() as place:
        _tell(place)
        _print(report.HEAD)
        for name in options.scene or SCENES:
            scene = SCENES[name](place)
            if scene.rivals:
                _print(*report.rows(scene, _figures(scene, place, options.runs)))
        _print("", report.caption(place))


def _figures(scene: Scene, place: Place, runs: int) -> Figures:
    if scene.rounds:
        _measure(scene, place, 1)  # from here on disks and caches are warm
        return _measure(scene, place, runs * scene.rounds)
    for program in (scene.ours, *(rival.program for rival in scene.rivals)):
        place.run(program.argv, program.given)  # now each has a token
    place.cloud.tell(**scene.told)
    try:
        return _measure(scene, place, 1)
    finally:
        place.cloud.reset()
        _tell(place)


def _tell(place: Place) -> None:
    place.cloud.tell(delay={"metadata": METADATA_SECONDS})


def _measure(scene: Scene, place: Place, rounds: int) -> Figures:
    """Let the programs of a scene take turns. A hit that was a miss, or a miss that was a hit, is an error."""
    programs = [scene.ours, *(rival.program for rival in scene.rivals)]
    plan = {"rounds": rounds, "programs": [program._asdict() for program in programs], "memory": scene.memory}
    place.cloud.forget()
    said = place.run(["python3", "-I", f"{place.checkout}/tests/bench/runner.py"], json.dumps(plan))
    calls = place.cloud.calls().get("ecr", 0)
    expected = calls if scene.calls is None else scene.calls * (rounds + scene.memory)
    if rounds > 1 and calls != expected:
        sys.exit(f"{scene.name}: ECR was asked {calls} times, and not {expected}")
    figures: Figures = json.loads(said)
    return figures


def _print(*lines: str) -> None:
    print(*lines, sep="\n", flush=True)  # noqa: T201  (what this program is for)


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=tests.bench.__doc__)
    parser.add_argument("scene", nargs="*", help=f"what to measure: {', '.join(SCENES)} (default: all of it)")
    parser.add_argument("--runs", type=int, default=RUNS, help="how often a miss is run (default: %(default)s)")
    return parser


if __name__ == "__main__":
    main(sys.argv[1:])
