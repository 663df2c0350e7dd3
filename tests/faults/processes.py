"""What other processes do to a run: those before it, those that it starts, and those that it leaves behind."""

from __future__ import annotations

import time

from tests.e2e.clients import APP, configure
from tests.faults.causes import by, ran
from tests.faults.scene import DUE, FRESH, NOTHING, STALE, Fault, Scene
from tests.faults.stage import AT_HAND, CACHE, ENDED, HOME, HOST, NEW, NONE, PROGRAM, Seen, Stage
from tests.instance.instance import CHECKOUT

PULLED = "the image"

_LEFT_BEHIND = "grep -qs -e '-[-]behind' /proc/[0-9]*/cmdline"
_PROGRAM = """
mkdir -p ~/.aws
printf '#!/bin/sh\\necho $$ > /run/child\\nexec sleep 600\\n' > /opt/hangs
chmod 755 /opt/hangs
printf '[default]\\ncredential_process = /opt/hangs\\n' > ~/.aws/config
"""
_FIFO = "mkdir ~/.aws && mkfifo ~/.aws/config"
_TOKEN_FIFO = "mkfifo /run/token"
_WEB_IDENTITY = ("AWS_ROLE_ARN=arn:aws:iam::123456789012:role/app-role", "AWS_WEB_IDENTITY_TOKEN_FILE=/run/token")

# A group for one `get` and what it leaves, as a systemd unit or a container is one; all in it are killed at its end.
_KILL_A_UNIT = f"""
for top in /sys/fs/cgroup/unified /sys/fs/cgroup; do [ ! -e $top/cgroup.procs ] || break; done
mkdir $top/unit
(echo 0 > $top/unit/cgroup.procs; echo {HOST} | {PROGRAM} get) > /dev/null
test -n "$(cat $top/unit/cgroup.procs)"
while pids=$(cat $top/unit/cgroup.procs) && [ -n "$pids" ]; do kill -9 $pids; sleep 0.05; done
"""


def holder(stage: Stage, signal: str) -> None:
    """Stop or kill the process that asks AWS, in the middle."""
    stage.tell(delay={"ecr": 5})
    stage.instance.spawn("holder", ["sh", "-c", f"echo {HOST} | exec {PROGRAM} get"])
    stage.wait(lambda: stage.calls()[1] > 0)
    stage.sh(f"kill -{signal} $(cat {CACHE}/.lock-*)")
    stage.tell(delay={})


def file_system_hangs(stage: Stage) -> None:
    stage.sh("mkdir ~/.aws")
    stage.instance.spawn("hanging", ["python3", f"{CHECKOUT}/tests/faults/hanging.py", f"{HOME}/.aws"])
    stage.instance.wait_for("hanging", ["grep", "-q", "mounted", "/run/hanging.log"])


def slow_renewal(stage: Stage) -> None:
    """What a hit leaves behind it takes long."""
    configure(stage.instance)
    stage.tell(ecr="hang")


def pull_through_a_pipe(stage: Stage) -> Seen:
    """Pull with the output on a pipe, which ends when all who hold it have ended."""
    began = time.monotonic()
    done = stage.instance.run(["sh", "-c", f"docker pull {APP} | cat"])
    pulled = "Downloaded newer image" in done.stdout
    return Seen(PULLED if pulled else "no image", done.stderr, time.monotonic() - began)


def child_is_gone(stage: Stage) -> bool:
    return stage.instance.run(["sh", "-c", "test -d /proc/$(cat /run/child)"]).returncode == 1


def renewal_goes_on(stage: Stage) -> bool:
    return stage.instance.run(["sh", "-c", _LEFT_BEHIND]).returncode == 0


def no_failure_is_noted(stage: Stage) -> bool:
    return not stage.sh(f"find {CACHE} -name '.setback-*'")


STOPPED = Fault("the process that asks AWS is stopped", lambda stage: holder(stage, "STOP"))
KILLED = Fault("the process that asks AWS is killed", lambda stage: holder(stage, "KILL"))
CHILD_HANGS = Fault("the profile's credential_process hangs", ran(_PROGRAM))
FIFO = Fault("~/.aws/config is a FIFO that nobody writes", ran(_FIFO))
TOKEN_FIFO = Fault("the web identity's token file is a FIFO that nobody writes", ran(_TOKEN_FIFO))
HANGING_DISK = Fault("the file system of ~/.aws hangs", file_system_hangs)
SLOW_RENEWAL = Fault("`docker pull ... | cat`, while a slow renewal is left behind", slow_renewal)
UNIT = Fault("what a hit has left is killed with its control group", ran(_KILL_A_UNIT))

SCENES = (
    Scene(STOPPED, NOTHING, NEW, calls=1),
    # Not in the suite: its holder gives up after two seconds, and a busy machine may not stop it by then.
    Scene(STOPPED, STALE, AT_HAND, ["waiting for another process", "[timed-out]"], suite=False),
    Scene(KILLED, NOTHING, NEW, calls=1, suite=False),
    Scene(CHILD_HANGS, NOTHING, NONE, ["credential_process", "[timed-out]"], holds=child_is_gone, suite=False),
    Scene(FIFO, NOTHING, NEW, calls=1, suite=False),
    Scene(TOKEN_FIFO, NOTHING, NONE, ["web identity", "[timed-out]"], get=by("env", *_WEB_IDENTITY), suite=False),
    Scene(HANGING_DISK, NOTHING, NONE, ["looking at the cache and at the files", "[timed-out]"], suite=False),
    Scene(HANGING_DISK, FRESH, ENDED, suite=False),
    Scene(SLOW_RENEWAL, DUE, PULLED, get=pull_through_a_pipe, holds=renewal_goes_on, docker=True),
    Scene(UNIT, DUE, AT_HAND, holds=no_failure_is_noted),
)
