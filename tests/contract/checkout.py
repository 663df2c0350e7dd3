"""An untrusted checkout full of traps, and the check whether one of them was sprung."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tests.support.runner import HOST, PROGRAM, ProcessResult, parse_error, run_program

if TYPE_CHECKING:
    from tests.fake_ec2.services import Cloud

# The first line of an installed launcher ends with -I (packaging/install.sh).
LAUNCHER = str(Path(sys.executable).parent / PROGRAM)
ISOLATED = (sys.executable, "-I", LAUNCHER)
NO_PASSWD_ENTRY = ("unshare", "-U", "--map-user=54321", "--map-group=54321")
ROLE = "arn:aws:iam::210987654321:role/build"

_KEY, _SECRET = "AKIASTRANGER", "a-secret-of-the-stranger"
_PROGRAMS = ("corp-creds", "tools/corp-creds", "~/corp-creds", "~/bin/corp-creds", "my tools/corp creds")
_CONFIGS = (
    *("config", "~config", "~nosuchuser/config", "$NOWHERE/config", "sub/config"),
    *("~/.aws/config", "~/.aws/credentials", ".aws/config", ".aws/credentials", "home/.aws/config"),
)
_BOTO = ("boto.cfg", "~/.boto", ".boto", "home/.boto")

SECRET = "a-secret-of-somebody"


class Checkout:
    """The working directory of a build. A trap leaves a mark or supplies the stranger's keys."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._marker = directory.parent / "sprung"
        for name in _PROGRAMS:
            self.plant_program(name)
        for name in _CONFIGS:
            self.plant(name, f"[default]\ncredential_process = {directory}/corp-creds\n")
        for name in _BOTO:
            self.plant(name, f"[Credentials]\naws_access_key_id = {_KEY}\naws_secret_access_key = {_SECRET}\n")
        self.plant("keys", f"AWSAccessKeyId={_KEY}\nAWSSecretKey={_SECRET}\n")
        self.plant("token", "a-token-of-the-stranger")
        self.plant("~/token", "a-token-of-the-stranger")
        self.plant("ca.pem", "no certificate")

    def plant(self, name: str, text: str) -> Path:
        path = self.directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def plant_program(self, name: str) -> None:
        keys = json.dumps({"Version": 1, "AccessKeyId": _KEY, "SecretAccessKey": _SECRET})
        self.plant(name, f"#!/bin/sh\n>{self._marker}\necho '{keys}'\n").chmod(0o755)

    def is_sprung(self, cloud: Cloud) -> bool:
        """Return whether a stranger's program ran or a call was signed with the stranger's key."""
        return self._marker.exists() or _KEY in str(cloud.read_log())


def run_isolated(*argv: str, **changes: str | None) -> ProcessResult:
    """Run the isolated launcher in the working directory: a `get`, or another command."""
    return run_program([*ISOLATED, *(argv or ("get",))], HOST.encode(), **changes)


def prepend_to_path(element: str) -> str:
    """Return this process's PATH with an element before it."""
    return os.pathsep.join((element, os.environ["PATH"]))


def write_aws_config(home: Path, text: str) -> None:
    """Write ~/.aws/config."""
    path = home / ".aws" / "config"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)


def assert_refused(done: ProcessResult, name: str) -> None:
    """Assert that a run refuses a relative path and names its source."""
    assert name in parse_error(done)
    assert "[path-relative]" in done.report
