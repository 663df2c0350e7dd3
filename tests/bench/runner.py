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
GATE = 'read -r _ <&3; exec "$@" 3<&-'  # a pipe that ends
FRESH = "{fresh}"  # in a variable's value: an empty folder, another one each run

Ends = list[tuple[int, int]]  # what a program is to have as standard input and output

ANSWERED, SILENT, FAILED, ENDED = "answered", "silent", "failed", "ended"  # what can come of a run


def main() -> None:
    """Do what standard input says."""
    plan = json.load(sys.stdin)
    with tempfile.TemporaryDirectory() as folder:
        json.dump(measure(plan["programs"], plan["rounds"], folder, memory=plan["memory"]), sys.stdout)


def measure(programs: list[dict[str, Any]], rounds: int, folder: str, *, memory: bool) -> dict[str, dict[str, Any]]:
    """Give {name: {"seconds": [of each round], "outcomes": [the same], "peak": bytes, where memory is measured}};
    folder is for what the programs write.
    """
    measured: dict[str, dict[str, Any]] = {program["name"]: {"seconds": [], "outcomes": []} for program in programs}
    # In all orders alike: what ran before leaves its mark on the machine's caches.
    for order in itertools.islice(itertools.cycle(itertools.permutations(programs)), rounds):
        for program in order:
            seconds, outcome = run(program, folder)
            measured[program["name"]]["seconds"].append(seconds)
            measured[program["name"]]["outcomes"].append(outcome)
    for program in programs if memory else ():
        measured[program["name"]]["peak"] = peak(program, folder)
    return measured


def run(program: dict[str, Any], folder: str) -> tuple[float, str]:
    """Run a program as Docker does, or many of it at once: found by its name on PATH, the host on a pipe. Give the
    seconds until all had ended, and what came of it; of many, each outcome once.
    """
    environment = _environment(program, folder)
    inputs = [_pipe(program["given"]) for _ in range(program["at_once"])]
    outputs = [os.pipe() for _ in inputs]
    ends = [(given, write) for given, (_, write) in zip(inputs, outputs)]
    start = _start_at_once if len(ends) > 1 else _start
    began, children = start(program["argv"], environment, ends)
    statuses = [_wait(child, began + program["patience"]) for child in children]
    seconds = time.perf_counter() - began
    outcomes = {_outcome(status, _read(*pipe)) for status, pipe in zip(statuses, outputs)}
    for given in inputs:
        os.close(given)
    return seconds, ", ".join(sorted(outcomes))


def _start(argv: list[str], environment: dict[str, str], ends: Ends, *inherited: int) -> tuple[float, list[int]]:
    """Start a program for each pair of standard input and output; give when the first was, and their numbers."""
    began = time.perf_counter()
    children = []
    for pipes in ends:
        actions = [(os.POSIX_SPAWN_DUP2, end, stream) for stream, end in enumerate((*pipes, *inherited))]
        children.append(os.posix_spawnp(argv[0], argv, environment, file_actions=actions))
    return began, children


def _start_at_once(argv: list[str], environment: dict[str, str], ends: Ends) -> tuple[float, list[int]]:
    """The same, but all wait at a gate until the last one is there: those that run would hinder the others' start."""
    gate, opened = os.pipe()
    _, children = _start(["sh", "-c", GATE, "sh", *argv], environment, ends, sys.stderr.fileno(), gate)
    os.close(gate)
    began = time.perf_counter()
    os.close(opened)
    return began, children


def _wait(child: int, until: float) -> int:
    """Give the status of a child when it has ended; at the time `until` it is killed."""
    handle = os.pidfd_open(child)
    ended = select.poll()
    ended.register(handle, select.POLLIN)
    if not ended.poll(max(0.0, until - time.perf_counter()) * 1e3):
        os.kill(child, signal.SIGKILL)
    os.close(handle)
    return os.waitpid(child, 0)[1]


def _outcome(status: int, said: bytes) -> str:
    if os.WIFSIGNALED(status):
        return ENDED
    if status:
        return FAILED
    return ANSWERED if said else SILENT


def peak(program: dict[str, Any], folder: str) -> int:
    """Run a program, and give the most bytes of memory that it had."""
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(PEAK), *program["argv"]],
        env=_environment(program, folder),
        input=program["given"],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return int(done.stdout)


def _environment(program: dict[str, Any], folder: str) -> dict[str, str]:
    fresh = tempfile.mkdtemp(dir=folder)
    return {**os.environ, **{name: value.replace(FRESH, fresh) for name, value in program["environment"].items()}}


def _pipe(given: str) -> int:
    """Give the end to be read of a pipe that holds `given`."""
    read, write = os.pipe()
    os.write(write, given.encode())
    os.close(write)
    return read


def _read(read: int, write: int) -> bytes:
    """Give what was written into a pipe, and close it. One read takes it all: an answer is smaller than a pipe."""
    os.close(write)
    said = os.read(read, 1 << 16)
    os.close(read)
    return said


if __name__ == "__main__":
    main()
