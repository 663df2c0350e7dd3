"""`docker-credential-ecr refresh`: Get new tokens before clients need them, for example in a timer or boot script."""

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

_MAX_WORKERS = 16  # regions at the same time; AWS throttles each region separately
_MIN_TIMEOUT = 1.0  # seconds for each of the last regions, however long the earlier ones took
_UNITS = {"s": 1, "m": 60, "h": 3600}

_DESCRIPTION = "Get new tokens before clients need them, for example in a timer or boot script."
_EPILOG = """DURATION is a number of seconds, or a number with a unit, such as 90m or 4h. Without HOST, the command
refreshes all registries that have a token. It prints a line for each registry. If one of them cannot be refreshed, its
line contains the reason, and the exit status is 1."""


class HostResult(NamedTuple):
    """The result for one host: the text of its line, and notes for the user."""

    host: str
    ok: bool
    text: str
    notes: Sequence[str] = ()


def run(argv: list[str], environ: Mapping[str, str], write_line: Callable[[bytes], bool]) -> Result:
    """Refresh the registries that `argv` names, and write a line for each with `write_line`."""
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
    processes.kill_descendants()  # programs that abandoned work has started
    if not hosts:
        notes.append(f"no registry has a token yet; name one: {PROGRAM} refresh HOST")
    return Result(0 if ok else 1, b"", notes)


class Refresher:
    """Refreshes the tokens of many registries in one process, with one exchange for all registries of a scope.

    Tokens issued less than `if_older_than` seconds ago are skipped. While AWS is unreachable or throttles requests, the
    exchange is retried for `wait` seconds.
    """

    def __init__(self, context: Context, *, if_older_than: float, wait: float) -> None:
        self._context = context
        self._if_older_than = if_older_than
        self._wait = wait
        self._clock = context.clock
        self._started_at = self._clock.now()
        self._entries: dict[object, CacheEntry] = {}  # by the scope of their targets

    def refresh_all(self, hosts: Iterable[str]) -> Iterator[HostResult]:
        """Yield the result for each of `hosts`: scopes run concurrently, the hosts of one scope in sequence."""
        scopes: dict[object, list[tuple[str, Target | None]]] = {}
        for host in dict.fromkeys(map(_canonical_host, hosts)):
            target = self._context.settings.find_target(host)
            scopes.setdefault(target and target.scope, []).append((host, target))
        executor = ThreadPoolExecutor(_MAX_WORKERS)
        try:
            for results in executor.map(self._refresh_scope, scopes.values()):
                yield from results
        finally:  # do not wait for running exchanges after Ctrl-C
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
        """Return a token source with a separate context, since scopes that run concurrently must not share progress."""
        timeout = target.options.timeout or timeout or self._context.timeout
        return TokenSource(target, Context(self._context.environ, self._context.settings, timeout=timeout))

    def _remaining_timeout(self) -> float:
        """Return the timeout of the next exchange, in seconds.

        All regions share the timeout of the run; with `wait`, each exchange has the full timeout.
        """
        if self._wait:
            return self._context.timeout
        return max(_MIN_TIMEOUT, self._context.timeout - self._clock.now().seconds_since(self._started_at))

    def _exchange(self, target: Target) -> tuple[CacheEntry, Sequence[str]]:
        """Refresh the token of `target`; retry after a transient failure, with backoff, as long as `wait` allows."""
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
    """Do a background refresh, without output, since there is no client."""
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
    """Return the time at which the token expires, in UTC."""
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
        prog=f"{PROGRAM} refresh", description=_DESCRIPTION, epilog=_EPILOG, add_help=False
    )
    add = parser.add_argument
    add("host", metavar="HOST", nargs="*", help="A registry, such as 123456789012.dkr.ecr.us-east-1.amazonaws.com.")
    add("--if-older-than", metavar="DURATION", type=_parse_duration, default=0.0, help="Skip younger tokens.")
    wait_help = "While AWS is unreachable or throttles requests, retry for"
    add(
        "--wait",
        action="store_const",
        const=timeouts.DEFAULT_RETRY_FOR,
        default=0.0,
        help=f"{wait_help} up to 15 minutes.",
    )
    add("--wait-at-most", metavar="DURATION", type=_parse_duration, dest="wait", help=f"{wait_help} up to DURATION.")
    add("--background", metavar="HOST", help=argparse.SUPPRESS)  # started by a hit: refreshes if due, prints nothing
    add("-h", "--help", action="store_true", help="Show this help and exit.")
    return parser
