"""The command line: measures, and prints the tables."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import tests.benchmarks
from tests.benchmarks import report
from tests.benchmarks.logins import LOGINS
from tests.benchmarks.machines import prepare_machine
from tests.benchmarks.outages import OUTAGES
from tests.benchmarks.runner import ANSWERED
from tests.benchmarks.scenarios import ECR, TIMEOUT

if TYPE_CHECKING:
    from tests.benchmarks.machines import Machine
    from tests.benchmarks.outages import Outage
    from tests.benchmarks.report import Figures
    from tests.benchmarks.scenarios import Program, Scenario

SCENARIOS = {**ECR, **LOGINS}
RUNS = 40  # of a miss; a hit takes a twentieth of its time and has ten times as many, a herd a quarter
METADATA_SECONDS = 0.001  # about what an instance's own takes to answer


def main(arguments: Sequence[str]) -> None:
    """Measure what the arguments name, and print it."""
    options = _build_parser().parse_args(arguments)
    names = options.name or [*SCENARIOS, *OUTAGES]
    scenarios = [SCENARIOS[name] for name in SCENARIOS if name in names]
    outages = [OUTAGES[name] for name in OUTAGES if name in names]
    with prepare_machine() as machine:
        if scenarios:
            _print(report.HEAD)
        for scenario in (make(machine) for make in scenarios):
            if scenario.rivals:
                _print(*report.format_rows(scenario, _measure_scenario(scenario, machine, options.runs)))
        if outages and machine.incumbent:
            _print("", report.OUTAGES)
            for outage in outages:
                _print(report.format_outage(outage, _measure_outage(outage, machine, options.patience)))
        _print("", report.format_caption(machine))


def _measure_scenario(scenario: Scenario, machine: Machine, runs: int) -> Figures:
    """Let the programs of a scene take turns. A hit that was a miss, or a miss that was a hit, is an error."""
    _configure_delays(machine, scenario.delays)
    for command in scenario.setup_commands:
        machine.run(command, "")
    _run_programs(scenario.programs, machine)  # from here on disks and caches are warm
    rounds = max(1, round(runs * scenario.rounds))
    if scenario.calls is None:
        return _measure_each_run(scenario, machine, rounds)
    machine.cloud.forget()
    figures = _run_programs(scenario.programs, machine, rounds, memory=scenario.memory)
    calls, expected = machine.cloud.count_calls()["ecr"], scenario.calls * (rounds + scenario.memory)
    if calls != expected:
        sys.exit(f"{scenario.name}: ECR was asked {calls} times, and not {expected}")
    return figures


def _measure_each_run(scenario: Scenario, machine: Machine, rounds: int) -> Figures:
    """Measure each run separately, since the calls of the programs cannot be distinguished otherwise."""
    figures: dict[str, dict[str, Any]] = {program.name: {"seconds": [], "calls": []} for program in scenario.programs}
    for program in scenario.programs * rounds:
        machine.cloud.forget()
        figures[program.name]["seconds"] += _run_programs([program], machine)[program.name]["seconds"]
        figures[program.name]["calls"].append(machine.cloud.count_calls()["ecr"])
    return figures


def _configure_delays(machine: Machine, delays: Mapping[str, float]) -> None:
    machine.cloud.configure(delay={"metadata": METADATA_SECONDS, **delays})


def _measure_outage(outage: Outage, machine: Machine, timeout: float) -> Figures:
    _configure_delays(machine, {})
    programs = outage.programs(timeout)
    _run_programs([program._replace(outcome=ANSWERED) for program in programs], machine)
    with outage.cause(machine):
        return _run_programs(programs, machine)


def _run_programs(programs: Sequence[Program], machine: Machine, rounds: int = 1, *, memory: bool = False) -> Figures:
    """Run each program once a round. One that does not end as it is to is an error."""
    plan = {"rounds": rounds, "programs": [program._asdict() for program in programs], "memory": memory}
    output = machine.run(["python3", "-I", f"{machine.checkout}/tests/benchmarks/runner.py"], json.dumps(plan))
    figures: Figures = json.loads(output)
    for program in programs:
        outcomes = set(figures[program.name]["outcomes"])
        if program.outcome is not None and outcomes != {program.outcome}:
            sys.exit(f"{program.name}: {', '.join(sorted(outcomes))}, and not {program.outcome}")
    return figures


def _print(*lines: str) -> None:
    print(*lines, sep="\n", flush=True)  # noqa: T201  (what this program is for)


def _build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=tests.benchmarks.__doc__)
    names = ", ".join([*SCENARIOS, *OUTAGES])
    parser.add_argument("name", nargs="*", type=_parse_name, help=f"what to measure: {names} (default: all of it)")
    parser.add_argument("--runs", type=int, default=RUNS, help="how often a miss is run (default: %(default)s)")
    help_text = "seconds after which the incumbent is killed in an outage (default: %(default)s)"
    parser.add_argument("--patience", type=float, default=TIMEOUT, help=help_text)
    return parser


def _parse_name(name: str) -> str:
    if name not in SCENARIOS and name not in OUTAGES:
        raise argparse.ArgumentTypeError(f"nothing that is measured is called {name}")
    return name


if __name__ == "__main__":
    main(sys.argv[1:])
