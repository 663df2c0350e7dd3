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
from credhelper.cache.memory import MemoryCache
from credhelper.cache.shelf import TokenCache, for_host
from credhelper.clock import Clock
from credhelper.errors import HelperError
from credhelper.host import canonical_host
from credhelper.resolve import TokenSource
from credhelper.run import PROGRAM, Result, format_fix
from credhelper.watch import DeadlineExceeded, Progress, run_with_timeout

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from credhelper.entry import CacheEntry
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


def run(words: list[str], environ: Mapping[str, str], say: Callable[[bytes], bool]) -> Result:
    """Refresh what `words` name, and `say` a line for each registry."""
    parser = _parser()
    options = parser.parse_args(words)
    if options.help:
        return Result(0, parser.format_help().encode())
    if options.behind:
        return _behind(options.behind, environ)
    said = settings.load(environ)
    hosts = options.host or TokenCache(environ, said).registries()
    seconds, complaint = patience.run_timeout(environ)
    refresh = Refresh(environ, said, seconds, if_older_than=options.if_older_than, wait=options.wait)
    fine, notes = True, [complaint] if complaint else []
    for done, line in enumerate(refresh.each(hosts), 1):
        fine = say(f"{line.host}: {line.text}\n".encode("utf-8", "backslashreplace")) and line.fine and fine
        notes += [f"{line.host}: {note}" for note in line.notes]
        _show_progress(done, len(hosts))
    children.kill_descendants()  # a program that was given up on
    if not hosts:
        notes.append(f"no registry has a token yet: name one, as in `{PROGRAM} refresh HOST`")
    return Result(0 if fine else 1, b"", notes)


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
        self._memory = MemoryCache()

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
                lines.append(Line(host, fine=False, text=f"{error.message} [{error.id}]", notes=[format_fix(error)]))
        return lines

    def _one(self, target: Target) -> Line:
        host = target.host
        errand = self._errand(target, self._seconds)
        at_hand = errand.cached_token()
        age = self._began.seconds_since(at_hand.lifetime.issued_at) if at_hand is not None else None
        if age is not None and age < self._if_older_than:
            return Line(host, fine=True, text=f"left alone: its token is {age / 60:.0f} minutes old")
        held = self._memory.get(target.scope)
        if held is not None and held.lifetime.is_fresh(self._clock.now()):
            notes = errand.store(held)
        else:
            held, notes = self._exchange(target)
            self._memory.put(target.scope, held)
        if not self._is_at_hand(target, held):
            return Line(
                host, fine=False, text="has no new token, since the one that came could not be kept", notes=notes
            )
        return Line(host, fine=True, text=f"has a new token, which serves until {_expiry(held)}", notes=notes)

    def _is_at_hand(self, target: Target, held: CacheEntry) -> bool:
        kept = self._errand(target, self._seconds).cached_token()
        return kept is not None and kept.body == for_host(held, target.host).body

    def _errand(self, target: Target, seconds: float) -> TokenSource:
        # Each with a shelf of its own: it looks at the clock, and at the files that select an identity, anew.
        return TokenSource(target, TokenCache(self._environ, self._settings), target.options.timeout or seconds)

    def _left(self) -> float:
        """All regions together have the seconds of a run; when there is time to wait each has them."""
        return (
            self._seconds if self._wait else max(_LEAST, self._seconds - self._clock.now().seconds_since(self._began))
        )

    def _exchange(self, target: Target) -> tuple[CacheEntry, Sequence[str]]:
        """Exchange; again and again, further and further apart, if AWS has no time and there is time to wait."""
        failures = 0
        while True:
            try:
                return self._errand(target, self._left()).refresh()
            except HelperError as error:
                failures += 1
                pause = patience.backoff(failures, self._clock.random())
                if not error.is_transient or self._clock.now().seconds_since(self._began) + pause > self._wait:
                    raise
            self._clock.sleep(pause)


def _behind(host: str, environ: Mapping[str, str]) -> Result:
    """Nobody is there to be told."""
    said = settings.load(environ)
    target = said.target(_host(host))
    if target is not None:
        errand = TokenSource(target, TokenCache(environ, said))
        with contextlib.suppress(DeadlineExceeded):
            run_with_timeout(
                lambda: patience.BACKGROUND_INTERVAL + patience.RUN_TIMEOUT,
                lambda: errand.refresh_if_due(metadata.instance_role),
                Progress(),
            )
    return Result(0, b"")


def _host(sent: str) -> str:
    return canonical_host(sent.encode("utf-8", "surrogateescape"))


def _expiry(held: CacheEntry) -> str:
    """Give when the token expires, in UTC."""
    seconds = held.lifetime.issued_at.wall + held.lifetime.expires_in
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
    add(
        "--wait",
        action="store_const",
        const=patience.DEFAULT_RETRY_FOR,
        default=0.0,
        help=f"{wait} a quarter of an hour",
    )
    add("--wait-at-most", metavar="DURATION", type=_duration, dest="wait", help=f"{wait} so long")
    add("--behind", metavar="HOST", help="what a hit leaves behind it: renew only if it is time, and say nothing")
    add("-h", "--help", action="store_true", help="show this")
    return parser
