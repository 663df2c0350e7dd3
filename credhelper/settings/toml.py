"""The TOML parser: that of the standard library, or before Python 3.11 `tomli`, which is the same."""

from __future__ import annotations

import sys

if sys.version_info >= (3, 11):
    from tomllib import loads
else:
    from tomli import loads

__all__ = ["loads"]
