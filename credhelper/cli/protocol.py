"""Docker's verbs: get, store, erase, list, version.

The protocol is that of docker-credential-helpers (credentials/credentials.go): its usage line, its error strings,
everything for the client on standard output, exit status 1 for all errors. Standard error is outside the protocol: the
client shows it to the user.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from credhelper import __version__
from credhelper.cache import files
from credhelper.cli.commands import COMMANDS
from credhelper.cli.error_text import PROGRAM
from credhelper.cli.runtime import apply_options, load_context_settings, run_with_deadline
from credhelper.clock import read_clocks
from credhelper.ecr.registry import parse
from credhelper.error_catalog.client import ERASE_FAILED
from credhelper.host import canonical_host
from credhelper.paths import cache_directory
from credhelper.system.context import Result
from credhelper.tokens.source import TokenSource, open_cache

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from credhelper.ecr.target import Target
    from credhelper.logins.resolver import LoginResolver
    from credhelper.system.context import Context

USAGE = f"Usage: {PROGRAM} <store|get|erase|list|version>"
_HELP = f"""{USAGE}

Docker runs this program: name it "ecr" in Docker's config.json, in credHelpers or as credsStore. By hand:
  echo HOST | {PROGRAM} get      print the user name and the token of a registry in ECR, or a login
  echo HOST | {PROGRAM} erase    delete its token, so that the next get calls AWS, or its login
  {PROGRAM} list                 print the registries that have a cached token or a stored login
"""


def run(argv: list[str], read_stdin: Callable[[], bytes], environ: Mapping[str, str]) -> Result:
    """Run the verb of `argv`; `read_stdin` returns the client's request, and is called only for verbs that need it."""
    return run_with_deadline(lambda context: _run_verb(argv, context), environ, read_stdin)


def _run_verb(argv: list[str], context: Context) -> Result:
    verb = argv[0] if len(argv) == 1 else ""
    if verb in ("version", "--version", "-v"):
        return _line(f"{PROGRAM} (credhelper) {__version__}")
    if verb in ("--help", "-h"):
        return Result(0, _format_help().encode())
    if verb in _VERBS:
        return _VERBS[verb](context)
    return _line(f"{PROGRAM}: unknown action: {ascii(verb)[1:-1]}" if verb else USAGE, status=1)


def _format_help() -> str:
    commands = (f"  {PROGRAM} {synopsis:<20} {summary}\n" for _, synopsis, summary in COMMANDS.values())
    return _HELP + "".join(commands)


def _get(context: Context) -> Result:
    request = context.read_stdin()
    host = context.host = canonical_host(request)
    load_context_settings(context)
    target = context.settings.find_target(host)
    return _resolver(context).get(request) if target is None else source_for(target, context).get()


def source_for(target: Target, context: Context) -> TokenSource:
    """Return the token source for `target`, whose rule may change the timeout of the run."""
    apply_options(context, target.options)
    if context.environ.get("CREDHELPER_DEBUG"):
        from credhelper.settings.effective import iter_effective_values  # noqa: PLC0415  (needed on request only)

        context.debug_notes += [f"{target.host}: {value}" for value in iter_effective_values(target, context.environ)]
    return TokenSource(target, context)


def _resolver(context: Context) -> LoginResolver:
    # Imported lazily: the ECR path does not load code for other registries.
    from credhelper.cache.negative import cache_not_found  # noqa: PLC0415
    from credhelper.logins.resolver import LoginResolver  # noqa: PLC0415

    def cache_negative(host: str, dependencies: Sequence[bytes], ttl: float) -> None:
        cache_not_found(open_cache(context), host, dependencies, ttl)

    return LoginResolver(context, cache_negative)


def _store(context: Context) -> Result:
    """Store a login; ignore one for an ECR host, since an error would make `docker login` fail."""
    from credhelper.logins import login  # noqa: PLC0415

    request = context.read_stdin()
    new_login = login.parse(request)
    host = context.host = canonical_host(new_login.server.encode("ascii"))
    load_context_settings(context)
    if context.settings.find_target(host) is None:
        return _resolver(context).store(request, new_login)
    note = f"{host}: the login was not stored, because this helper returns a token for this registry"
    return Result(0, b"", [note])


def _erase(context: Context) -> Result:
    """Erase a token or a login; succeed if there is none, since podman and skopeo of Debian 12 crash otherwise."""
    request = context.read_stdin()
    host = context.host = canonical_host(request)
    _erase_token(host, context)
    if parse(host) is None:
        load_context_settings(context)
        if context.settings.find_target(host) is None:
            return _resolver(context).erase(request)
    return Result(0, b"")


def _list(context: Context) -> Result:
    """List the hosts whose token or login can be read now.

    Docker runs a `get` for each listed server; if one failed, Docker would lose all of them.
    """
    import json  # noqa: PLC0415  (a `get` that waits for another process's token does not need it)

    load_context_settings(context)
    usernames, notes = _resolver(context).list()
    usernames.update(open_cache(context).list_fresh(read_clocks()))
    return Result(0, f"{json.dumps(usernames)}\n".encode(), notes)


_VERBS = {"get": _get, "store": _store, "erase": _erase, "list": _list}


def _erase_token(host: str, context: Context) -> None:
    directory = cache_directory(context.environ)
    if directory is None:
        return
    try:
        files.delete_host(directory, host, lambda name: _delete_body(name, context))
    except OSError as error:
        raise ERASE_FAILED.error(reason=str(error.strerror), directory=directory) from error


def _delete_body(name: str, context: Context) -> None:
    """Delete a token from the keyring. The settings, which name the keyring, are loaded only for this purpose."""
    load_context_settings(context)
    open_cache(context).delete_body(name)


def _line(line: str, status: int = 0) -> Result:
    return Result(status, f"{line}\n".encode())
