"""Docker's verbs: get, store, erase, list, version.

The protocol is that of docker-credential-helpers (credentials/credentials.go): its usage line, its error strings,
everything for the client on standard output, exit status 1 for anything but an answer. Standard error is ours, and
the client passes it on to the person.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from credhelper import __version__
from credhelper.cache import files
from credhelper.cache.token_cache import TokenCache
from credhelper.cli.runtime import PROGRAM, Result, run_with_deadline
from credhelper.clock import read_clocks
from credhelper.ecr.registry import parse
from credhelper.errors import HelperError
from credhelper.host import canonical_host
from credhelper.paths import cache_directory
from credhelper.settings import load as load_settings
from credhelper.tokens.source import TokenSource

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from credhelper.cli.runtime import Context
    from credhelper.ecr.target import Target
    from credhelper.logins.resolver import LoginResolver
    from credhelper.settings import Settings

USAGE = f"Usage: {PROGRAM} <store|get|erase|list|version>"
HELP = f"""{USAGE}

Docker runs this program: name it "ecr" in Docker's config.json, as credsStore or in credHelpers. By hand:
  echo HOST | {PROGRAM} get      print the user name and the token for a registry of ECR, or a login
  echo HOST | {PROGRAM} erase    forget its token, and the next get asks AWS again; or its login
  {PROGRAM} list                 print the registries whose token or login is at hand
  {PROGRAM} refresh [HOST...]    ask AWS for new tokens now; --help says more
  {PROGRAM} get-login            print the docker login line of old; --help says more
  {PROGRAM} get-login-password   print a password for docker login --password-stdin
  {PROGRAM} import [HOST...]     move logins from Docker's config.json to the keyring; --help says more
  {PROGRAM} export [HOST...]     write them back; --help says more
"""


def run(argv: list[str], read: Callable[[], bytes], environ: Mapping[str, str]) -> Result:
    """Run the verb of `argv`; `read` gives what the client sent, and is called only where a verb takes input."""
    return run_with_deadline(lambda context: _run_verb(argv, context), environ, read)


def _run_verb(argv: list[str], context: Context) -> Result:
    verb = argv[0] if len(argv) == 1 else ""
    if verb in ("version", "--version", "-v"):
        return _line(f"{PROGRAM} (credhelper) {__version__}")
    if verb in ("--help", "-h"):
        return Result(0, HELP.encode())
    if verb in _VERBS:
        return _VERBS[verb](context)
    return _line(f"{PROGRAM}: unknown action: {ascii(verb)[1:-1]}" if verb else USAGE, status=1)


def _get(context: Context) -> Result:
    request = context.read()
    host = canonical_host(request)
    context.progress.step("reading the settings")
    settings = load_settings(context.environ)
    target = settings.find_target(host)
    if target is None:
        return _create_resolver(context, settings).get(request)
    return Result(*source_for(target, settings, context).get())


def _create_resolver(context: Context, settings: Settings) -> LoginResolver:
    """Return what answers for hosts that are not ECR's. A miss of ECR does not load it, nor the logins behind it."""
    from credhelper.logins.resolver import LoginResolver  # noqa: PLC0415

    return LoginResolver(context, settings)


def source_for(target: Target, settings: Settings, context: Context) -> TokenSource:
    """Give the errand of a run that is for `target`, whose rule may allow it another time."""
    context.apply_options(target.options)
    if context.environ.get("CREDHELPER_DEBUG"):
        from credhelper.settings.effective import iter_effective_values  # noqa: PLC0415  (only for whoever asked)

        context.debug_notes += [f"{target.host}: {value}" for value in iter_effective_values(target, context.environ)]
    return TokenSource(
        target, TokenCache(context.environ, settings, context.progress), context.timeout, progress=context.progress
    )


def _store(context: Context) -> Result:
    """`docker login` always stores after it succeeded, and fails if it cannot."""
    from credhelper.logins import login  # noqa: PLC0415  (see _foreign)

    request = context.read()
    new_login = login.parse(request)
    host = canonical_host(new_login.server.encode("ascii"))
    settings = load_settings(context.environ)
    if settings.find_target(host) is None:
        return _create_resolver(context, settings).store(request, new_login)
    note = f"{host}: the login was not kept: this machine's AWS role answers for this host"
    return Result(0, b"", [note])


def _erase(context: Context) -> Result:
    """Nothing to erase is a success: podman and skopeo of Debian 12 crash on any other answer."""
    request = context.read()
    host = canonical_host(request)
    _erase_token(host, context)
    if parse(host) is None:
        settings = load_settings(context.environ)
        if settings.find_target(host) is None:
            return _create_resolver(context, settings).erase(request)
    return Result(0, b"")


def _list(context: Context) -> Result:
    """Docker gets each server that is listed, and one that fails loses them all: only what is at hand is named."""
    settings = load_settings(context.environ)
    usernames, notes = _create_resolver(context, settings).list()
    usernames.update(TokenCache(context.environ, settings).list_fresh(read_clocks()))
    return Result(0, f"{json.dumps(usernames)}\n".encode(), notes)


_VERBS = {"get": _get, "store": _store, "erase": _erase, "list": _list}


def _erase_token(host: str, context: Context) -> None:
    directory = cache_directory(context.environ)
    if directory is None:
        return
    try:
        files.delete_host(directory, host, lambda name: _delete_body(name, context))
    except OSError as error:
        raise HelperError(
            "erase-failed",
            f"the token of {host} could not be erased: {error.strerror}",
            f"remove the files of {host} in {directory}",
        ) from error


def _delete_body(name: str, context: Context) -> None:
    """Forget a token that is in the keyring: only then the settings are read, which tell in which."""
    TokenCache(context.environ, load_settings(context.environ), context.progress).delete_body(name)


def _line(line: str, status: int = 0) -> Result:
    return Result(status, f"{line}\n".encode())
