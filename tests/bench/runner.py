"""Times programs that take turns. It runs beside them: how a machine is entered is not in its figures.

Reads JSON, {"rounds": how many, "programs": [see scenes.Program, as an object]}; prints for each program, by its
name, the seconds of each run and the peak of its memory. Standard library only, and started by its path.
"""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

PEAK = Path(__file__).with_name("peak.py")
FRESH = "{fresh}"  # in a variable's value: an empty folder, another one each run


def main() -> None:
    """Do what standard input says."""
    plan = json.load(sys.stdin)
    with tempfile.TemporaryDirectory() as folder:
        json.dump(measure(plan["programs"], plan["rounds"], folder), sys.stdout)


def measure(programs: list[dict[str, Any]], rounds: int, folder: str) -> dict[str, dict[str, Any]]:
    """Give {name: {"seconds": [of each round], "peak": bytes}}; folder is for what the programs write."""
    measured: dict[str, dict[str, Any]] = {program["name"]: {"seconds": []} for program in programs}
    # In all orders alike: what ran before leaves its mark on the machine's caches.
    for order in itertools.islice(itertools.cycle(itertools.permutations(programs)), rounds):
        for program in order:
            measured[program["name"]]["seconds"].append(seconds(program, folder))
    for program in programs:
        measured[program["name"]]["peak"] = peak(program, folder)
    return measured


def seconds(program: dict[str, Any], folder: str) -> float:
    """Run a program as Docker does: found by its name on PATH, the host on a pipe. Give how long it took."""
    pipes = {0: _pipe(program["given"]), 1: os.pipe()}
    actions = [(os.POSIX_SPAWN_DUP2, pipes[0][0], 0), (os.POSIX_SPAWN_DUP2, pipes[1][1], 1)]
    environment = _environment(program, folder)
    began = time.perf_counter()
    child = os.posix_spawnp(program["argv"][0], program["argv"], environment, file_actions=actions)
    _, status = os.waitpid(child, 0)
    took = time.perf_counter() - began
    os.close(pipes[1][1])
    said = os.read(pipes[1][0], 1 << 16)  # all of it: an answer is smaller than a pipe
    for end in (pipes[0][0], pipes[1][0]):
        os.close(end)
    if status or bool(said) != program["answers"]:
        sys.exit(f"{program['name']} failed: status {status}, {len(said)} bytes of answer")
    return took


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


def _pipe(given: str) -> tuple[int, int]:
    """Give a pipe that holds given and then ends; its second descriptor is closed."""
    read, write = os.pipe()
    os.write(write, given.encode())
    os.close(write)
    return read, write


if __name__ == "__main__":
    main()
