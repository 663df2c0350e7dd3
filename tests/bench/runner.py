"""Times programs that take turns. It runs beside them: how a machine is entered is not in its figures.

Reads JSON, {"rounds": how many, "programs": [see scenes.Program, as an object], "memory": whether it is wanted};
prints for each program, by its name, the seconds of each run and the peak of its memory. Standard library only, and
started by its path.
"""

from __future__ import annotations

import itertools
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

PEAK = Path(__file__).with_name("peak.py")
FRESH = "{fresh}"  # in a variable's value: an empty folder, another one each run
CROWDED = "{crowded}"  # the same: a folder of 10,000 entries of other hosts, always the same one


def main() -> None:
    """Do what standard input says."""
    plan = json.load(sys.stdin)
    with tempfile.TemporaryDirectory() as folder:
        json.dump(measure(plan["programs"], plan["rounds"], folder, memory=plan["memory"]), sys.stdout)


def measure(programs: list[dict[str, Any]], rounds: int, folder: str, *, memory: bool) -> dict[str, dict[str, Any]]:
    """Give {name: {"seconds": [of each round], "peak": bytes}}; folder is for what the programs write."""
    measured: dict[str, dict[str, Any]] = {program["name"]: {"seconds": []} for program in programs}
    # In all orders alike: what ran before leaves its mark on the machine's caches.
    for order in itertools.islice(itertools.cycle(itertools.permutations(programs)), rounds):
        for program in order:
            measured[program["name"]]["seconds"].append(seconds(program, folder))
    for program in programs if memory else ():
        measured[program["name"]]["peak"] = peak(program, folder)
    return measured


def seconds(program: dict[str, Any], folder: str) -> float:
    """Run a program as Docker does, or many of it at once: found by its name on PATH, the host on a pipe. Give how long
    it took until all had ended.
    """
    environment = _environment(program, folder)
    inputs = [_pipe(program["given"])[0] for _ in range(program["at_once"])]
    outputs = [os.pipe() for _ in inputs]
    began = time.perf_counter()
    children = [_start(program["argv"], environment, *ends) for ends in zip(inputs, (write for _, write in outputs))]
    statuses = [_wait(child, began + program["limit"] if program["fails"] else 0) for child in children]
    took = time.perf_counter() - began
    for read, write in outputs:
        os.close(write)
        said = os.read(read, 1 << 16)  # all of it: an answer is smaller than a pipe
        os.close(read)
        if any(map(bool, statuses)) != program["fails"] or bool(said) != program["answers"]:
            sys.exit(f"{program['name']} was not as expected: status {statuses}, {len(said)} bytes of answer")
    for read in inputs:
        os.close(read)
    return took


def _start(argv: list[str], environment: dict[str, str], given: int, answer: int) -> int:
    actions = [(os.POSIX_SPAWN_DUP2, given, 0), (os.POSIX_SPAWN_DUP2, answer, 1)]
    return os.posix_spawnp(argv[0], argv, environment, file_actions=actions)


def _wait(child: int, until: float) -> int:
    """Give the status of a child when it has ended; it is ended at the time `until`, if that is one."""
    while until:
        if os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None:
            break
        if time.perf_counter() > until:
            os.kill(child, signal.SIGKILL)
            break
        time.sleep(0.005)
    return os.waitpid(child, 0)[1]


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
    places = {FRESH: tempfile.mkdtemp(dir=folder), CROWDED: f"{os.environ['HOME']}/crowded"}
    found = {**os.environ, **program["environment"]}
    for name, value in program["environment"].items():
        if value in places:
            found[name] = places[value]
        if value == CROWDED:
            _fill(Path(places[CROWDED]))
    return found


def _fill(folder: Path) -> None:
    """Make the crowd, if it is not there: entries of other hosts and another identity, that expire in ten hours."""
    if folder.exists():
        return
    folder.mkdir(mode=0o700)
    at = time.time() + 36000
    for number in range(10_000):
        path = folder / f"{number:012}.dkr.ecr.us-east-1.amazonaws.com-0123456789abcdef"
        path.write_bytes(b"credhelper entry 1\n" + bytes(5000))
        path.chmod(0o600)
        os.utime(path, (at, at))


def _pipe(given: str) -> tuple[int, int]:
    """Give a pipe that holds given and then ends; its second descriptor is closed."""
    read, write = os.pipe()
    os.write(write, given.encode())
    os.close(write)
    return read, write


if __name__ == "__main__":
    main()
