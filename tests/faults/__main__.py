"""The command line: plays every scene, and prints the table of docs/faults.md."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

import tests.faults
from tests.faults import incumbent, report
from tests.faults.all import SCENES
from tests.faults.scene import play, unlike
from tests.faults.stage import prepared, stage


def main(arguments: Sequence[str]) -> int:
    """Play the scenes whose fault has the words of `arguments`; exit status 1 if any is not as it should be."""
    parser = argparse.ArgumentParser(prog="python3 -m tests.faults", description=tests.faults.__doc__)
    parser.add_argument("words", nargs="?", default="", help="play only the scenes of the faults with these words")
    words = parser.parse_args(arguments).words
    status = 0
    _print(report.HEAD)
    with prepared() as image:
        for scene in (scene for scene in SCENES if words in scene.fault.name):
            with stage(image, scene.before.hours_ago, docker=scene.docker) as here:
                if scene.rival:
                    incumbent.set_up(here, scene.before.hours_ago)
                outcome = play(scene, here)
                _print(report.row(scene, outcome, incumbent.get(here) if scene.rival else ""))
            for sentence in unlike(scene, outcome):
                sys.stderr.write(f"{scene.fault.name}, {scene.before.name}: {sentence}\n")
                status = 1
    return status


def _print(line: str) -> None:
    print(line, flush=True)  # noqa: T201  (what this program is for)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
