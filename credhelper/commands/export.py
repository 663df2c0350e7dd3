"""`docker-credential-ecr export`: writes the stored logins back to Docker's config.json, as plain text; to leave us."""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable

from credhelper.commands import moving
from credhelper.commands.moving import Move, Outlook, called
from credhelper.docker import auths
from credhelper.docker.auths import HELPER, asked, holds_login, names
from credhelper.docker.draft import draft
from credhelper.logins import Login
from credhelper.logins.server import key_of
from credhelper.run import PROGRAM, Result, run_with_deadline

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Iterator, Mapping

    from credhelper.docker.auths import Document
    from credhelper.docker.config import Config
    from credhelper.run import Context

_EPILOG = f"""Nobody but its owner can read the file then. The logins stay stored as well: `echo HOST | {PROGRAM} erase`
forgets one. The way back is import."""


def run(words: list[str], environ: Mapping[str, str], say: Callable[[bytes], bool]) -> Result:
    """Show what would be written, with `say`, and write it if `words` have --yes."""
    parser = moving.parser("export", __doc__.partition(": ")[2], _EPILOG)
    options = parser.parse_args(words)
    if options.help:
        return Result(0, parser.format_help().encode())
    return run_with_deadline(lambda a_run: _export(options, a_run, say), environ)


def _export(options: argparse.Namespace, a_run: Context, say: Callable[[bytes], bool]) -> Result:
    _, config, logins = moving.opened(options, a_run)
    stored = list(logins.readable())
    missed = [*logins.ledger.notes, *(each for each in stored if isinstance(each, str))]
    known = plan(config.document, [each for each in stored if isinstance(each, Login)])
    moves = moving.chosen(known, options.host)
    left = [move.server for move in known if move not in moves or move.login is None]
    document = exported(config.document, moves, left, leaving=not (options.host or left or missed))
    absent = [f"{host}: no login is stored for it" for host in moving.strangers(options.host, known)]
    outlook = Outlook(
        lines=[*(f"{auths.shown(move.server)}: {move.told}" for move in moves), *_changes(config, document), *absent],
        nothing="" if document != config.document else f"there is nothing to write to {config.path}",
        done=f"done: {config.path} has these logins; they are stored as well",
        notes=missed,
        status=1 if absent or missed else 0,
    )
    return moving.carry_out(outlook, lambda: _write(config, document, a_run), say, yes=options.yes)


def plan(document: Document, stored: Iterable[Login]) -> list[Move]:
    """Give for each login whether it can be written, and what a person is told. Pure."""
    entries = auths.entries(document)
    return [_planned(login, entries.get(login.server, {})) for login in stored]


def exported(document: Document, moves: Iterable[Move], left: Iterable[str], *, leaving: bool) -> Document:
    """Give the document with the logins of `moves`, where Docker does not ask us for them: for the servers that are
    `left` it still does, and if we are `leaving`, for no other. Pure.
    """
    gone = [move.login for move in moves if move.login]
    entries = auths.entries(document)
    filled = {
        server: auths.with_login(entries.get(server, {}), login.username, login.secret)
        for login in gone
        for server in _emptied(login, entries, {each.server for each in gone})
    }
    hosts = {asked(login.server) for login in gone} - set(map(asked, left))
    helped = {name for host in hosts for name in names(host)}
    changed = auths.with_entries(document, filled)
    changed = auths.without_helper(changed, helped.intersection(auths.named(document)))
    return auths.without_store(changed) if leaving and document.get("credsStore") == HELPER else changed


def _planned(login: Login, entry: Document) -> Move:
    server = login.server
    if ":" in login.username:
        return Move(server, "is not written: its user name holds a colon, and the file could not tell where it ends")
    try:
        found = auths.logins(entry)
    except ValueError:
        found = [("", "")]
    if not found:
        return Move(server, f"{called(login)} goes into the file", login)
    if found == [(login.username, login.secret)]:
        return Move(server, f"{called(login)} is in the file already", login)
    return Move(server, "is not written: the file has another login for it")


def _emptied(login: Login, entries: Mapping[str, Document], forms: set[str]) -> Iterator[str]:
    """Give the entries for a login: that of its own form, and those of the same registry that hold none, since Docker
    would take one of them for the login.
    """
    alike = (server for server in entries if server not in forms and key_of(server) == key_of(login.server))
    for server in (login.server, *alike):
        if not holds_login(entries.get(server, {})):
            yield server


def _changes(config: Config, document: Document) -> Iterator[str]:
    """Say what becomes of the file itself."""
    left = auths.named(document)
    for host in auths.named(config.document):
        if host not in left:
            other = auths.helper(document, host)
            whom = f"docker-credential-{other}" if other else "the file"
            yield f'{host}: Docker asks {whom} for it: "{HELPER}" leaves "credHelpers"'
    if config.document.get("credsStore") == HELPER:
        stays = f'stays "{HELPER}": Docker asks this helper as before, and not the file'
        gone = f'is "{HELPER}" no more: of ECR\'s registries Docker asks it for those in "credHelpers" alone'
        yield f'"credsStore" {stays if "credsStore" in document else gone}'
    if config.seen is not None and config.seen.st_mode & 0o077 and document != config.document:
        yield f"{config.path}: only its owner can read it then (mode 0600)"


def _write(config: Config, document: Document, a_run: Context) -> list[str]:
    a_run.progress.step(f"replacing {config.path}")
    with draft(config, document, private=True) as put:
        put()
    return []
