"""The timeout of a run that a test lets hang."""

from __future__ import annotations

# Seconds, for CREDHELPER_TIMEOUT. The run must reach the step that hangs, and report it. Until then it needs about
# 0.3 s of CPU time, and ten times as long where ten processes share the CPU. The tests of the bound itself have their
# own, shorter ones.
HANG_TIMEOUT = "5"
