"""Helpers that can be stopped and killed: the test's side of nursery.py."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from credhelper.errors import NOT_FOUND
from tests.model.logins.history import Event
from tests.model.logins.reference import Login

PATIENCE = 60  # seconds until what hangs is an error
_LOOK = 0.01  # seconds for one, before the next one is looked at

_ROOT = Path(__file__).parents[3]
_SCRIPT = f"import sys; sys.path.append({str(_ROOT)!r}); from tests.model.logins import nursery; nursery.main()"
_ID = re.compile(r"\[([a-z-]+)\]")


class Nursery:
    """Starts helpers, each for one verb."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self._started: list[Helper] = []

    def start(self, environ: Mapping[str, str], event: Event, stop: int | None = None) -> Helper:
        """Start a helper that does what `event` does, as far as that is to be done, and stops before its call number
        `stop` of the operating system, if it comes to that.
        """
        request = {"verb": event.verb, "given": _given(event), "environ": dict(environ), "stop": stop}
        self._started.append(Helper(self, self.ask(request), event))
        return self._started[-1]

    def clear(self) -> None:
        """End all that a test has left, which may have failed."""
        for helper in self._started:
            helper.kill()
            while not helper.has_ended:
                helper.go_on()
                helper.has_come_to_rest()
        self._started = []

    def ask(self, request: Mapping[str, object]) -> Any:  # noqa: ANN401  (it is JSON)
        """Give the answer to a request."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{json.dumps(request)}\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())


class Helper:
    """One run of the helper."""

    def __init__(self, nursery: Nursery, pid: int, event: Event) -> None:
        self._nursery = nursery
        self._pid = pid
        self._event = event
        self._state: str | Mapping[str, Any] = "running"  # or "stopped", or what came of it

    @property
    def is_stopped(self) -> bool:
        """Whether it is known to have stopped."""
        return self._state == "stopped"

    @property
    def has_ended(self) -> bool:
        """Whether it is known to have ended."""
        return not isinstance(self._state, str)

    def has_come_to_rest(self, seconds: float = PATIENCE) -> bool:
        """Whether it has stopped or ended, for which it has so many seconds."""
        if self._state == "running":
            self._state = self._nursery.ask({"pid": self._pid, "seconds": seconds})
        return self._state != "running"

    def kill(self) -> None:
        """Kill it, if it has not ended yet."""
        if isinstance(self._state, str):
            os.kill(self._pid, signal.SIGKILL)
            self._state = "running"

    def go_on(self) -> None:
        """Let it go on, if it has stopped."""
        if self._state == "stopped":
            os.kill(self._pid, signal.SIGCONT)
            self._state = "running"

    def ended(self) -> Event:
        """Let it come to its end; give its event, with what came of it."""
        return all_ended([self])[0]

    @property
    def came(self) -> Event | None:
        """Its event, with what came of it, if it is known to have ended."""
        return None if isinstance(self._state, str) else _event(self._event, self._state)


def all_ended(helpers: Sequence[Helper]) -> list[Event]:
    """Let all come to their ends, whichever has to wait for which; give their events, with what came of them."""
    end = time.monotonic() + PATIENCE
    while True:
        for helper in helpers:
            helper.go_on()
            helper.has_come_to_rest(_LOOK)
        events = [helper.came for helper in helpers]
        if None not in events:
            return [event for event in events if event]
        assert time.monotonic() < end, "it hangs"


@contextmanager
def nursery() -> Iterator[Nursery]:
    """Give a nursery, which ends when it is no longer wanted."""
    argv = [sys.executable, "-I", "-W", "error", "-c", _SCRIPT]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield Nursery(process)


def _given(event: Event) -> str:
    if event.login is None:
        return event.server
    user, secret = event.login
    return json.dumps({"ServerURL": event.server, "Username": user, "Secret": secret})


def _event(event: Event, came: Mapping[str, Any]) -> Event:
    event = event._replace(began=came["began"], ended=came["ended"])
    if came["status"] == signal.SIGKILL:
        return event._replace(answered=False)
    assert os.WIFEXITED(came["status"]), came["status"]
    if os.WEXITSTATUS(came["status"]) == 0:
        return event._replace(saw=_saw(event.verb, came["output"]))
    if event.verb == "get" and came["output"] == f"{NOT_FOUND}\n":
        return event
    raise Refused(event, came)


def _saw(verb: str, output: str) -> Login | dict[str, str] | None:
    if verb == "list":
        return dict(json.loads(output))
    if verb == "get":
        answer = json.loads(output)
        return answer["Username"], answer["Secret"]
    return None


class Refused(AssertionError):  # noqa: N818  (the helper's word, and no error of the test's)
    """A helper said that it could not do what was wanted."""

    def __init__(self, event: Event, came: Mapping[str, Any]) -> None:
        super().__init__(f"{event.verb} {event.server}: {came['errors']}")
        self.event = event
        self.ids = _ID.findall(came["errors"])
