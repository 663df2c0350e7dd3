"""Helpers that can be stopped and killed: the test's side of fork_server.py."""

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
from tests.stateful.logins.history import Event
from tests.stateful.logins.reference import Login

TIMEOUT = 60  # seconds until what hangs is an error
_POLL_INTERVAL = 0.01  # seconds for one, before the next one is looked at

_ROOT = Path(__file__).parents[3]
_SCRIPT = (
    f"import sys; sys.path.append({str(_ROOT)!r}); from tests.stateful.logins import fork_server; fork_server.main()"
)
_ID = re.compile(r"\[([a-z-]+)\]")


class ForkServer:
    """Starts helpers, each for one verb."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self._helpers: list[Helper] = []

    def start(self, environ: Mapping[str, str], event: Event, stop_before: int | None = None) -> Helper:
        """Start a helper that performs `event`, and stops before its system call `stop_before`, if it is given."""
        request = {"verb": event.verb, "stdin": _encode_request(event), "environ": dict(environ), "stop": stop_before}
        self._helpers.append(Helper(self, self.send_request(request), event))
        return self._helpers[-1]

    def kill_all(self) -> None:
        """End all that a test has left, which may have failed."""
        for helper in self._helpers:
            helper.kill()
            while not helper.has_ended:
                helper.resume()
                helper.wait_until_idle()
        self._helpers = []

    def send_request(self, request: Mapping[str, object]) -> Any:  # noqa: ANN401  (it is JSON)
        """Give the answer to a request."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{json.dumps(request)}\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())


class Helper:
    """One run of the helper."""

    def __init__(self, fork_server: ForkServer, pid: int, event: Event) -> None:
        self._fork_server = fork_server
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

    def wait_until_idle(self, seconds: float = TIMEOUT) -> bool:
        """Whether it has stopped or ended, for which it has so many seconds."""
        if self._state == "running":
            self._state = self._fork_server.send_request({"pid": self._pid, "seconds": seconds})
        return self._state != "running"

    def kill(self) -> None:
        """Kill it, if it has not ended yet."""
        if isinstance(self._state, str):
            os.kill(self._pid, signal.SIGKILL)
            self._state = "running"

    def resume(self) -> None:
        """Let it go on, if it has stopped."""
        if self._state == "stopped":
            os.kill(self._pid, signal.SIGCONT)
            self._state = "running"

    def finish(self) -> Event:
        """Let it come to its end; give its event, with what came of it."""
        return finish_all([self])[0]

    @property
    def completed_event(self) -> Event | None:
        """Its event, with what came of it, if it is known to have ended."""
        return None if isinstance(self._state, str) else _complete_event(self._event, self._state)


def finish_all(helpers: Sequence[Helper]) -> list[Event]:
    """Let all come to their ends, whichever has to wait for which; give their events, with what came of them."""
    deadline = time.monotonic() + TIMEOUT
    while True:
        for helper in helpers:
            helper.resume()
            helper.wait_until_idle(_POLL_INTERVAL)
        events = [helper.completed_event for helper in helpers]
        if None not in events:
            return [event for event in events if event]
        assert time.monotonic() < deadline, "it hangs"


@contextmanager
def start_fork_server() -> Iterator[ForkServer]:
    """Give a nursery, which ends when it is no longer wanted."""
    argv = [sys.executable, "-I", "-W", "error", "-c", _SCRIPT]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield ForkServer(process)


def _encode_request(event: Event) -> str:
    if event.login is None:
        return event.server
    user, secret = event.login
    return json.dumps({"ServerURL": event.server, "Username": user, "Secret": secret})


def _complete_event(event: Event, outcome: Mapping[str, Any]) -> Event:
    event = event._replace(started_at=outcome["started_at"], ended_at=outcome["ended_at"])
    if outcome["status"] == signal.SIGKILL:
        return event._replace(is_confirmed=False)
    assert os.WIFEXITED(outcome["status"]), outcome["status"]
    if os.WEXITSTATUS(outcome["status"]) == 0:
        return event._replace(result=_parse_result(event.verb, outcome["output"]))
    if event.verb == "get" and outcome["output"] == f"{NOT_FOUND}\n":
        return event
    raise HelperRefusal(event, outcome)


def _parse_result(verb: str, output: str) -> Login | dict[str, str] | None:
    if verb == "list":
        return dict(json.loads(output))
    if verb == "get":
        answer = json.loads(output)
        return answer["Username"], answer["Secret"]
    return None


class HelperRefusal(AssertionError):  # noqa: N818  (the helper's word, and no error of the test's)
    """A helper said that it could not do what was wanted."""

    def __init__(self, event: Event, outcome: Mapping[str, Any]) -> None:
        super().__init__(f"{event.verb} {event.server}: {outcome['errors']}")
        self.event = event
        self.ids = _ID.findall(outcome["errors"])
