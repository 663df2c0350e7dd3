from __future__ import annotations

import subprocess
import sys

from tests.bench.places import ROOT

PROGRAMS = {
    "a hit": ("`python -I -c pass`", "`docker-credential-ecr-login get`, its cache warm"),
    "a miss": ("`aws ecr get-login-password`", "the obvious lines of boto3"),
}


def test_every_program_is_in_the_table() -> None:
    command = [sys.executable, "-m", "tests.bench", "--runs", "5"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    ...
