from __future__ import annotations

import os
import re
import subprocess
import sys

from tests.benchmarks.machines import ROOT

BARE = "`python -I -c pass`"
INCUMBENT = "`docker-credential-ecr-login get`, its cache warm"
OBVIOUS = ("`aws ecr get-login-password`", "the obvious lines of boto3")
ROWS = [
    f"a hit, beside {BARE}",
    f"a hit, beside {INCUMBENT}",
    f"its peak memory, beside {BARE}",
    f"its peak memory, beside {INCUMBENT}",
    "a hit among 10,000 entries, beside a hit in a directory with one entry",
    "a hit with 200 rules, beside a hit without settings",
    *(f"a miss, beside {rival}" for rival in OBVIOUS),
    *(f"its peak memory, beside {rival}" for rival in OBVIOUS),
    "a miss among 10,000 entries, beside a miss in an empty directory",
    "50 cold processes at once, beside 50 of `docker-credential-ecr-login get`",
    "its calls to ECR, beside 50 of `docker-credential-ecr-login get`",
    "a host that is not ECR's, and no login, beside a hit",
    "a login in the private file, beside a hit",
    "a login in the private file, beside `docker-credential-pass get`",
    "a login in the desktop's keyring, beside `docker-credential-secretservice get`",
    "a hit whose token is in the desktop's keyring, beside a hit",
    "a token is cached, metadata accepts and never answers",
]
# The other outages take minutes of the incumbent's, and this one is not waited for: they are left to the command.
COMMAND = [
    sys.executable,
    "-m",
    "tests.benchmarks",
    "hit",
    "crowded-hit",
    "ruled-hit",
    "miss",
    "crowded-miss",
    "herd",
    "unknown",
    "file",
    "keyring",
    "token-in-keyring",
    "silent",
]

RATIO = r" \| [\d,.]+( ms| MB|) \| [\d,.]+\1 \| \d+\.\d\d \| "
OUTAGE = r" \| answered in \d\.\d\d s \| killed after 1 s \|$"


def test_a_few_runs_fill_each_row_of_the_tables() -> None:
    command = [*COMMAND, "--runs", "2", "--patience", "1"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    row_names = [
        line.split(" | ")[0][2:] for line in result.stdout.splitlines() if re.search(f"{RATIO}|{OUTAGE}", line)
    ]
    without_incumbent = [row for row in ROWS if "docker-cred" not in row and "desktop" not in row and row != ROWS[-1]]
    assert row_names == (without_incumbent if os.geteuid() else ROWS)


def test_a_few_runs_fill_the_row_of_an_environment() -> None:
    command = [sys.executable, "-m", "tests.benchmarks.versions", sys.prefix, "--runs", "1"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    assert re.fullmatch(r"\| \S+ \| \d+\.\d{3} \| \d+\.\d{3} \|", result.stdout.splitlines()[-1])
