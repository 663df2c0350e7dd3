"""docker-py on an instance, beside the helper: the packages of the tests' own environment."""

from __future__ import annotations

from importlib.metadata import distribution
from pathlib import Path

from tests.fake_ec2 import Bind

PACKAGES = Bind(Path(str(distribution("docker").locate_file(""))), "/opt/docker-py")
PYTHON = "/opt/credhelper/current/bin/python"
# The path comes last, so that what the helper's environment has is used from there.
EXTEND_PATH = f"import sys; sys.path.append({PACKAGES.target!r})\n"
