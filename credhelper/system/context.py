"""The state of a run, and its result."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from credhelper import timeouts
from credhelper.clock import Clock
from credhelper.system.deadline import Progress

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from credhelper.settings.rules import Settings


class Result(NamedTuple):
    """The result of a command: its exit status, the bytes for standard output, and notes for standard error.

    `stdout_repeats_notes` marks an error line for clients: a user at a terminal reads the notes alone.
    """

    status: int
    stdout: bytes
    notes: Sequence[str] = ()
    stdout_repeats_notes: bool = False


class Context:
    """The state of one run: its input, environment, settings, progress and deadline.

    `host` is the host of the request, once it is known: errors name it. `timeout` is in seconds, and `timeout_hint`
    names the setting that a user changes to allow more. `settings` must be assigned before they are read: a default
    would silently ignore what the user wrote.
    """

    def __init__(
        self,
        environ: Mapping[str, str],
        settings: Settings | None = None,
        *,
        read_stdin: Callable[[], bytes] = bytes,
        timeout: float = timeouts.RUN_TIMEOUT,
        clock: Clock | None = None,
    ) -> None:
        self.environ = environ
        self.read_stdin = read_stdin
        self.host = ""
        self.timeout = timeout
        self.timeout_hint = timeouts.TIMEOUT_HINT
        self.clock = clock or Clock()
        self.progress = Progress()
        self.debug_notes: list[str] = []
        self._settings = settings

    @property
    def settings(self) -> Settings:
        """The settings that apply to the run."""
        if self._settings is None:
            raise AssertionError("the settings are read before they are loaded")
        return self._settings

    @settings.setter
    def settings(self, settings: Settings) -> None:
        self._settings = settings
