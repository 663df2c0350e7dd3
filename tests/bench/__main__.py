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
        place.cloud.tell(delay={"metadata": METADATA_SECONDS})
        _print(report.HEAD)
        for name in SCENES if options.scene == "all" else [options.scene]:
            scene = SCENES[name](place)
            _measure(scene, place, 1)  # from here on disks and caches are warm
            _print(*report.rows(scene, _measure(scene, place, options.runs * scene.rounds)))
        _print("", report.caption(place))


def _measure(scene: Scene, place: Place, rounds: int) -> Figures:
    """Let the programs of a scene take turns. A hit that was a miss, or a miss that was a hit, is an error."""
    programs = [scene.ours, *(rival.program for rival in scene.rivals)]
    plan = {"rounds": rounds, "programs": [program._asdict() for program in programs]}
    place.cloud.forget()
    said = place.run(["python3", "-I", f"{place.checkout}/tests/bench/runner.py"], json.dumps(plan))
    calls = place.cloud.calls().get("ecr", 0)
    expected = scene.calls * (rounds + 1)  # one more for the memory
    if rounds > 1 and calls != expected:
        sys.exit(f"{scene.name}: ECR was asked {calls} times, and not {expected}")
    figures: Figures = json.loads(said)
    return figures


def _print(*lines: str) -> None:
    print(*lines, sep="\n", flush=True)  # noqa: T201  (what this program is for)


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=tests.bench.__doc__)
    parser.add_argument("scene", nargs="?", choices=[*SCENES, "all"], default="all", help="what to measure")
    parser.add_argument("--runs", type=int, default=RUNS, help="how often a miss is run (default: %(default)s)")
    return parser


if __name__ == "__main__":
    main(sys.argv[1:])
