"""`docker-credential-ecr export`: writes the stored logins back to Docker's config.json, as plain text; to leave us."""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable

from credhelper import settings
from credhelper.commands import moving
from credhelper.commands.moving import Move, called
from credhelper.docker import auths as docker_auths
from credhelper.docker import config as docker_config
from credhelper.docker import draft as docker_draft
from credhelper.docker.auths import HELPER, asked, holds_login
from credhelper.logins import Login, Logins
from credhelper.logins.server import key_of
from credhelper.run import PROGRAM, Reply, in_time

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Iterator, Mapping

    from credhelper.docker.auths import Document
    from credhelper.docker.config import Config
    from credhelper.run import Run

_EPILOG = f"""Nobody but its owner can read the file then. The logins stay stored as well: `echo HOST | {PROGRAM} erase`
forgets one. The way back is import."""


def run(words: list[str], environ: Mapping[str, str], say: Callable[[bytes], bool]) -> Reply:
    """Show what would be written, with `say`, and write it if `words` have --yes."""
    parser = moving.parser("export", __doc__.partition(": ")[2], _EPILOG)
    options = parser.parse_args(words)
    if options.help:
        return Reply(0, parser.format_help().encode())
    return in_time(lambda a_run: _export(options, a_run, say), environ)


def _export(options: argparse.Namespace, a_run: Run, say: Callable[[bytes], bool]) -> Reply:
    a_run.watch.doing("reading the settings")
    logins = Logins(a_run.environ, settings.load(a_run.environ), a_run.watch)
    a_run.watch.doing("reading Docker's config.json")
    config = docker_config.load(docker_config.locate(a_run.environ, options.config))
    stored = list(logins.readable())
    missed = [*logins.ledger.notes, *(each for each in stored if isinstance(each, str))]
    known = plan(config.document, [each for each in stored if isinstance(each, Login)])
    moves = moving.chosen(known, options.host)
    left = [move.server for move in known if move not in moves or move.login is None]
    document = exported(config.document, moves, left, leaving=not (options.host or left or missed))
    absent = moving.strangers(options.host, known)
    lines = [f"{move.server}: {move.told}" for move in moves]
    lines += [*_changes(config, document), *(f"{host}: no login is stored for it" for host in absent)]
    if not moving.show(lines, say):
        return Reply(1, b"", missed)
    status = 1 if absent or missed else 0
    if document == config.document:
        return moving.end(f"there is nothing to write to {config.path}", status, missed)
    if not options.yes:
        return moving.end(moving.SHOWN, status, missed)
    a_run.watch.doing(f"replacing {config.path}")
    with docker_draft.draft(config, document, private=True) as put:
        put()
    return moving.end(f"done: {config.path} has these logins; they are stored as well", status, missed)


def plan(document: Document, stored: Iterable[Login]) -> list[Move]:
    """Give for each login whether it can be written, and what a person is told. Pure."""
    entries = docker_auths.auths(document)
    return [_planned(login, entries.get(login.server, {})) for login in stored]


def exported(document: Document, moves: Iterable[Move], left: Iterable[str], *, leaving: bool) -> Document:
    """Give the document with the logins of `moves`, where Docker does not ask us for them: for the servers that are
    `left` it still does, and if we are `leaving`, for no other. Pure.
    """
    gone = [move.login for move in moves if move.login]
    entries = docker_auths.auths(document)
    filled = {
        server: docker_auths.with_login(entries.get(server, {}), login.username, login.secret)
        for login in gone
        for server in _emptied(login, entries, {each.server for each in gone})
    }
    hosts = {asked(login.server) for login in gone} - set(map(asked, left))
    changed = docker_auths.with_entries(document, filled)
    changed = docker_auths.without_helper(changed, hosts.intersection(docker_auths.named(document)))
    return docker_auths.without_store(changed) if leaving and document.get("credsStore") == HELPER else changed


def _planned(login: Login, entry: Document) -> Move:
    server = login.server
    if ":" in login.username:
        return Move(server, "is not written: its user name holds a colon, and the file could not tell where it ends")
    try:
        found = docker_auths.logins(entry)
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
    left = docker_auths.named(document)
    for host in docker_auths.named(config.document):
        if host not in left:
            other = docker_auths.helper(document, host)
            whom = f"docker-credential-{other}" if other else "the file"
            yield f'{host}: Docker asks {whom} for it: "{HELPER}" leaves "credHelpers"'
    if config.document.get("credsStore") == HELPER:
        stays = f'stays "{HELPER}": Docker asks this helper as before, and not the file'
        gone = f'is "{HELPER}" no more: of ECR\'s registries Docker asks it for those in "credHelpers" alone'
        yield f'"credsStore" {stays if "credsStore" in document else gone}'
    if config.seen is not None and config.seen.st_mode & 0o077 and document != config.document:
        yield f"{config.path}: only its owner can read it then (mode 0600)"
