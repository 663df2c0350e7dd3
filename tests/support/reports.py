"""What the helper prints on standard error, in a form that a test can search."""

from __future__ import annotations

import re

_CONTINUATION = "\n" + " " * 8  # begins the further lines of a section
_ID = re.compile(r"\n  more  docker-credential-ecr explain ([a-z-]+)")


def flatten(report: str) -> str:
    """Return `report` with one line for each section, and with the id of each error in brackets."""
    return _ID.sub(r" [\1]", report.replace(_CONTINUATION, " "))
