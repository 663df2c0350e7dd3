"""`docker-credential-ecr refresh`: new tokens now, before anybody waits for them; for a timer or a boot script."""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Callable, NamedTuple

from credhelper import timeouts
from credhelper.aws import imds
from credhelper.cache.token_cache import for_host
from credhelper.cli.error_text import PROGRAM, format_error
from credhelper.errors import HelperError
from credhelper.host import canonical_host
from credhelper.settings.load import load_settings
from credhelper.system import processes
from credhelper.system.context import Context, Result
from credhelper.system.deadline import DeadlineExceeded, run_with_timeout
from credhelper.tokens.source import TokenSource, open_cache

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from credhelper.ecr.target import Target
    from credhelper.entry import CacheEntry

_MAX_WORKERS = 16  # regions; AWS limits each by itself
_MIN_TIMEOUT = 1.0  # seconds for the regions that come last, however long those before them took
_UNITS = {"s": 1, "m": 60, "h": 3600}

_EPILOG = """DURATION is a number of seconds, or one such as 90m or 4h. Without HOST: all registries that have a token.
Exit status 1 if any registry has no token now; one line each says why."""


class HostResult(NamedTuple):
    """What came of one host."""

    host: str
    ok: bool
    text: str
    notes: Sequence[str] = ()


def run(argv: list[str], environ: Mapping[str, str], write_line: Callable[[bytes], bool]) -> Result:
    """Refresh what `argv` names, and write a line for each registry."""
    parser = _make_parser()
    options = parser.parse_args(argv)
    if options.help:
        return Result(0, parser.format_help().encode())
    if options.background:
        return _refresh_in_background(options.background, environ)
    timeout, timeout_note = timeouts.run_timeout(environ)
    context = Context(environ, load_settings(environ), timeout=timeout)
    hosts = options.host or open_cache(context).registries()
    refresher = Refresher(context, if_older_than=options.if_older_than, wait=options.wait)
    ok, notes = True, [timeout_note] if timeout_note else []
    for count, result in enumerate(refresher.refresh_all(hosts), 1):
        ok = write_line(f"{result.host}: {result.text}\n".encode("utf-8", "backslashreplace")) and result.ok and ok
        notes += result.notes
        _show_progress(count, len(hosts))
    processes.kill_descendants()  # a program that was given up on
    if not hosts:
        notes.append(f"no registry has a token yet; name one: {PROGRAM} refresh HOST")
    return Result(0 if ok else 1, b"", notes)


class Refresher:
    """New tokens for many registries in one process: one for each scope, however many registries share it.

    `if_older_than` skips tokens issued less than so many seconds ago; while AWS cannot be reached or
    throttles, it is tried again for `wait` seconds.
    """

    def __init__(self, context: Context, *, if_older_than: float, wait: float) -> None:
        self._context = context
        self._if_older_than = if_older_than
        self._wait = wait
        self._clock = context.clock
        self._started_at = self._clock.now()
        self._entries: dict[object, CacheEntry] = {}  # by the scope of their targets

    def refresh_all(self, hosts: Iterable[str]) -> Iterator[HostResult]:
        """Give a line for each of `hosts`; those of one scope one after the other, scopes at once."""
        scopes: dict[object, list[tuple[str, Target | None]]] = {}
        for host in dict.fromkeys(map(_canonical_host, hosts)):
            target = self._context.settings.find_target(host)
            scopes.setdefault(target and target.scope, []).append((host, target))
        executor = ThreadPoolExecutor(_MAX_WORKERS)
        try:
            for results in executor.map(self._refresh_scope, scopes.values()):
                yield from results
        finally:  # whoever presses Ctrl-C waits for nobody
            executor.shutdown(wait=False, cancel_futures=True)

    def _refresh_scope(self, targets: list[tuple[str, Target | None]]) -> list[HostResult]:
        results: list[HostResult] = []
        failure: HelperError | None = None
        for host, target in targets:
            if target is None:
                results.append(HostResult(host, ok=False, text="failed: not a registry in Amazon ECR"))
                continue
            try:
                if failure is not None:
                    raise failure
                results.append(self._refresh_host(target))
            except HelperError as error:
                text = f"failed: {error.message} [{error.id}]"
                notes = [] if error is failure else [format_error(error)]  # once for a scope
                results.append(HostResult(host, ok=False, text=text, notes=notes))
                failure = error
        return results

    def _refresh_host(self, target: Target) -> HostResult:
        host = target.host
        source = self._create_source(target)
        cached_entry = source.cached_token()
        age = self._started_at.seconds_since(cached_entry.lifetime.issued_at) if cached_entry is not None else None
        if age is not None and age < self._if_older_than:
            return HostResult(host, ok=True, text=f"skipped: its token is {age / 60:.0f} minutes old")
        entry = self._entries.get(target.scope)
        if entry is not None and entry.lifetime.is_fresh(self._clock.now()):
            notes = source.store(entry)
        else:
            entry, notes = self._exchange(target)
            self._entries[target.scope] = entry
        notes = [f"{host}: {note}" for note in notes]
        if not self._is_cached(target, entry):
            return HostResult(host, ok=False, text="failed: the new token could not be cached", notes=notes)
        return HostResult(host, ok=True, text=f"new token, valid until {_format_expiry(entry)}", notes=notes)

    def _is_cached(self, target: Target, entry: CacheEntry) -> bool:
        cached_entry = self._create_source(target).cached_token()
        return cached_entry is not None and cached_entry.body == for_host(entry, target.host).body

    def _create_source(self, target: Target, timeout: float | None = None) -> TokenSource:
        """Return a source with a context of its own: its progress is not that of the scopes beside it."""
        timeout = target.options.timeout or timeout or self._context.timeout
        return TokenSource(target, Context(self._context.environ, self._context.settings, timeout=timeout))

    def _remaining_timeout(self) -> float:
        """All regions together have the seconds of a run; when there is time to wait each has them."""
        if self._wait:
            return self._context.timeout
        return max(_MIN_TIMEOUT, self._context.timeout - self._clock.now().seconds_since(self._started_at))

    def _exchange(self, target: Target) -> tuple[CacheEntry, Sequence[str]]:
        """Exchange; again and again, further and further apart, if AWS has no time and there is time to wait."""
        failure_count = 0
        while True:
            try:
                return self._create_source(target, self._remaining_timeout()).refresh()
            except HelperError as error:
                failure_count += 1
                delay = timeouts.backoff(failure_count, self._clock.random())
                if not error.is_transient or self._clock.now().seconds_since(self._started_at) + delay > self._wait:
                    raise
            self._clock.sleep(delay)


def _refresh_in_background(host: str, environ: Mapping[str, str]) -> Result:
    """Do a background refresh, silently: there is no client."""
    context = Context(environ, load_settings(environ))
    target = context.settings.find_target(_canonical_host(host))
    if target is not None:
        source = TokenSource(target, context)
        with contextlib.suppress(DeadlineExceeded):
            run_with_timeout(
                lambda: timeouts.BACKGROUND_INTERVAL + timeouts.RUN_TIMEOUT,
                lambda: source.refresh_if_due(imds.instance_role),
                context.progress,
            )
    return Result(0, b"")


def _canonical_host(server_url: str) -> str:
    return canonical_host(server_url.encode("utf-8", "surrogateescape"))


def _format_expiry(entry: CacheEntry) -> str:
    """Give when the token expires, in UTC."""
    return dt.datetime.fromtimestamp(entry.lifetime.expires_at, dt.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def _show_progress(count: int, total: int) -> None:
    if os.isatty(2):
        os.write(2, f"\r{count} of {total}".encode() + (b"\n" if count == total else b""))


def _parse_duration(text: str) -> float:
    number, unit = (text[:-1], text[-1:]) if text[-1:] in _UNITS else (text, "s")
    if not (number.isascii() and number.isdigit() and len(number) < 9):
        raise argparse.ArgumentTypeError(f"{text!a} is not a duration such as 90m")
    return float(number) * _UNITS[unit]


def _make_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=f"{PROGRAM} refresh", description=__doc__.partition(": ")[2], epilog=_EPILOG, add_help=False
    )
    add = parser.add_argument
    add("host", metavar="HOST", nargs="*", help="a registry, such as 123456789012.dkr.ecr.us-east-1.amazonaws.com")
    add("--if-older-than", metavar="DURATION", type=_parse_duration, default=0.0, help="leave younger tokens alone")
    wait_help = "while AWS cannot be reached or throttles, try again for"
    add(
        "--wait",
        action="store_const",
        const=timeouts.DEFAULT_RETRY_FOR,
        default=0.0,
        help=f"{wait_help} a quarter of an hour",
    )
    add("--wait-at-most", metavar="DURATION", type=_parse_duration, dest="wait", help=f"{wait_help} so long")
    add("--background", metavar="HOST", help=argparse.SUPPRESS)  # what a hit starts: renew if it is time, say nothing
    add("-h", "--help", action="store_true", help="show this")
    return parser
