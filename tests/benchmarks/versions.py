"""How quick a hit and a miss are on several Pythons: `python3 -m tests.benchmarks.versions VENV...`.

Each VENV is a virtual environment in which the wheel is installed, of this or of another version. The stand-in for AWS
speaks TLS on loopback, so root is not needed. Each figure is a ratio of medians of whole processes that took turns on
the Python of the environment.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import ssl
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from typing import Any

from tests.benchmarks import runner
from tests.benchmarks.machines import ROOT
from tests.fake_ec2 import certs
from tests.fake_ec2.services import Cloud, serve
from tests.fake_ec2.services.routing import route_by_path
from tests.fake_ec2.services.server import listen

HOST = "123456789012.dkr.ecr.us-east-1.amazonaws.com"
BARE = "bare"  # the program that prints nothing
HEAD = "| environment | a hit / `python -I -c pass` | a miss / the obvious lines of boto3 |\n|---|--:|--:|"
RUNS = 40  # of a miss; a hit has four times as many


def main(arguments: list[str]) -> None:
    """Measure the environments that the arguments name, and print a row for each."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.versions", description=__doc__)
    parser.add_argument("venv", nargs="+")
    parser.add_argument("--runs", type=int, default=RUNS, help="how often a miss is run (default: %(default)s)")
    options = parser.parse_args(arguments)
    path = os.environ["PATH"]
    os.environ.clear()  # runner.py gives it to the programs
    os.environ["PATH"] = path
    print(HEAD)  # noqa: T201  (what this program is for)
    with tempfile.TemporaryDirectory() as directory, _serve_tls(directory) as (cloud, environment):
        for venv in map(os.path.abspath, options.venv):
            hit, miss = _measure(venv, cloud, environment, options.runs, directory)
            print(f"| {venv} | {hit:.3f} | {miss:.3f} |", flush=True)  # noqa: T201


@contextlib.contextmanager
def _serve_tls(directory: str) -> Iterator[tuple[Cloud, dict[str, str]]]:
    """Serve AWS on loopback until the block ends; gives it, and the variables that lead there."""
    for command in certs.certificate_commands(directory, ["localhost"]):
        subprocess.run(command, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(f"{directory}/server.crt", f"{directory}/server.key")
    with serve() as cloud, listen(("127.0.0.1", 0), cloud, route_by_path, context) as port:
        environment = {
            "AWS_EC2_METADATA_SERVICE_ENDPOINT": cloud.endpoint,
            "AWS_ENDPOINT_URL": f"https://localhost:{port}",
            "AWS_CA_BUNDLE": f"{directory}/ca.crt",
        }
        yield cloud, environment


def _measure(venv: str, cloud: Cloud, environment: dict[str, str], runs: int, directory: str) -> tuple[float, float]:
    """Return the ratio of a hit, and that of a miss. A hit that was a miss is an error."""
    python = f"{venv}/bin/python"
    get = [python, "-I", f"{venv}/bin/docker-credential-ecr", "get"]
    boto3_lines = [python, "-W", "ignore", str(ROOT / "tests" / "benchmarks" / "obvious.py")]
    warm = {**environment, "HOME": tempfile.mkdtemp(dir=directory)}
    fresh = {**environment, "HOME": runner.FRESH}
    hits = [_program("hit", get, warm), _program(BARE, [python, "-I", "-c", "pass"], warm)]
    _median_ratio(hits, 2, directory)  # fills the cache
    cloud.forget()
    hit = _median_ratio(hits, 4 * runs, directory)
    if cloud.count_calls()["ecr"]:
        sys.exit(f"{venv}: a hit asked ECR")
    return hit, _median_ratio([_program("miss", get, fresh), _program("obvious", boto3_lines, fresh)], runs, directory)


def _program(name: str, argv: list[str], environment: dict[str, str]) -> dict[str, Any]:
    return {"name": name, "argv": argv, "environment": environment, "stdin": HOST, "process_count": 1, "timeout": 60.0}


def _median_ratio(programs: list[dict[str, Any]], rounds: int, directory: str) -> float:
    measured = runner.measure(programs, rounds, directory, memory=False)
    for name, figures in measured.items():
        if set(figures["outcomes"]) != {runner.SILENT if name == BARE else runner.ANSWERED}:
            sys.exit(f"{programs[0]['argv'][0]}: {name}: {', '.join(sorted(set(figures['outcomes'])))}")
    first, second = (statistics.median(map(float, figures["seconds"])) for figures in measured.values())
    return first / second


if __name__ == "__main__":
    main(sys.argv[1:])
