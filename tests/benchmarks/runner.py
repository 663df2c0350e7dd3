"""Runs programs in turns and times them. It runs beside them: how a machine is entered is not in its figures.

Reads JSON, {"rounds": how many, "programs": [see scenes.Program, as an object], "memory": whether it is wanted};
prints for each program, by its name, the seconds of each run and what came of it, and the peak of its memory.
Standard library only, and started by its path.
"""

from __future__ import annotations

import itertools
import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

PEAK = Path(__file__).with_name("peak.py")
GATE_SCRIPT = 'read -r _ <&3; exec "$@" 3<&-'  # a pipe that ends
FRESH = "{fresh}"  # in a variable's value: an empty folder, another one each run

Ends = list[tuple[int, int]]  # what a program is to have as standard input and output

ANSWERED, SILENT, FAILED, KILLED = "answered", "silent", "failed", "ended"  # what can come of a run


def main() -> None:
    """Do what standard input says."""
    plan = json.load(sys.stdin)
    with tempfile.TemporaryDirectory() as directory:
        json.dump(measure(plan["programs"], plan["rounds"], directory, memory=plan["memory"]), sys.stdout)


def measure(programs: list[dict[str, Any]], rounds: int, directory: str, *, memory: bool) -> dict[str, dict[str, Any]]:
    """Return {name: {"seconds": [of each round], "outcomes": [the same], "peak": bytes, if memory is measured}}.

    The programs write into `directory`.
    """
    measured: dict[str, dict[str, Any]] = {program["name"]: {"seconds": [], "outcomes": []} for program in programs}
    # In all orders alike: what ran before leaves its mark on the machine's caches.
    for order in itertools.islice(itertools.cycle(itertools.permutations(programs)), rounds):
        for program in order:
            seconds, outcome = run_program(program, directory)
            measured[program["name"]]["seconds"].append(seconds)
            measured[program["name"]]["outcomes"].append(outcome)
    for program in programs if memory else ():
        measured[program["name"]]["peak"] = measure_peak(program, directory)
    return measured


def run_program(program: dict[str, Any], directory: str) -> tuple[float, str]:
    """Run a program as Docker does, or several processes at once: by its name on PATH, with the host on a pipe.

    Return the seconds until all have ended, and each outcome once.
    """
    environment = _build_environment(program, directory)
    inputs = [_create_pipe(program["stdin"]) for _ in range(program["process_count"])]
    outputs = [os.pipe() for _ in inputs]
    ends = [(read_end, write) for read_end, (_, write) in zip(inputs, outputs)]
    start = _start_at_once if len(ends) > 1 else _start_all
    started_at, children = start(program["argv"], environment, ends)
    statuses = [_wait_for_child(child, started_at + program["timeout"]) for child in children]
    seconds = time.perf_counter() - started_at
    outcomes = {_classify(status, _read_pipe(*pipe)) for status, pipe in zip(statuses, outputs)}
    for read_end in inputs:
        os.close(read_end)
    return seconds, ", ".join(sorted(outcomes))


def _start_all(argv: list[str], environment: dict[str, str], ends: Ends, *inherited: int) -> tuple[float, list[int]]:
    """Start a program for each pair of standard input and output; give when the first was, and their numbers."""
    started_at = time.perf_counter()
    children = []
    for pipes in ends:
        actions = [(os.POSIX_SPAWN_DUP2, end, stream) for stream, end in enumerate((*pipes, *inherited))]
        children.append(os.posix_spawnp(argv[0], argv, environment, file_actions=actions))
    return started_at, children


def _start_at_once(argv: list[str], environment: dict[str, str], ends: Ends) -> tuple[float, list[int]]:
    """Run all processes at once: they wait until the last one has started, since they would slow down its start."""
    gate, gate_writer = os.pipe()
    _, children = _start_all(["sh", "-c", GATE_SCRIPT, "sh", *argv], environment, ends, sys.stderr.fileno(), gate)
    os.close(gate)
    started_at = time.perf_counter()
    os.close(gate_writer)
    return started_at, children


def _wait_for_child(child_pid: int, deadline: float) -> int:
    """Give the status of a child when it has ended; at the time `deadline` it is killed."""
    fd = os.pidfd_open(child_pid)
    poller = select.poll()
    poller.register(fd, select.POLLIN)
    if not poller.poll(max(0.0, deadline - time.perf_counter()) * 1e3):
        os.kill(child_pid, signal.SIGKILL)
    os.close(fd)
    return os.waitpid(child_pid, 0)[1]


def _classify(status: int, output: bytes) -> str:
    if os.WIFSIGNALED(status):
        return KILLED
    if status:
        return FAILED
    return ANSWERED if output else SILENT


def measure_peak(program: dict[str, Any], directory: str) -> int:
    """Run a program, and give the most bytes of memory that it had."""
    result = subprocess.run(
        [sys.executable, "-I", "-S", str(PEAK), *program["argv"]],
        env=_build_environment(program, directory),
        input=program["stdin"],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return int(result.stdout)


def _build_environment(program: dict[str, Any], directory: str) -> dict[str, str]:
    fresh = tempfile.mkdtemp(dir=directory)
    return {**os.environ, **{name: value.replace(FRESH, fresh) for name, value in program["environment"].items()}}


def _create_pipe(data: str) -> int:
    """Give the end to be read of a pipe that holds `data`."""
    read_end, write_end = os.pipe()
    os.write(write_end, data.encode())
    os.close(write_end)
    return read_end


def _read_pipe(read_end: int, write_end: int) -> bytes:
    """Give what was written into a pipe, and close it. One read takes it all: an answer is smaller than a pipe."""
    os.close(write_end)
    data = os.read(read_end, 1 << 16)
    os.close(read_end)
    return data


if __name__ == "__main__":
    main()
