"""`docker-credential-ecr refresh`: new tokens now, before anybody waits for them; for a timer or a boot script."""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Callable, NamedTuple

from credhelper import children, patience, settings
from credhelper.aws import metadata
from credhelper.cache.memory import Memory
from credhelper.cache.shelf import Shelf, lent
from credhelper.clock import Clock
from credhelper.errors import HelperError
from credhelper.host import host_of
from credhelper.resolve import Errand
from credhelper.run import PROGRAM, Reply, steps
from credhelper.watch import TimedOut, Watch, within

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from credhelper.entry import Held
    from credhelper.settings import Settings
    from credhelper.target import Target

_AT_ONCE = 16  # regions; AWS limits each by itself
_LEAST = 1.0  # seconds for the regions that come last, however long those before them took
_UNITS = {"s": 1, "m": 60, "h": 3600}

_EPILOG = """DURATION is a number of seconds, or one such as 90m or 4h. Without HOST: all registries that have a token.
Exit status 1 if any registry has no token now; one line each says why."""


class Line(NamedTuple):
    """What came of one host."""

    host: str
    fine: bool
    text: str
    notes: Sequence[str] = ()


def run(words: list[str], environ: Mapping[str, str], say: Callable[[bytes], bool]) -> Reply:
    """Refresh what `words` name, and `say` a line for each registry."""
    parser = _parser()
    options = parser.parse_args(words)
    if options.help:
        return Reply(0, parser.format_help().encode())
    if options.behind:
        return _behind(options.behind, environ)
    said = settings.load(environ)
    hosts = options.host or Shelf(environ, said).known()
    seconds, complaint = patience.of_run(environ)
    refresh = Refresh(environ, said, seconds, if_older_than=options.if_older_than, wait=options.wait)
    fine, notes = True, [complaint] if complaint else []
    for done, line in enumerate(refresh.each(hosts), 1):
        fine = say(f"{line.host}: {line.text}\n".encode("utf-8", "backslashreplace")) and line.fine and fine
        notes += [f"{line.host}: {note}" for note in line.notes]
        _show_progress(done, len(hosts))
    children.end()  # a program that was given up on
    if not hosts:
        notes.append(f"no registry has a token yet: name one, as in `{PROGRAM} refresh HOST`")
    return Reply(0 if fine else 1, b"", notes)


class Refresh:
    """New tokens for many registries in one process: one for each scope, however many registries share it.

    `if_older_than` leaves alone what was bought less than so many seconds ago; while AWS cannot be reached or
    throttles, it is tried again for `wait` seconds.
    """

    def __init__(
        self, environ: Mapping[str, str], said: Settings, seconds: float, *, if_older_than: float, wait: float
    ) -> None:
        self._environ = environ
        self._settings = said
        self._seconds = seconds
        self._if_older_than = if_older_than
        self._wait = wait
        self._clock = Clock()
        self._began = self._clock.now()
        self._memory = Memory()

    def each(self, hosts: Iterable[str]) -> Iterator[Line]:
        """Give a line for each of `hosts`; those of one scope one after the other, scopes at once."""
        scopes: dict[object, list[tuple[str, Target | None]]] = {}
        for host in dict.fromkeys(map(_host, hosts)):
            target = self._settings.target(host)
            scopes.setdefault(target and target.scope, []).append((host, target))
        pool = ThreadPoolExecutor(_AT_ONCE)
        try:
            for lines in pool.map(self._scope, scopes.values()):
                yield from lines
        finally:  # whoever presses Ctrl-C waits for nobody
            pool.shutdown(wait=False, cancel_futures=True)

    def _scope(self, targets: list[tuple[str, Target | None]]) -> list[Line]:
        lines: list[Line] = []
        failure: HelperError | None = None
        for host, target in targets:
            if target is None:
                lines.append(Line(host, fine=False, text="not a registry of ECR"))
                continue
            try:
                if failure is not None:
                    raise failure
                lines.append(self._one(target))
            except HelperError as error:
                failure = error
                lines.append(Line(host, fine=False, text=f"{error.message} [{error.id}]", notes=[steps(error)]))
        return lines

    def _one(self, target: Target) -> Line:
        host = target.host
        errand = self._errand(target, self._seconds)
        at_hand = errand.at_hand()
        age = self._began.since(at_hand.life.bought) if at_hand is not None else None
        if age is not None and age < self._if_older_than:
            return Line(host, fine=True, text=f"left alone: its token is {age / 60:.0f} minutes old")
        held = self._memory.get(target.scope)
        if held is not None and held.life.is_fresh(self._clock.now()):
            notes = errand.keep(held)
        else:
            held, notes = self._exchange(target)
            self._memory.put(target.scope, held)
        if not self._is_at_hand(target, held):
            return Line(
                host, fine=False, text="has no new token, since the one that came could not be kept", notes=notes
            )
        return Line(host, fine=True, text=f"has a new token, which serves until {_expiry(held)}", notes=notes)

    def _is_at_hand(self, target: Target, held: Held) -> bool:
        kept = self._errand(target, self._seconds).at_hand()
        return kept is not None and kept.text == lent(held, target.host).text

    def _errand(self, target: Target, seconds: float) -> Errand:
        # Each with a shelf of its own: it looks at the clock, and at the files that select an identity, anew.
        return Errand(target, Shelf(self._environ, self._settings), target.access.timeout or seconds)

    def _left(self) -> float:
        """All regions together have the seconds of a run; when there is time to wait each has them."""
        return self._seconds if self._wait else max(_LEAST, self._seconds - self._clock.now().since(self._began))

    def _exchange(self, target: Target) -> tuple[Held, Sequence[str]]:
        """Exchange; again and again, further and further apart, if AWS has no time and there is time to wait."""
        failures = 0
        while True:
            try:
                return self._errand(target, self._left()).refresh()
            except HelperError as error:
                failures += 1
                pause = patience.back_off(failures, self._clock.chance())
                if not error.outage or self._clock.now().since(self._began) + pause > self._wait:
                    raise
            self._clock.sleep(pause)


def _behind(host: str, environ: Mapping[str, str]) -> Reply:
    """Nobody is there to be told."""
    said = settings.load(environ)
    target = said.target(_host(host))
    if target is not None:
        errand = Errand(target, Shelf(environ, said))
        with contextlib.suppress(TimedOut):
            within(lambda: patience.BEHIND + patience.RUN, lambda: errand.look_after(metadata.whose), Watch())
    return Reply(0, b"")


def _host(sent: str) -> str:
    return host_of(sent.encode("utf-8", "surrogateescape"))


def _expiry(held: Held) -> str:
    """Give when the token expires, in UTC."""
    seconds = held.life.bought.wall + held.life.whole
    return dt.datetime.fromtimestamp(seconds, dt.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def _show_progress(done: int, hosts: int) -> None:
    if os.isatty(2):
        os.write(2, f"\r{done} of {hosts}".encode() + (b"\n" if done == hosts else b""))


def _duration(text: str) -> float:
    number, unit = (text[:-1], text[-1:]) if text[-1:] in _UNITS else (text, "s")
    if not (number.isascii() and number.isdigit() and len(number) < 9):
        raise argparse.ArgumentTypeError(f"{text!a} is no duration such as 90m")
    return float(number) * _UNITS[unit]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=f"{PROGRAM} refresh", description=__doc__.partition(": ")[2], epilog=_EPILOG, add_help=False
    )
    add = parser.add_argument
    add("host", metavar="HOST", nargs="*", help="a registry, such as 123456789012.dkr.ecr.us-east-1.amazonaws.com")
    add("--if-older-than", metavar="DURATION", type=_duration, default=0.0, help="leave younger tokens alone")
    wait = "while AWS cannot be reached or throttles, try again for"
    add("--wait", action="store_const", const=patience.WAIT, default=0.0, help=f"{wait} a quarter of an hour")
    add("--wait-at-most", metavar="DURATION", type=_duration, dest="wait", help=f"{wait} so long")
    add("--behind", metavar="HOST", help="what a hit leaves behind it: renew only if it is time, and say nothing")
    add("-h", "--help", action="store_true", help="show this")
    return parser
