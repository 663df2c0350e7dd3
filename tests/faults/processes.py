"""What other processes do to a run: those before it, those that it starts, and those that it leaves behind."""

from __future__ import annotations

import time

from tests.e2e.clients import APP, configure_docker
from tests.fake_ec2.instance import CHECKOUT
from tests.faults.causes import run_get_with, run_script
from tests.faults.fault_setup import (
    CACHE,
    CACHED,
    ENDED_BY_ALARM,
    HOME,
    HOST,
    NEW,
    NO_TOKEN,
    PROGRAM,
    RunResult,
    Sandbox,
)
from tests.faults.scenario import DUE, FRESH, NO_INITIAL_TOKEN, STALE, Fault, Scenario
from tests.support.reports import flatten

PULLED = "the image"

_REFRESH_RUNS_SCRIPT = "grep -qs -e '-[-]background' /proc/[0-9]*/cmdline"
_HANGING_PROCESS_SCRIPT = """
mkdir -p ~/.aws
printf '#!/bin/sh\\necho $$ > /run/child\\nexec sleep 600\\n' > /opt/hangs
chmod 755 /opt/hangs
printf '[default]\\ncredential_process = /opt/hangs\\n' > ~/.aws/config
"""
_FIFO_SCRIPT = "mkdir ~/.aws && mkfifo ~/.aws/config"
_TOKEN_FIFO_SCRIPT = "mkfifo /run/token"
_WEB_IDENTITY = ("AWS_ROLE_ARN=arn:aws:iam::123456789012:role/app-role", "AWS_WEB_IDENTITY_TOKEN_FILE=/run/token")

# A group for one `get` and what it leaves, as a systemd unit or a container is one; all in it are killed at its end.
_KILL_UNIT_SCRIPT = f"""
for top in /sys/fs/cgroup/unified /sys/fs/cgroup; do [ ! -e $top/cgroup.procs ] || break; done
mkdir $top/unit
(echo 0 > $top/unit/cgroup.procs; echo {HOST} | {PROGRAM} get) > /dev/null
test -n "$(cat $top/unit/cgroup.procs)"
while pids=$(cat $top/unit/cgroup.procs) && [ -n "$pids" ]; do kill -9 $pids; sleep 0.05; done
"""


def signal_lock_holder(sandbox: Sandbox, signal: str) -> None:
    """Stop or kill the process that asks AWS, in the middle."""
    sandbox.configure(delay={"ecr": 5})
    sandbox.instance.spawn("holder", ["sh", "-c", f"echo {HOST} | exec {PROGRAM} get"])
    sandbox.wait_until(lambda: sandbox.count_calls()[1] > 0)
    sandbox.run_script(f"kill -{signal} $(cat {CACHE}/.lock-*)")
    sandbox.configure(delay={})


def mount_hanging_file_system(sandbox: Sandbox) -> None:
    sandbox.run_script("mkdir ~/.aws")
    sandbox.instance.spawn("hanging", ["python3", f"{CHECKOUT}/tests/faults/hanging.py", f"{HOME}/.aws"])
    sandbox.instance.wait_for("hanging", ["grep", "-q", "mounted", "/run/hanging.log"])


def slow_down_refresh(sandbox: Sandbox) -> None:
    """Make the background refresh of a hit take long."""
    configure_docker(sandbox.instance)
    sandbox.configure(ecr="hang")


def pull_through_a_pipe(sandbox: Sandbox) -> RunResult:
    """Pull with the output on a pipe, which ends when all who hold it have ended."""
    started_at = time.monotonic()
    result = sandbox.instance.run(["sh", "-c", f"docker pull {APP} | cat"])
    is_pulled = "Downloaded newer image" in result.stdout
    return RunResult(PULLED if is_pulled else "no image", flatten(result.stderr), time.monotonic() - started_at)


def has_child_ended(sandbox: Sandbox) -> bool:
    return sandbox.instance.run(["sh", "-c", "test -d /proc/$(cat /run/child)"]).returncode == 1


def is_refresh_running(sandbox: Sandbox) -> bool:
    return sandbox.instance.run(["sh", "-c", _REFRESH_RUNS_SCRIPT]).returncode == 0


def has_no_recent_failure(sandbox: Sandbox) -> bool:
    return not sandbox.run_script(f"find {CACHE} -name '.failure-*'")


STOPPED = Fault("the process that calls AWS is stopped", lambda sandbox: signal_lock_holder(sandbox, "STOP"))
KILLED = Fault("the process that calls AWS is killed", lambda sandbox: signal_lock_holder(sandbox, "KILL"))
CHILD_HANGS = Fault("the profile's credential_process hangs", run_script(_HANGING_PROCESS_SCRIPT))
FIFO = Fault("~/.aws/config is a FIFO without a writer", run_script(_FIFO_SCRIPT))
TOKEN_FIFO = Fault("the web identity token file is a FIFO without a writer", run_script(_TOKEN_FIFO_SCRIPT))
HANGING_DISK = Fault("the file system of ~/.aws hangs", mount_hanging_file_system)
SLOW_REFRESH = Fault("`docker pull ... | cat`, while a slow background refresh runs", slow_down_refresh)
UNIT = Fault("the background refresh is killed with its control group", run_script(_KILL_UNIT_SCRIPT))

SCENARIOS = (
    Scenario(STOPPED, NO_INITIAL_TOKEN, NEW, max_calls=1),
    # Not in the suite: its holder gives up after two seconds, and a busy machine may not stop it by then.
    Scenario(STOPPED, STALE, CACHED, ["waiting for another process", "[timed-out]"], in_suite=False),
    Scenario(KILLED, NO_INITIAL_TOKEN, NEW, max_calls=1, in_suite=False),
    Scenario(
        CHILD_HANGS,
        NO_INITIAL_TOKEN,
        NO_TOKEN,
        ["credential_process", "[timed-out]"],
        check=has_child_ended,
        in_suite=False,
    ),
    Scenario(FIFO, NO_INITIAL_TOKEN, NEW, max_calls=1, in_suite=False),
    Scenario(
        TOKEN_FIFO,
        NO_INITIAL_TOKEN,
        NO_TOKEN,
        ["web identity", "[timed-out]"],
        run=run_get_with("env", *_WEB_IDENTITY),
        in_suite=False,
    ),
    Scenario(
        HANGING_DISK,
        NO_INITIAL_TOKEN,
        NO_TOKEN,
        ["reading the cache and the files", "[timed-out]"],
        in_suite=False,
    ),
    Scenario(HANGING_DISK, FRESH, ENDED_BY_ALARM, in_suite=False),
    Scenario(SLOW_REFRESH, DUE, PULLED, run=pull_through_a_pipe, check=is_refresh_running, needs_docker=True),
    Scenario(UNIT, DUE, CACHED, check=has_no_recent_failure),
)
