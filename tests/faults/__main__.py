"""The command line: plays every scene, and prints the table of docs/faults.md."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

import tests.faults
from tests.faults import incumbent, report
from tests.faults.all import SCENARIOS
from tests.faults.fault_setup import launch_sandbox, prepare_image
from tests.faults.scenario import find_differences, run_scenario


def main(arguments: Sequence[str]) -> int:
    """Play the scenes whose fault has the words of `arguments`; exit status 1 if any is not as it should be."""
    parser = argparse.ArgumentParser(prog="python3 -m tests.faults", description=tests.faults.__doc__)
    parser.add_argument("text", nargs="?", default="", help="play only the scenes of the faults with these words")
    text = parser.parse_args(arguments).text
    status = 0
    _print(report.HEAD)
    with prepare_image() as image:
        for scenario in (scenario for scenario in SCENARIOS if text in scenario.fault.name):
            with launch_sandbox(image, scenario.initial_token.hours_ago, docker=scenario.needs_docker) as sandbox:
                if scenario.with_incumbent:
                    incumbent.set_up(sandbox, scenario.initial_token.hours_ago)
                outcome = run_scenario(scenario, sandbox)
                _print(
                    report.format_row(scenario, outcome, incumbent.run_get(sandbox) if scenario.with_incumbent else "")
                )
            for message in find_differences(scenario, outcome):
                sys.stderr.write(f"{scenario.fault.name}, {scenario.initial_token.name}: {message}\n")
                status = 1
    return status


def _print(line: str) -> None:
    print(line, flush=True)  # noqa: T201  (what this program is for)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
